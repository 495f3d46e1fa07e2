/** Runs kernels of other packages over the backend's memory. */
import type { DType, TypedArray } from '@hadal/core';
import { ArgumentReader } from '@hadal/core/products';
import type { LibraryExecutable } from '../executable';
import type { KernelTensor } from './kernel';
import type { CustomPayload } from './match';

type ArrayType = {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): TypedArray;
  new (buffer: ArrayBufferLike, offset: number, length: number): TypedArray;
};

function arrayOf(dtype: DType): ArrayType {
  switch (dtype) {
    case 'float32':
      return Float32Array;
    case 'float64':
      return Float64Array;
    case 'int32':
      return Int32Array;
    default:
      return Uint8Array;
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

export const prepareCustom = (
  name: string,
  { kernel, attributes, inputs, output }: CustomPayload,
  memory: WebAssembly.Memory,
): LibraryExecutable => ({
  name,
  run: (addresses, _scalars, integers) => {
    const reader = new ArgumentReader(integers);
    const list = (): number[] => reader.list(() => reader.next());
    const shape = list();
    const operands = inputs.map((dtype, i): KernelTensor => {
      const [offset = 0] = list();
      const operand = { address: addresses[i] ?? 0, offset, shape: list(), strides: list() };
      return { shape: operand.shape, dtype, values: rowMajor(memory, dtype, operand) };
    });
    const address = addresses[inputs.length] ?? 0;
    const Values = arrayOf(output);
    const length = sizeOf(shape);
    // What may not be viewed where it lies is computed aside.
    const isAligned = address % Values.BYTES_PER_ELEMENT === 0;
    const values = isAligned ? new Values(memory.buffer, address, length) : new Values(length);
    kernel({ inputs: operands, output: { shape, dtype: output, values }, attributes });
    if (isAligned) return;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(memory.buffer).set(bytes, address);
  },
});

interface Operand {
  readonly address: number;
  /** In elements, like the strides. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** The elements of an operand one after another: where they lie, or copied. */
function rowMajor(
  memory: WebAssembly.Memory,
  dtype: DType,
  { address, offset, shape, strides }: Operand,
): TypedArray {
  const Values = arrayOf(dtype);
  const bytes = Values.BYTES_PER_ELEMENT;
  const length = sizeOf(shape);
  let expected = 1;
  const isDense = shape.toReversed().every((extent, i) => {
    const fits = extent === 1 || strides.at(-1 - i) === expected;
    expected *= extent;
    return fits;
  });
  const start = address + offset * bytes;
  if (isDense && start % bytes === 0) return new Values(memory.buffer, start, length);
  const copy = new Values(length);
  const into = new Uint8Array(copy.buffer, copy.byteOffset, copy.byteLength);
  const from = new Uint8Array(memory.buffer);
  const index = shape.map(() => 0);
  let at = start;
  for (let i = 0; i < length; i++) {
    for (let byte = 0; byte < bytes; byte++) into[i * bytes + byte] = from[at + byte] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = (strides[axis] ?? 0) * bytes;
      const next = (index[axis] ?? 0) + 1;
      const extent = shape[axis] ?? 1;
      if (next < extent) {
        index[axis] = next;
        at += stride;
        break;
      }
      index[axis] = 0;
      at -= stride * (extent - 1);
    }
  }
  return copy;
}
