/**
 * Creation that goes with `full`, `eye` and `linspace`: filled alike, and numbers spaced evenly on a logarithmic scale.
 * Those are computed on the host in double precision, since an exponential of a rounded exponent loses digits.
 */
import type { Device } from '../device/device';
import { type DType, hostArray, isFloat } from '../dtype';
import { ArgumentError, DTypeError } from '../errors';
import * as build from '../graph/build';
import { Tensor } from '../tensor';
import { type CreationOptions, eye, full } from './creation';
import { commonDevice, operandNode, type TensorLike } from './operand';

/**
 * All elements equal, with the shape, dtype and device of `x`.
 *
 * @param options.dtype another element type
 * @throws {ArgumentError} when `x` is neither tensor nor number
 * @example
 * await fullLike(zeros([2]), 7).data(); // Float32Array [7, 7]
 */
export function fullLike(x: TensorLike, value: number, options: { readonly dtype?: DType } = {}): Tensor {
  const { shape, dtype } = operandNode('fullLike', x);
  return full(shape, value, { dtype: options.dtype ?? dtype, device: commonDevice('fullLike', [x]) });
}

/**
 * The identity matrix of n rows: another name of `eye(n)`.
 *
 * @throws {ShapeError} when `n` is not a whole number of at least 0
 * @example
 * await identity(2).array(); // [[1, 0], [0, 1]]
 */
export const identity = (n: number, options?: CreationOptions): Tensor => eye(n, n, options);

function tabulated(
  where: string,
  count: number,
  { dtype = 'float32', device }: { readonly dtype?: DType; readonly device?: Device },
  at: (i: number) => number,
): Tensor {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new ArgumentError(where, `count ${count} is not a whole number of at least 0.`);
  }
  if (!isFloat(dtype)) {
    throw new DTypeError(where, `gives floating point, not ${dtype}.`, 'Round and cast the result.');
  }
  const values = hostArray(dtype, count);
  for (let i = 0; i < count; i++) values[i] = at(i);
  return new Tensor(build.data(values, [count], dtype), device);
}

/** The i-th of `count` numbers from start to stop, exactly the ends at both ends. */
const between = (start: number, stop: number, i: number, count: number): number =>
  i > 0 && i === count - 1 ? stop : start + ((stop - start) * i) / Math.max(1, count - 1);

export interface LogspaceOptions extends CreationOptions {
  /** What is raised to the exponents. Default 10. */
  readonly base?: number;
}

/**
 * `count` numbers from base^start to base^stop, both included, evenly spaced on a logarithmic scale.
 *
 * @throws {ArgumentError} when the count is not a whole number of at least 0, or the base is not positive
 * @throws {DTypeError} when the dtype is not floating point
 * @example
 * await logspace(0, 2, 3).data(); // Float32Array [1, 10, 100]
 */
export function logspace(start: number, stop: number, count = 50, options: LogspaceOptions = {}): Tensor {
  const { base = 10 } = options;
  if (!(base > 0) || ![start, stop, base].every(Number.isFinite)) {
    throw new ArgumentError(
      'logspace',
      `start ${start}, stop ${stop} and base ${base} must be finite, and the base above 0.`,
    );
  }
  return tabulated('logspace', count, options, (i) => base ** between(start, stop, i, count));
}

/**
 * `count` numbers from start to stop, both included, in a geometric progression.
 *
 * @throws {ArgumentError} when an end is 0 or not finite, or they have different signs, or the count is not a whole
 *         number of at least 0
 * @throws {DTypeError} when the dtype is not floating point
 * @example
 * await geomspace(1, 8, 4).data(); // Float32Array [1, 2, 4, 8]
 */
export function geomspace(start: number, stop: number, count = 50, options: CreationOptions = {}): Tensor {
  const ratio = stop / start;
  if (!(ratio > 0) || ![start, stop].every(Number.isFinite)) {
    throw new ArgumentError(
      'geomspace',
      `start ${start} and stop ${stop} must be finite, not 0, and of one sign.`,
    );
  }
  return tabulated('geomspace', count, options, (i) => {
    if (i > 0 && i === count - 1) return stop;
    return start * ratio ** between(0, 1, i, count);
  });
}
