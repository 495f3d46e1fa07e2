/**
 * IDX, the format of MNIST and its relatives: two zero bytes, a type, a rank, the sizes of the axes as 32-bit big-endian
 * numbers, then the values, big-endian and row-major (described at the end of LeCun's MNIST page).
 */
import { DataError, type DType, DTypeError, type HostArray, hostArray } from '@hadal/core';
import { elementCount } from '../host/array';
import { type GunzipOptions, gunzip, isGzip } from './gzip';

/** How one type of the format is stored and what it becomes here. */
interface IdxType {
  readonly code: number;
  readonly bytes: number;
  readonly dtype: DType;
  readonly read: (view: DataView, at: number) => number;
}

/** Signed bytes and 16-bit integers have no dtype of their own and widen to int32. */
const TYPES: readonly IdxType[] = [
  { code: 0x08, bytes: 1, dtype: 'uint8', read: (view, at) => view.getUint8(at) },
  { code: 0x09, bytes: 1, dtype: 'int32', read: (view, at) => view.getInt8(at) },
  { code: 0x0b, bytes: 2, dtype: 'int32', read: (view, at) => view.getInt16(at) },
  { code: 0x0c, bytes: 4, dtype: 'int32', read: (view, at) => view.getInt32(at) },
  { code: 0x0d, bytes: 4, dtype: 'float32', read: (view, at) => view.getFloat32(at) },
  { code: 0x0e, bytes: 8, dtype: 'float64', read: (view, at) => view.getFloat64(at) },
];

const hex = (byte: number | undefined): string =>
  byte === undefined ? '(none)' : byte.toString(16).padStart(2, '0');

/** What a reader may be told. */
export interface IdxOptions {
  /** What the bytes are, such as a file name, for error messages (default 'the data'). */
  readonly name?: string;
}

/**
 * Reads an uncompressed IDX file.
 *
 * @param bytes the whole file
 * @returns its array: uint8, int32 (also for signed bytes and 16-bit integers), float32 or float64
 * @throws {DataError} on a wrong magic number, an unknown type, missing or surplus bytes
 * @example
 * const labels = parseIdx(await readFile('t10k-labels-idx1-ubyte')); // uint8 [10000]
 */
export function parseIdx(bytes: Uint8Array, { name = 'the data' }: IdxOptions = {}): HostArray {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    throw new DataError(
      'parseIdx',
      `${name} is not an IDX file: it starts with ${[0, 1, 2, 3].map((at) => hex(bytes[at])).join(' ')}.`,
      'Expected 00 00, a type (08 for unsigned bytes) and the number of axes; readIdx() also takes gzipped files.',
    );
  }
  const type = TYPES.find(({ code }) => code === bytes[2]);
  if (type === undefined) {
    throw new DataError(
      'parseIdx',
      `${name} has the unknown value type ${hex(bytes[2])}.`,
      `Known are ${TYPES.map(({ code, dtype }) => `${hex(code)} (${dtype})`).join(', ')}.`,
    );
  }
  const rank = bytes[3]!;
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw truncated(name, bytes.length, start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = elementCount(shape);
  const expected = start + count * type.bytes;
  if (bytes.length < expected) throw truncated(name, bytes.length, expected, shape);
  if (bytes.length > expected) {
    throw new DataError(
      'parseIdx',
      `${name} has ${bytes.length - expected} bytes more than its shape [${shape.join(', ')}] needs.`,
      'Its header does not belong to its content: get the file again.',
    );
  }
  if (type.dtype === 'uint8') return { data: new Uint8Array(bytes.subarray(start)), shape, dtype: 'uint8' };
  const data = hostArray(type.dtype, count);
  for (let index = 0; index < count; index++) data[index] = type.read(view, start + index * type.bytes);
  return { data, shape, dtype: type.dtype };
}

const truncated = (name: string, given: number, expected: number, shape?: readonly number[]): DataError =>
  new DataError(
    'parseIdx',
    `${name} is truncated: it has ${given} bytes and needs ${expected}${shape ? ` for its shape [${shape.join(', ')}]` : ' for its header'}.`,
    'Copy or download it again.',
  );

/**
 * Reads an IDX file that may be gzipped.
 *
 * @param bytes   the whole file, compressed or not
 * @param options name for errors, limit of the decompressed size
 * @throws {DataError} when it is truncated, damaged or not IDX
 * @example
 * const response = await fetch('train-images-idx3-ubyte.gz');
 * const images = await readIdx(new Uint8Array(await response.arrayBuffer())); // uint8 [60000, 28, 28]
 */
export async function readIdx(
  bytes: Uint8Array,
  options: IdxOptions & GunzipOptions = {},
): Promise<HostArray> {
  return parseIdx(isGzip(bytes) ? await gunzip(bytes, options) : bytes, options);
}

/**
 * Writes an array as an IDX file.
 *
 * @param array uint8, bool (as uint8), int32, float32 or float64
 * @returns the bytes of the file, not compressed
 * @throws {DTypeError} when the rank is over 255 or an axis does not fit 32 bits
 * @example
 * await writeFile('labels-idx1-ubyte', encodeIdx(toHostArray([3, 1, 2], { dtype: 'uint8' })));
 */
export function encodeIdx(array: HostArray): Uint8Array {
  const { data, shape, dtype } = array;
  if (shape.length > 255 || shape.some((size) => size >= 2 ** 32)) {
    throw new DTypeError('encodeIdx', `IDX cannot hold the shape [${shape.join(', ')}].`);
  }
  const stored = dtype === 'bool' ? 'uint8' : dtype;
  const type = TYPES.filter((candidate) => candidate.dtype === stored).at(-1)!;
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + data.length * type.bytes);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, type.code, shape.length]);
  shape.forEach((size, axis) => {
    view.setUint32(4 + 4 * axis, size);
  });
  if (type.dtype === 'uint8') bytes.set(data, start);
  else
    data.forEach((value, index) => {
      const at = start + index * type.bytes;
      if (type.dtype === 'int32') view.setInt32(at, value);
      else if (type.dtype === 'float32') view.setFloat32(at, value);
      else view.setFloat64(at, value);
    });
  return bytes;
}
