/**
 * Judging gradients by finite differences, in float64 on the reference interpreter.
 *
 * The gradient of L(x) = Σ weights · f(x) along a random direction must equal (L(x + hv) - L(x - hv)) / 2h. For the
 * second order the same is asked of the directional gradient itself.
 */

import { evaluate, noBindings } from '../../src/graph/index';
import { gradients, mul, sum, type Tensor, tensor } from '../../src/index';

export type Sample = { readonly shape: readonly number[]; readonly low?: number; readonly high?: number };

/** Seeded uniform numbers (a 32-bit multiplicative congruential generator). */
export function uniforms(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function sample({ shape, low = -2, high = 2 }: Sample, next: () => number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float64Array.from({ length: size }, () => low + next() * (high - low));
  return tensor(values, { shape });
}

/** The values of a tensor, computed by the interpreter. */
export function valuesOf(x: Tensor): number[] {
  const [values] = evaluate([x.node], noBindings);
  return values === undefined ? [] : [...values];
}

type Scalar = (inputs: readonly Tensor[]) => Tensor;

const shifted = (x: Tensor, direction: readonly number[], step: number): Tensor =>
  tensor(
    Float64Array.from(valuesOf(x), (value, i) => value + step * (direction[i] ?? 0)),
    { shape: x.shape },
  );

/** The largest relative difference between the gradient of `loss` and finite differences, over a few directions. */
function directionalError(loss: Scalar, inputs: readonly Tensor[], next: () => number): number {
  const step = 1e-5;
  const found = gradients(loss(inputs), inputs).map(valuesOf);
  let worst = 0;
  for (let trial = 0; trial < 3; trial++) {
    const directions = inputs.map((input) => Array.from({ length: input.size }, () => next() * 2 - 1));
    const at = (h: number): number =>
      valuesOf(loss(inputs.map((input, i) => shifted(input, directions[i] ?? [], h))))[0] ?? Number.NaN;
    const expected = (at(step) - at(-step)) / (2 * step);
    const actual = found
      .flatMap((gradient, i) => gradient.map((value, j) => value * (directions[i]?.[j] ?? 0)))
      .reduce((a, b) => a + b, 0);
    const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }
  return worst;
}

/**
 * The largest relative error of first-order (or also second-order) gradients of `f` at random points.
 *
 * @param f      a differentiable function of float64 tensors
 * @param points shape and range of each input
 */
export function gradientError(
  f: (...inputs: Tensor[]) => Tensor,
  points: readonly Sample[],
  { order = 2, seed = 1 }: { order?: 1 | 2; seed?: number } = {},
): number {
  const next = uniforms(seed);
  const inputs = points.map((point) => sample(point, next));
  const weights = sample({ shape: f(...inputs).shape }, next);
  const loss: Scalar = (given) => sum(mul(f(...given), weights));
  const first = directionalError(loss, inputs, next);
  if (order === 1) return first;
  const along = inputs.map((input) => sample({ shape: input.shape }, next));
  const slope: Scalar = (given) =>
    gradients(loss(given), given)
      .map((gradient, i) => sum(mul(gradient, along[i] ?? 0)))
      .reduce((a, b) => a.add(b));
  return Math.max(first, directionalError(slope, inputs, next));
}
