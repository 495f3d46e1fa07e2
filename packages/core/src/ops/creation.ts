/**
 * Making tensors from numbers and patterns.
 */
import type { Device } from '../device/device';
import { type DType, isFloat, isHalf } from '../dtype';
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import { requireShape, type Shape } from '../shape/shape';
import { Tensor } from '../tensor';
import { convertNumber, hostValues, type TensorValues } from './host-values';
import { numberNode, operandNode } from './operand';

export interface CreationOptions {
  /** Element type. Default float32. */
  readonly dtype?: DType;
  /** Where the tensor is computed. Default: the device set with `setDevice`. */
  readonly device?: Device;
}

export interface TensorOptions extends CreationOptions {
  /** Extents; by default those of the nesting, or [length] for a typed array. */
  readonly shape?: Shape;
  /**
   * Whether values are copied now (default true). Without, a typed array of the right kind is read where it lies when the
   * tensor is uploaded, and must not change before.
   */
  readonly copy?: boolean;
}

/**
 * A tensor from host values. They are copied, unless told otherwise.
 *
 * @param values a number, a boolean, nested arrays of them, or a typed array
 * @param options.shape  extents for a flat array
 * @param options.dtype  element type; by default float32 for numbers, bool for booleans, that of a typed array
 * @param options.device where to compute
 * @param options.copy   whether a typed array is copied now (default true)
 * @throws {ShapeError} when nested arrays are ragged or the values do not fill `shape`
 * @throws {ArgumentError} when a value is neither number nor boolean
 * @example
 * tensor([[1, 2], [3, 4]]).shape; // [2, 2]
 * tensor(new Int32Array([1, 2, 3, 4]), { shape: [2, 2] }).dtype; // 'int32'
 */
export function tensor(values: TensorValues, options: TensorOptions = {}): Tensor {
  const { dtype } = options;
  // Half floats are rounded where they are computed.
  const half = dtype !== undefined && isHalf(dtype);
  const host = hostValues(values, half ? 'float32' : dtype, options.copy);
  const node = build.data(host.values, options.shape ?? host.shape, host.dtype);
  return new Tensor(half ? build.cast(node, dtype) : node, options.device);
}

/**
 * A scalar, of shape [].
 *
 * @example
 * await scalar(3).item(); // 3
 */
export const scalar = (value: number | boolean, options: CreationOptions = {}): Tensor =>
  tensor(value, options);

/**
 * All elements equal.
 *
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @example
 * await full([2], 7).data(); // Float32Array [7, 7]
 */
export function full(
  shape: Shape,
  value: number,
  { dtype = 'float32', device }: CreationOptions = {},
): Tensor {
  requireShape('full', shape);
  return new Tensor(build.broadcastTo(numberNode(convertNumber(value, dtype), dtype), shape), device);
}

/**
 * All elements 0.
 *
 * @example
 * await zeros([2]).data(); // Float32Array [0, 0]
 */
export const zeros = (shape: Shape, options?: CreationOptions): Tensor => full(shape, 0, options);

/**
 * All elements 1.
 *
 * @example
 * await ones([2]).data(); // Float32Array [1, 1]
 */
export const ones = (shape: Shape, options?: CreationOptions): Tensor => full(shape, 1, options);

const like = (where: string, x: Tensor, value: number): Tensor =>
  full(operandNode(where, x).shape, value, { dtype: x.dtype, device: x.device });

/** Zeros with the shape, dtype and device of `x`. */
export const zerosLike = (x: Tensor): Tensor => like('zerosLike', x, 0);

/** Ones with the shape, dtype and device of `x`. */
export const onesLike = (x: Tensor): Tensor => like('onesLike', x, 1);

/**
 * 0, 1, …, length - 1 as int32.
 *
 * @example
 * await iota(3).data(); // Int32Array [0, 1, 2]
 */
export const iota = (length: number, options: { readonly device?: Device } = {}): Tensor =>
  new Tensor(build.iota(length), options.device);

/**
 * Evenly spaced numbers: start, start + step, … before stop. With one number, 0, 1, … before it.
 *
 * @throws {ArgumentError} when the step is 0 or the numbers are not finite
 * @example
 * await arange(3).data(); // Float32Array [0, 1, 2]
 * await arange(1, 2, 0.25).data(); // Float32Array [1, 1.25, 1.5, 1.75]
 */
export function arange(start: number, stop?: number, step = 1, options: CreationOptions = {}): Tensor {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (step === 0 || ![from, to, step].every(Number.isFinite)) {
    throw new ArgumentError(
      'arange',
      `start ${from}, stop ${to} and step ${step} must be finite, and step not 0.`,
    );
  }
  const { dtype = 'float32' } = options;
  const count = Math.max(0, Math.ceil((to - from) / step));
  return progression(count, from, step, dtype, options.device);
}

/**
 * `count` numbers from `start` to `stop`, both included.
 *
 * @throws {ArgumentError} when the count is not a whole number of at least 0
 * @example
 * await linspace(0, 1, 5).data(); // Float32Array [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace(start: number, stop: number, count = 50, options: CreationOptions = {}): Tensor {
  if (!Number.isInteger(count) || count < 0) {
    throw new ArgumentError('linspace', `count ${count} is not a whole number of at least 0.`);
  }
  const { dtype = 'float32', device } = options;
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  const values = progression(count, start, step, dtype, device);
  if (count < 2) return values;
  // Rounding of the step must not move the end.
  const isLast = build.equal(build.iota(count), count - 1);
  return new Tensor(build.where(isLast, convertNumber(stop, dtype), values.node), device);
}

/** start + i · step. Fractions are computed in floating point before they are converted. */
function progression(
  count: number,
  start: number,
  step: number,
  dtype: DType,
  device: Device | undefined,
): Tensor {
  const whole = Number.isInteger(start) && Number.isInteger(step);
  const compute = isFloat(dtype) ? dtype : whole ? 'int32' : 'float32';
  const index = build.cast(build.iota(count), compute);
  const scaled = build.mul(index, build.constant(step, compute));
  const values = start === 0 ? scaled : build.add(scaled, build.constant(start, compute));
  return new Tensor(build.cast(values, dtype), device);
}

/**
 * Ones on the diagonal, zeros elsewhere.
 *
 * @param columns number of columns; equal to `rows` when left out
 * @example
 * await eye(2).array(); // [[1, 0], [0, 1]]
 */
export function eye(
  rows: number,
  columns = rows,
  { dtype = 'float32', device }: CreationOptions = {},
): Tensor {
  const row = build.reshape(build.iota(rows), [rows, 1]);
  return new Tensor(build.cast(build.equal(row, build.iota(columns)), dtype), device);
}
