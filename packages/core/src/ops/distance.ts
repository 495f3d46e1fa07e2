/**
 * Distances between two sets of vectors.
 */

import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import { formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { minkowskiNorm } from './minkowski';
import { asFloat, operandPair, tensorFrom } from './operand';

export interface DistanceOptions {
  /** Exponent of the Minkowski distance (Σ |a - b|ᵖ)^(1/p), from 0 to Infinity; 0 counts differences. Default 2. */
  readonly p?: number;
}

/**
 * The distance of every vector of `a` from every vector of `b`. It is computed from differences, never by expanding
 * |a - b|², so that vectors close to each other keep their distance. Between equal vectors the gradient is 0.
 *
 * @param a [..., m, n]; integers and bool become float32
 * @param b [..., k, n]; the leading axes broadcast
 * @returns [..., m, k]
 * @throws {ShapeError} when the vectors differ in length
 * @throws {ArgumentError} when `p` is negative or NaN
 * @example
 * await cdist(tensor([[0, 0], [3, 4]]), tensor([[0, 0]])).array(); // [[0], [5]]
 */
export function cdist(a: Tensor, b: Tensor, { p = 2 }: DistanceOptions = {}): Tensor {
  if (!(p >= 0)) {
    throw new ArgumentError(
      'cdist',
      `p ${p} is not a number from 0 to Infinity.`,
      'The Euclidean distance is p 2.',
    );
  }
  if (a.rank < 2 || b.rank < 2 || a.shape.at(-1) !== b.shape.at(-1)) {
    throw new ShapeError(
      'cdist',
      `got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
      'Expected [..., m, n] and [..., k, n]: rows of vectors of one length.',
    );
  }
  const [left, right] = operandPair('cdist', a, b);
  const rows = build.insertAxes(asFloat(left), [a.rank - 1]);
  const columns = build.insertAxes(asFloat(right), [b.rank - 2]);
  const difference = build.combine('sub', rows, columns, 'cdist');
  return tensorFrom('cdist', minkowskiNorm(difference, [difference.shape.length - 1], p), [a, b]);
}
