/**
 * Host values of any kind a user may give, as one flat typed array with shape and dtype; and back to nested arrays.
 */
import { DTYPES, type DType, hostArray, isFloat, limitsOf, type TypedArray } from '../dtype';
import { ArgumentError, ShapeError } from '../errors';
import { formatShape, type Shape, sizeOf } from '../shape/shape';

/** Numbers or booleans nested to any depth. */
export type NestedValues = number | boolean | readonly NestedValues[];

/** What `tensor` takes. */
export type TensorValues = NestedValues | TypedArray | BigInt64Array;

export interface HostValues {
  /** Elements in row-major order. */
  readonly values: TypedArray;
  /** Their extents. */
  readonly shape: Shape;
  /** The type of tensors that they stand for. */
  readonly dtype: DType;
}

/** Flattens and converts; the result never shares memory with what was given. */
export function hostValues(given: TensorValues, wanted?: DType, copy = true): HostValues {
  if (given instanceof BigInt64Array) return hostValues(Float64Array.from(given, exactly), wanted ?? 'int64');
  if (ArrayBuffer.isView(given)) {
    const dtype = wanted ?? dtypeOfArray(given);
    const isSame = dtype !== 'bool' && given.constructor === hostArray(dtype, 0).constructor;
    const values = !isSame ? hostArray(dtype, given.length) : copy ? given.slice() : given;
    if (!isSame) fill(values, dtype, given);
    return { values, shape: [given.length], dtype };
  }
  const shape = nestedShape(given);
  const dtype = wanted ?? (isBoolean(given) ? 'bool' : 'float32');
  const values = hostArray(dtype, sizeOf(shape));
  const flat: number[] = [];
  flatten(given, shape, [], flat);
  fill(values, dtype, flat);
  return { values, shape, dtype };
}

/** int64 elements are numbers here, which hold integers of up to 53 bits. */
function exactly(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new ArgumentError('tensor', `${value} is outside of ±(2^53 - 1), the int64 values that can be held.`);
}

function dtypeOfArray(array: TypedArray): DType {
  // The last: float32 rather than a half float, uint8 rather than bool.
  const found = DTYPES.findLast((dtype) => array instanceof hostArray(dtype, 0).constructor);
  if (found !== undefined) return found;
  throw new ArgumentError(
    'tensor',
    `arrays of class ${Object.getPrototypeOf(array)?.constructor?.name ?? 'unknown'} are not supported.`,
    'Give a Float32Array, Float64Array, or an array of integers of 8, 16 or 32 bits.',
  );
}

/** The value as `cast` converts it: integers truncate and saturate, NaN becomes 0, bool is whether a value is not 0. */
export function convertNumber(value: number, dtype: DType): number {
  if (isFloat(dtype)) return value;
  if (dtype === 'bool') return value === 0 ? 0 : 1;
  const [low, high] = limitsOf(dtype);
  return Number.isNaN(value) ? 0 : Math.trunc(Math.min(high, Math.max(low, value)));
}

function fill(target: TypedArray, dtype: DType, source: ArrayLike<number>): void {
  if (isFloat(dtype)) target.set(source);
  else for (let i = 0; i < target.length; i++) target[i] = convertNumber(source[i] ?? 0, dtype);
}

function nestedShape(values: NestedValues): number[] {
  const shape: number[] = [];
  let inner: NestedValues | undefined = values;
  while (Array.isArray(inner)) {
    shape.push(inner.length);
    inner = inner[0];
  }
  return shape;
}

function isBoolean(values: NestedValues): boolean {
  let inner: NestedValues | undefined = values;
  while (Array.isArray(inner)) inner = inner[0];
  return typeof inner === 'boolean';
}

/** Appends the numbers of `values` to `out`; `path` says where in the nesting they are. */
function flatten(values: NestedValues, shape: Shape, path: number[], out: number[]): void {
  const extent = shape[path.length];
  if (extent === undefined) {
    out.push(leaf(values, path));
    return;
  }
  if (!Array.isArray(values) || values.length !== extent) {
    const found = Array.isArray(values) ? `${values.length} entries` : 'no array';
    throw new ShapeError(
      'tensor',
      `the nesting is ragged: ${place(path)} has ${found}, expected ${extent} as in ${formatShape(shape)}.`,
    );
  }
  for (let index = 0; index < extent; index++) {
    path.push(index);
    flatten(values[index], shape, path, out);
    path.pop();
  }
}

function leaf(value: NestedValues, path: readonly number[]): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (Array.isArray(value)) {
    throw new ShapeError('tensor', `the nesting is ragged: ${place(path)} is an array, expected a number.`);
  }
  throw new ArgumentError('tensor', `${place(path)} is ${String(value)}, expected a number or a boolean.`);
}

const place = (path: readonly number[]): string => `values${path.map((index) => `[${index}]`).join('')}`;

/** Nested arrays of the given shape; bool gives booleans. */
export function nest(values: TypedArray, shape: Shape, dtype: DType): NestedValues {
  let next = 0;
  const build = (depth: number): NestedValues => {
    const extent = shape[depth];
    if (extent === undefined) {
      const value = values[next++] ?? 0;
      return dtype === 'bool' ? value !== 0 : value;
    }
    return Array.from({ length: extent }, () => build(depth + 1));
  };
  return build(0);
}
