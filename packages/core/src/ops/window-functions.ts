/**
 * Window functions of signal processing. They are computed on the host in double precision: a window is short, made
 * once, and its small ends should keep their digits.
 */
import { hostArray, isFloat } from '../dtype';
import { ArgumentError, DTypeError } from '../errors';
import * as build from '../graph/build';
import { Tensor } from '../tensor';
import type { CreationOptions } from './creation';

export interface WindowOptions extends CreationOptions {
  /**
   * Whether the window continues itself when repeated, as spectral analysis wants it (default, as in PyTorch and
   * TensorFlow), or is symmetric, as filter design wants it and NumPy gives it.
   */
  readonly periodic?: boolean;
}

/** Values at x = i / n in [0, 1], where a periodic window leaves out the 1. */
function windowOf(
  where: string,
  length: number,
  { periodic = true, dtype = 'float32', device }: WindowOptions,
  at: (x: number) => number,
): Tensor {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new ArgumentError(where, `length ${length} is not a whole number of at least 0.`);
  }
  if (!isFloat(dtype)) throw new DTypeError(where, `a window is floating point, not ${dtype}.`);
  const values = hostArray(dtype, length);
  const steps = periodic ? length : length - 1;
  for (let i = 0; i < length; i++) values[i] = length === 1 ? 1 : at(i / steps);
  return new Tensor(build.data(values, [length], dtype), device);
}

const cosine = (x: number, harmonic = 1): number => Math.cos(2 * Math.PI * harmonic * x);

/**
 * Hann window, 0.5 - 0.5 · cos(2πx).
 *
 * @throws {ArgumentError} when the length is not a whole number of at least 0
 * @throws {DTypeError} when the dtype is not floating point
 * @example
 * await hannWindow(4).data(); // Float32Array [0, 0.5, 1, 0.5]
 */
export const hannWindow = (length: number, options: WindowOptions = {}): Tensor =>
  windowOf('hannWindow', length, options, (x) => 0.5 - 0.5 * cosine(x));

/**
 * Hamming window, 0.54 - 0.46 · cos(2πx).
 *
 * @throws {ArgumentError} when the length is not a whole number of at least 0
 * @throws {DTypeError} when the dtype is not floating point
 * @example
 * await hammingWindow(4).data(); // Float32Array [0.08, 0.54, 1, 0.54]
 */
export const hammingWindow = (length: number, options: WindowOptions = {}): Tensor =>
  windowOf('hammingWindow', length, options, (x) => 0.54 - 0.46 * cosine(x));

/**
 * Blackman window, 0.42 - 0.5 · cos(2πx) + 0.08 · cos(4πx).
 *
 * @throws {ArgumentError} when the length is not a whole number of at least 0
 * @throws {DTypeError} when the dtype is not floating point
 * @example
 * await blackmanWindow(4).data(); // Float32Array [0, 0.34, 1, 0.34]
 */
export const blackmanWindow = (length: number, options: WindowOptions = {}): Tensor =>
  // The three terms cancel at the ends, up to a rounding error that would be negative.
  windowOf('blackmanWindow', length, options, (x) =>
    Math.max(0, 0.42 - 0.5 * cosine(x) + 0.08 * cosine(x, 2)),
  );

/**
 * Bartlett window: a triangle from 0 to 1 and back to 0.
 *
 * @throws {ArgumentError} when the length is not a whole number of at least 0
 * @throws {DTypeError} when the dtype is not floating point
 * @example
 * await bartlettWindow(4).data(); // Float32Array [0, 0.5, 1, 0.5]
 */
export const bartlettWindow = (length: number, options: WindowOptions = {}): Tensor =>
  windowOf('bartlettWindow', length, options, (x) => 1 - Math.abs(2 * x - 1));

/**
 * Kaiser window, I₀(β · √(1 - (2x - 1)²)) / I₀(β), where I₀ is the modified Bessel function of order 0.
 *
 * @param beta shape: 0 is a rectangle, 14 a good start for analysis; default 12
 * @throws {ArgumentError} when the length is not a whole number of at least 0, or beta is not between 0 and 700
 * @throws {DTypeError} when the dtype is not floating point
 * @example
 * await kaiserWindow(4, 0).data(); // Float32Array [1, 1, 1, 1]
 */
export function kaiserWindow(length: number, beta = 12, options: WindowOptions = {}): Tensor {
  if (!(beta >= 0 && beta <= MAX_BETA)) {
    throw new ArgumentError('kaiserWindow', `beta ${beta} is not between 0 and ${MAX_BETA}.`);
  }
  const peak = besselI0(beta);
  return windowOf('kaiserWindow', length, options, (x) => {
    const inside = Math.max(0, 1 - (2 * x - 1) ** 2);
    return besselI0(beta * Math.sqrt(inside)) / peak;
  });
}

/** I₀ overflows double precision above 713. */
const MAX_BETA = 700;

/** I₀(x) = Σ ((x/2)^k / k!)²; all terms are positive, so that nothing cancels. Abramowitz and Stegun 9.6.12. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let [term, total] = [1, 1];
  for (let k = 1; term > total * Number.EPSILON; k++) {
    term *= quarter / (k * k);
    total += term;
  }
  return total;
}
