/**
 * Stacking elements into a batch: numbers and arrays gain a leading axis, records and tuples are stacked part by part.
 */
import { DataError, type DType, type HostArray, hostArray, type TypedArray } from '@hadal/core';
import { isHostArray, isTypedArray, toHostArray } from './array';

/**
 * What a batch of elements of type T looks like: numbers become a float32 array, booleans a bool array, host arrays and
 * typed arrays one array with a leading batch axis, strings a list, records and tuples are batched part by part.
 */
export type Batched<T> = T extends number | boolean
  ? HostArray
  : T extends string
    ? string[]
    : T extends HostArray | TypedArray
      ? HostArray
      : T extends object
        ? { [Key in keyof T]: Batched<T[Key]> }
        : never;

const describeShape = (array: HostArray): string => `[${array.shape.join(', ')}] ${array.dtype}`;

/** Rows of equal shape and dtype, copied one after the other. */
function stackArrays(first: HostArray, arrays: readonly HostArray[], path: string): HostArray {
  const data: TypedArray = hostArray(first.dtype, arrays.length * first.data.length);
  arrays.forEach((array, index) => {
    const fits = array.dtype === first.dtype && array.shape.join() === first.shape.join();
    if (!fits) {
      throw new DataError(
        'batch',
        `elements differ: ${path} is ${describeShape(array)} at position ${index} of the batch, ${describeShape(first)} at 0.`,
        'All elements of a batch have one shape and dtype: resize, pad or cast them in map() first.',
      );
    }
    data.set(array.data, index * first.data.length);
  });
  return { data, shape: [arrays.length, ...first.shape], dtype: first.dtype };
}

function stackNumbers(values: readonly unknown[], dtype: DType, path: string): HostArray {
  const data = hostArray(dtype, values.length);
  values.forEach((value, index) => {
    if (typeof value !== 'number' && typeof value !== 'boolean') throw mixedKinds(path, index, value, dtype);
    data[index] = Number(value);
  });
  return { data, shape: [values.length], dtype };
}

const kindOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? (value.constructor?.name ?? 'an object') : String(value);

const mixedKinds = (path: string, index: number, value: unknown, expected: string): DataError =>
  new DataError(
    'batch',
    `elements differ: ${path} is ${kindOf(value)} at position ${index} of the batch, ${expected} at 0.`,
    'All elements of a batch have the same structure.',
  );

function stackStrings(values: readonly unknown[], path: string): string[] {
  return values.map((value, index) => {
    if (typeof value !== 'string') throw mixedKinds(path, index, value, 'string');
    return value;
  });
}

/** The entries of records or tuples under one key. */
function pluck(values: readonly unknown[], key: string, path: string): unknown[] {
  return values.map((value, index) => {
    if (typeof value !== 'object' || value === null || !(key in value)) {
      throw mixedKinds(path, index, value, `an object with "${key}"`);
    }
    const part: unknown = Reflect.get(value, key);
    return part;
  });
}

/** Plain objects only: a Map or a Date has parts that cannot be seen. */
function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Stacks elements of any batchable structure; `path` names the part in error messages. */
function stack(values: readonly unknown[], path: string): unknown {
  const [first] = values;
  if (typeof first === 'number') return stackNumbers(values, 'float32', path);
  if (typeof first === 'boolean') return stackNumbers(values, 'bool', path);
  if (typeof first === 'string') return stackStrings(values, path);
  if (isHostArray(first) || isTypedArray(first)) {
    const arrays = values.map((value, index) => {
      if (!isHostArray(value) && !isTypedArray(value)) throw mixedKinds(path, index, value, 'an array');
      return toHostArray(value);
    });
    return stackArrays(toHostArray(first), arrays, path);
  }
  if (Array.isArray(first)) {
    return first.map((_, position) => stack(pluck(values, String(position), path), `${path}[${position}]`));
  }
  if (isRecord(first)) {
    return Object.fromEntries(
      Object.keys(first).map((key) => [key, stack(pluck(values, key, path), `${path}.${key}`)]),
    );
  }
  throw new DataError(
    'batch',
    `${path} is ${kindOf(first)}, which cannot be batched.`,
    'Elements consist of numbers, booleans, strings, arrays with a shape, and records or tuples of these;',
    'pass batch(size, { collate }) for anything else.',
  );
}

/**
 * Stacks elements into one batch.
 *
 * @param elements at least one element; all have the same structure, shapes and dtypes
 * @returns the batch, with a leading axis of `elements.length`
 * @throws {DataError} when elements differ in structure, shape or dtype, or cannot be batched
 * @example
 * collate([{ x: toHostArray([1, 2]), y: 0 }, { x: toHostArray([3, 4]), y: 1 }]);
 * // { x: float32 [2, 2], y: float32 [2] }
 */
export function collate<T>(elements: readonly T[]): Batched<T> {
  if (elements.length === 0) throw new DataError('batch', 'there is nothing to stack: the batch is empty.');
  // The type of a batch follows from the type of its elements; the recursion above is what establishes it.
  return stack(elements, 'element') as Batched<T>;
}
