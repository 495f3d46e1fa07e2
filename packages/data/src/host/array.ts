/**
 * Host arrays: how plain JavaScript values become dense arrays with a shape and a dtype.
 */
import {
  ArgumentError,
  type DType,
  type HostArray,
  hostArray,
  isFloat,
  limitsOf,
  ShapeError,
  type TypedArray,
} from '@hadal/core';

/** A number, or arrays of numbers nested to any depth, all of one length at each level. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** What can be turned into a host array. */
export type ArrayInput = HostArray | TypedArray | readonly NestedNumbers[];

/** How to read values into a host array. */
export interface HostArrayOptions {
  /** Shape of a flat list of values; nested arrays bring their own. */
  readonly shape?: readonly number[];
  /** Dtype of plain numbers (default float32); typed arrays bring their own and are converted when this is given. */
  readonly dtype?: DType;
}

/** Elements in an array of this shape. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((count, size) => count * size, 1);

/** Whether a value is one of the typed arrays that carry tensor data. */
export const isTypedArray = (value: unknown): value is TypedArray =>
  value instanceof Float32Array ||
  value instanceof Float64Array ||
  value instanceof Int32Array ||
  value instanceof Uint8Array ||
  value instanceof Int8Array ||
  value instanceof Int16Array ||
  value instanceof Uint32Array;

/** Whether a value looks like a host array: data, shape and dtype. */
export const isHostArray = (value: unknown): value is HostArray =>
  typeof value === 'object' &&
  value !== null &&
  'data' in value &&
  isTypedArray(value.data) &&
  'shape' in value &&
  Array.isArray(value.shape) &&
  'dtype' in value;

function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof Int8Array) return 'int8';
  if (data instanceof Int16Array) return 'int16';
  if (data instanceof Uint32Array) return 'uint32';
  return data instanceof Int32Array ? 'int32' : 'uint8';
}

/** Copies values into a new array of the dtype; a value that an integer dtype cannot hold is an error. */
function convert(where: string, values: ArrayLike<number>, dtype: DType): TypedArray {
  const data = hostArray(dtype, values.length);
  data.set(values);
  if (isFloat(dtype)) return data;
  const range = limitsOf(dtype);
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (!Number.isInteger(value) || value < range[0] || value > range[1]) {
      throw new ArgumentError(
        where,
        `value ${index} is ${value}, which ${dtype} cannot hold.`,
        `Expected whole numbers from ${range[0]} to ${range[1]}; use dtype 'float32' for fractions.`,
      );
    }
  }
  return data;
}

function flatten(where: string, values: readonly NestedNumbers[]): { flat: number[]; shape: number[] } {
  const shape: number[] = [];
  for (let level: NestedNumbers | undefined = values; Array.isArray(level); level = level[0])
    shape.push(level.length);
  const flat: number[] = [];
  const visit = (value: NestedNumbers, depth: number, path: string): void => {
    if (typeof value === 'number') {
      if (depth !== shape.length) {
        throw new ShapeError(where, `${path} is a number where an array of ${shape[depth]} is expected.`);
      }
      flat.push(value);
      return;
    }
    if (!Array.isArray(value)) {
      throw new ArgumentError(where, `${path} is ${String(value)}; expected a number.`);
    }
    if (value.length !== shape[depth]) {
      throw new ShapeError(
        where,
        `${path} has ${value.length} entries, its neighbours have ${shape[depth] ?? 'none'}.`,
        'All rows of an array have the same length: pad or cut them first.',
      );
    }
    value.forEach((entry, index) => {
      visit(entry, depth + 1, `${path}[${index}]`);
    });
  };
  visit(values, 0, 'values');
  return { flat, shape };
}

/**
 * Turns nested arrays, flat lists or typed arrays into a host array. Typed arrays of the wanted dtype are not copied.
 *
 * @param values numbers nested to any depth, a typed array, or a host array
 * @param options shape of flat values, dtype
 * @returns data, shape and dtype
 * @throws {ShapeError} when nested rows differ in length or the shape does not hold the values
 * @throws {ArgumentError} when an integer dtype cannot hold a value
 * @example
 * toHostArray([[1, 2, 3], [4, 5, 6]]);                             // shape [2, 3], float32
 * toHostArray(new Uint8Array(784), { shape: [28, 28] });            // shape [28, 28], uint8
 * toHostArray([3, 1, 2], { dtype: 'int32' });                       // shape [3], int32
 */
export function toHostArray(values: ArrayInput, options: HostArrayOptions = {}): HostArray {
  const where = 'toHostArray';
  const given = isHostArray(values)
    ? values
    : isTypedArray(values)
      ? { data: values, shape: [values.length], dtype: dtypeOf(values) }
      : fromNested(where, values, options.dtype ?? 'float32');
  const shape = options.shape ?? given.shape;
  const dtype = options.dtype ?? given.dtype;
  if (
    elementCount(shape) !== given.data.length ||
    shape.some((size) => !Number.isInteger(size) || size < 0)
  ) {
    throw new ShapeError(where, `${given.data.length} values do not fill the shape [${shape.join(', ')}].`);
  }
  const data = dtype === given.dtype ? given.data : convert(where, given.data, dtype);
  return { data, shape: [...shape], dtype };
}

function fromNested(where: string, values: readonly NestedNumbers[], dtype: DType): HostArray {
  const { flat, shape } = flatten(where, values);
  return { data: convert(where, flat, dtype), shape, dtype };
}

/**
 * The single value of a scalar host array, such as the label of one element.
 *
 * @throws {ShapeError} when the array does not hold exactly one value
 * @example
 * const boots = train.filter(({ y }) => item(y) === 9);
 */
export function item(array: HostArray): number {
  const [value] = array.data;
  if (array.data.length !== 1 || value === undefined) {
    throw new ShapeError('item', `an array of shape [${array.shape.join(', ')}] is not a single value.`);
  }
  return value;
}
