/**
 * Data types: what one element of a tensor is, and how host arrays, registers and promotion follow from it.
 *
 * Backends know four storages and three registers. The dtypes beyond those are written with them: half floats are
 * float32 numbers that are rounded after every operation, narrow and unsigned integers live in int32, and int64 in
 * float64, exact within ±(2⁵³ − 1).
 */

/** The element types a tensor can have. float64 and int64 exist where a device stores float64, the others everywhere. */
export type DType =
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint32'
  | 'bool';

/** Host arrays that carry tensor data: half floats as float32, int64 as float64, bool as bytes that are 0 or 1. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint32Array;

/** How an element lies in a backend's memory. A bool is a byte, or a 32-bit integer where bytes are not offered. */
export type Storage = 'f32' | 'f64' | 'i32' | 'u8';

/** What a scalar register of a kernel holds. bool and integers of up to 32 bits are computed in `i32`. */
export type Register = 'f32' | 'f64' | 'i32';

/** A class of host arrays. */
interface ArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): TypedArray;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
}

/** Host array and storage of every dtype; in the order of promotion: two dtypes mostly meet in the later one. */
const KINDS: Record<DType, readonly [ArrayClass, Storage]> = {
  bool: [Uint8Array, 'u8'],
  uint8: [Uint8Array, 'u8'],
  int8: [Int8Array, 'i32'],
  int16: [Int16Array, 'i32'],
  int32: [Int32Array, 'i32'],
  uint32: [Uint32Array, 'i32'],
  int64: [Float64Array, 'f64'],
  float16: [Float32Array, 'f32'],
  bfloat16: [Float32Array, 'f32'],
  float32: [Float32Array, 'f32'],
  float64: [Float64Array, 'f64'],
};

const isName = (name: string): name is DType => Object.hasOwn(KINDS, name);

/** The types that elements may have. */
export const DTYPES: readonly DType[] = Object.keys(KINDS).filter(isName);

/** Bytes of one element on the host. */
export const bytesPerElement = (dtype: DType): number => KINDS[dtype][0].BYTES_PER_ELEMENT;

/** Bytes of one element as a backend stores it. */
export const bytesPerStorage = (storage: Storage): number =>
  storage === 'f64' ? 8 : storage === 'u8' ? 1 : 4;

/** The element storage of this dtype on a backend that has them all. */
export const storageOf = (dtype: DType): Storage => KINDS[dtype][1];

/** The register in which a value of this dtype is computed. */
export function registerOf(dtype: DType): Register {
  const storage = storageOf(dtype);
  return storage === 'u8' ? 'i32' : storage;
}

/** Whether elements are floating point. */
export const isFloat = (dtype: DType): boolean => dtype.includes('float');
/** Whether elements are whole numbers. */
export const isInteger = (dtype: DType): boolean => dtype.includes('int');

/** float16 and bfloat16: sums and products of them are taken in float32. */
export const isHalf = (dtype: DType): boolean => dtype.includes('16') && isFloat(dtype);

/** Whether values are computed otherwise than the register does by itself. */
export const isEmulated = (dtype: DType): boolean =>
  isHalf(dtype) || dtype === 'int8' || dtype === 'int16' || dtype === 'uint32' || dtype === 'int64';

/** A host array of `length` zeros for this dtype. */
export const hostArray = (dtype: DType, length: number): TypedArray => new KINDS[dtype][0](length);

/** Views `bytes` as a host array of this dtype, copying only when the offset is not aligned. */
export function hostArrayOver(dtype: DType, bytes: Uint8Array): TypedArray {
  const [kind] = KINDS[dtype];
  const size = kind.BYTES_PER_ELEMENT;
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new kind(buffer, byteOffset, bytes.byteLength / size);
}

/** The least and the greatest value of a dtype; of floats the infinities. */
export function limitsOf(dtype: DType): readonly [least: number, greatest: number] {
  if (isFloat(dtype)) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (dtype === 'bool') return [0, 1];
  if (dtype === 'int64') return [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const count = 2 ** (8 * bytesPerElement(dtype));
  return dtype.startsWith('u') ? [0, count - 1] : [-count / 2, count / 2 - 1];
}

/**
 * The dtype in which two tensors meet, as in PyTorch: bool < integers < floats, within a kind the wider one. Signed and
 * unsigned integers meet in a signed one that holds both, the two half floats in float32.
 */
export function promote(a: DType, b: DType): DType {
  const [low = a, high = b] = DTYPES.indexOf(a) < DTYPES.indexOf(b) ? [a, b] : [b, a];
  if (low === 'uint8' && high === 'int8') return 'int16';
  if (high === 'uint32' && low.startsWith('i')) return 'int64';
  return low === 'float16' && high === 'bfloat16' ? 'float32' : high;
}
