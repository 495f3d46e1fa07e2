/**
 * Distributions of whole numbers. Where the parameters are plain numbers, the distribution function is a table, computed
 * on the host in double precision, and a draw is the number of its entries that a uniform number has passed: the same
 * on every backend, bit for bit.
 */
import type { DType } from '../dtype';
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { type TensorLike, tensorFrom } from '../ops/operand';
import type { Shape } from '../shape/shape';
import { Tensor } from '../tensor';
import { randomBitsNode, uniformNode } from './bits';
import { openUniformNode } from './continuous';
import { draw, type RandomOptions } from './distributions';
import { type Allowed, PROBABILITY, parameterNode } from './parameters';

/** Where the distribution function has come closer to 1 than uniform numbers do. */
const CERTAIN = 1 - 2 ** -25;

/** How many entries of a table lie at or below a uniform number each. */
function inverted(uniform: Node, table: readonly number[]): Node {
  const entries = build.data(Float32Array.from(table), [table.length], 'float32');
  const passed = build.lessEqual(entries, build.insertAxes(uniform, [uniform.shape.length]));
  return build.sum(build.cast(passed, 'int32'), [uniform.shape.length]);
}

/** P(X ≤ k) for k = 0, 1, … up to where it is as good as 1, from the logarithms of P(X = k). */
function cumulative(logProbabilities: Iterable<number>): number[] {
  const table: number[] = [];
  let total = 0;
  for (const log of logProbabilities) {
    total += Math.exp(log);
    if (total >= CERTAIN) break;
    table.push(total);
  }
  return table;
}

/** Above, the table would be long and float32 would hold its first entries no more. */
const GREATEST_LAMBDA = 64;
/** No draw with a mean of 64 reaches it: P(X ≥ 128) < 10⁻¹². */
const GREATEST_POISSON = 128;

function* poissonLogs(lambda: number): IterableIterator<number> {
  let log = -lambda;
  for (let k = 0; k < GREATEST_POISSON; k++) {
    yield log;
    log += Math.log(lambda) - Math.log(k + 1);
  }
}

const LAMBDA: Allowed = {
  holds: (value) => value >= 0 && value <= GREATEST_LAMBDA,
  text: 'a number from 0 to 64',
};

/**
 * Poisson distributed numbers: how many events happen where `lambda` are expected. int32.
 *
 * @param lambda the mean, from 0 to 64: a number, or a tensor that broadcasts to `shape` (greater ones in it count as
 *   64). Probabilities are exact to some 10⁻⁷, those of a tensor to some 10⁻⁵.
 * @throws {ShapeError} when a tensor does not broadcast to `shape`
 * @throws {ArgumentError} when a number is outside [0, 64]; `randomNormal` with mean λ and deviation √λ is close then
 * @example
 * const arrivals = randomPoisson([100], 2.5);
 */
export function randomPoisson(shape: Shape, lambda: TensorLike, options: RandomOptions = {}): Tensor {
  const where = 'randomPoisson';
  const mean = parameterNode(where, 'lambda', lambda, shape, LAMBDA);
  const uniform = openUniformNode(draw(where, shape, options), shape);
  if (typeof lambda === 'number') return new Tensor(inverted(uniform, cumulative(poissonLogs(lambda))));
  const limited = build.minimum(build.maximum(mean, 0), GREATEST_LAMBDA);
  return tensorFrom(where, poissonNode(uniform, limited), [lambda]);
}

/** Inversion with a table for every element: probabilities along a last axis, summed up by a triangle of ones. */
function poissonNode(uniform: Node, lambda: Node): Node {
  const counts = build.iota(GREATEST_POISSON);
  const logFactorials = new Float32Array(GREATEST_POISSON);
  let log = 0;
  for (let k = 1; k < GREATEST_POISSON; k++) {
    log += Math.log(k);
    logFactorials[k] = log;
  }
  const table = build.data(logFactorials, [GREATEST_POISSON], 'float32');
  const mean = build.insertAxes(build.broadcastTo(lambda, uniform.shape), [uniform.shape.length]);
  // A mean of 0 has a logarithm of -∞; the least normal number gives 0 all the same.
  const powers = build.mul(build.cast(counts, 'float32'), build.log(build.maximum(mean, 2 ** -126)));
  const probabilities = build.exp(build.sub(build.sub(powers, mean), table));
  const upTo = build.lessEqual(build.reshape(counts, [GREATEST_POISSON, 1]), counts);
  const axis = uniform.shape.length;
  const distribution = build.dot(probabilities, build.cast(upTo, 'float32'), {
    leftBatch: [],
    rightBatch: [],
    leftContract: [axis],
    rightContract: [0],
  });
  const passed = build.lessEqual(distribution, build.insertAxes(uniform, [axis]));
  return build.sum(build.cast(passed, 'int32'), [axis]);
}

/** The most trials: a tensor of probabilities draws every one of them. */
const MOST_TRIALS = 1024;

function* binomialLogs(trials: number, p: number): IterableIterator<number> {
  let log = trials * Math.log1p(-p);
  const odds = Math.log(p) - Math.log1p(-p);
  for (let k = 0; k <= trials; k++) {
    yield log;
    log += Math.log((trials - k) / (k + 1)) + odds;
  }
}

/**
 * Binomially distributed numbers: how many of `trials` succeed if each does with probability `p`. int32.
 *
 * @param trials a whole number from 0 to 1024
 * @param p      in [0, 1]: a number, or a tensor that broadcasts to `shape`, for which every trial is drawn
 * @throws {ShapeError} when a tensor does not broadcast to `shape`
 * @throws {ArgumentError} when a number is outside its range
 * @example
 * const heads = randomBinomial([100], 10, 0.5);
 */
export function randomBinomial(
  shape: Shape,
  trials: number,
  p: TensorLike,
  options: RandomOptions = {},
): Tensor {
  const where = 'randomBinomial';
  if (!Number.isInteger(trials) || trials < 0 || trials > MOST_TRIALS) {
    throw new ArgumentError(where, `${trials} trials; expected a whole number from 0 to ${MOST_TRIALS}.`);
  }
  const probability = parameterNode(where, 'p', p, shape, PROBABILITY);
  if (typeof p === 'number') {
    const uniform = openUniformNode(draw(where, shape, options), shape);
    // Failures are counted where they are rarer: (1 - p)ⁿ, from which the table starts, stays far from 0.
    const isRare = p <= 0.5;
    const rare = isRare ? p : 1 - p;
    const counted = inverted(uniform, rare === 0 ? [] : cumulative(binomialLogs(trials, rare)));
    return new Tensor(isRare ? counted : build.sub(trials, counted));
  }
  const every = [trials, ...shape];
  const succeeded = build.lessThan(uniformNode(draw(where, every, options), every), probability);
  return tensorFrom(where, build.sum(build.cast(succeeded, 'int32'), [0]), [p]);
}

export interface RademacherOptions extends RandomOptions {
  /** Any dtype with a sign. Default float32. */
  readonly dtype?: DType;
}

/**
 * -1 or 1, each with probability 1/2.
 *
 * @throws {ShapeError} when an extent is not a whole number of at least 0
 * @example
 * const signs = randomRademacher([100]);
 */
export function randomRademacher(shape: Shape, options: RademacherOptions = {}): Tensor {
  const isLower = build.lessThan(randomBitsNode(draw('randomRademacher', shape, options), shape), 0);
  return new Tensor(
    build.cast(build.where(isLower, build.constant(-1, 'int32'), 1), options.dtype ?? 'float32'),
  );
}
