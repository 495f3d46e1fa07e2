/**
 * Data types: what one element of a tensor is, and how bytes, host arrays and rounding follow from it.
 */
import { DTypeError } from './errors';

/** The element types a tensor can have. `float64` exists on the interpreter; backends may declare it. */
export type DType = 'float32' | 'float64' | 'int32' | 'uint8' | 'bool';

/** Host arrays that carry tensor data; bool travels as bytes that are 0 or 1. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** How an element lies in a backend's memory. A bool is a byte, or a 32-bit integer where bytes are not offered. */
export type Storage = 'f32' | 'f64' | 'i32' | 'u8';

/** What a scalar register of a kernel holds. bool and uint8 are computed in `i32`. */
export type Register = 'f32' | 'f64' | 'i32';

export const DTYPES: readonly DType[] = ['float32', 'float64', 'int32', 'uint8', 'bool'];

const BYTES: Record<DType, number> = { float32: 4, float64: 8, int32: 4, uint8: 1, bool: 1 };
const STORAGE_BYTES: Record<Storage, number> = { f32: 4, f64: 8, i32: 4, u8: 1 };
const REGISTER: Record<DType, Register> = {
  float32: 'f32',
  float64: 'f64',
  int32: 'i32',
  uint8: 'i32',
  bool: 'i32',
};
const STORAGE: Record<DType, Storage> = {
  float32: 'f32',
  float64: 'f64',
  int32: 'i32',
  uint8: 'u8',
  bool: 'u8',
};

/** Bytes of one element on the host. */
export const bytesPerElement = (dtype: DType): number => BYTES[dtype];

/** Bytes of one element as a backend stores it. */
export const bytesPerStorage = (storage: Storage): number => STORAGE_BYTES[storage];

/** The register in which a value of this dtype is computed. */
export const registerOf = (dtype: DType): Register => REGISTER[dtype];

/** The element storage of this dtype on a backend that has them all. */
export const storageOf = (dtype: DType): Storage => STORAGE[dtype];

export const isFloat = (dtype: DType): boolean => dtype === 'float32' || dtype === 'float64';
export const isInteger = (dtype: DType): boolean => dtype === 'int32' || dtype === 'uint8';

/** A host array of `length` zeros for this dtype. */
export function hostArray(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(length);
  }
}

/** Views `bytes` as a host array of this dtype, copying only when the offset is not aligned. */
export function hostArrayOver(dtype: DType, bytes: Uint8Array): TypedArray {
  const size = BYTES[dtype];
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const length = aligned.byteLength / size;
  switch (dtype) {
    case 'float32':
      return new Float32Array(aligned.buffer, aligned.byteOffset, length);
    case 'float64':
      return new Float64Array(aligned.buffer, aligned.byteOffset, length);
    case 'int32':
      return new Int32Array(aligned.buffer, aligned.byteOffset, length);
    case 'uint8':
    case 'bool':
      return aligned;
  }
}

/** The nearest value that this dtype can hold: rounding for floats, wrapping for integers, truth for bool. */
export function roundTo(dtype: DType, value: number): number {
  switch (dtype) {
    case 'float32':
      return Math.fround(value);
    case 'float64':
      return value;
    case 'int32':
      return value | 0;
    case 'uint8':
      return value & 255;
    case 'bool':
      return value === 0 ? 0 : 1;
  }
}

const PROMOTION_RANK: Record<DType, number> = { bool: 0, uint8: 1, int32: 2, float32: 3, float64: 4 };

/** The dtype in which two tensors meet: bool < uint8 < int32 < float32 < float64. */
export const promote = (a: DType, b: DType): DType => (PROMOTION_RANK[a] >= PROMOTION_RANK[b] ? a : b);

/** Checks a dtype that came from outside (a file, a request, plain JavaScript). */
export function requireDType(where: string, value: unknown): DType {
  const found = DTYPES.find((dtype) => dtype === value);
  if (found === undefined) {
    throw new DTypeError(where, `unknown dtype ${String(value)}; expected one of ${DTYPES.join(', ')}.`);
  }
  return found;
}
