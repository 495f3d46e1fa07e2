/**
 * Covariance and correlation of variables that were observed together.
 */
import { ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { liftFloat, type TensorLike } from './operand';

export interface CorrelationOptions {
  /** Whether rows are variables and columns observations (default), or the other way round. */
  readonly rowVar?: boolean;
}

export interface CovarianceOptions extends CorrelationOptions {
  /** Taken off the number of observations that is divided by: 1 for a sample (default), 0 for the population. */
  readonly correction?: number;
}

/** [variables, observations] less the mean of each variable. */
function centered(where: string, x: Node, rowVar: boolean): Node {
  const rank = x.shape.length;
  if (rank === 0 || rank > 2) {
    throw new ShapeError(
      where,
      `got ${formatShape(x.shape)}.`,
      'Expected [observations] of one variable, or [variables, observations].',
    );
  }
  const rows = rank === 1 ? build.reshape(x, [1, ...x.shape]) : rowVar ? x : build.permute(x, [1, 0]);
  return build.sub(rows, build.meanKeeping(rows, [1]));
}

/** Products of all pairs of rows; of one variable given as [observations] the only one. */
function products(rows: Node, x: Node): Node {
  const all = build.dot(rows, rows, {
    leftBatch: [],
    rightBatch: [],
    leftContract: [1],
    rightContract: [1],
  });
  return x.shape.length === 1 ? build.reshape(all, []) : all;
}

/**
 * Covariance matrix: element [i, j] is the mean product of the distances of variables i and j from their means.
 *
 * @param x [variables, observations], or [observations] of one variable; integers become float32
 * @returns [variables, variables]; a scalar for one variable given as [observations]
 * @throws {ShapeError} when `x` has another rank
 * @example
 * await cov(tensor([[0, 1, 2], [2, 1, 0]])).array(); // [[1, -1], [-1, 1]]
 */
export const cov = (x: TensorLike, { rowVar = true, correction = 1 }: CovarianceOptions = {}): Tensor =>
  liftFloat('cov', x, (node) => {
    const rows = centered('cov', node, rowVar);
    const degrees = Math.max(0, extentAt(rows.shape, 1) - correction);
    return build.mul(products(rows, node), build.slot(1 / degrees, node.dtype));
  });

/**
 * Correlation matrix (Pearson): the covariance of variables scaled to variance 1, in [-1, 1]. NaN for a variable that
 * does not vary.
 *
 * @param x [variables, observations], or [observations] of one variable; integers become float32
 * @returns [variables, variables]; a scalar for one variable given as [observations]
 * @throws {ShapeError} when `x` has another rank
 * @example
 * await corrCoef(tensor([[0, 1, 2], [4, 2, 0]])).array(); // [[1, -1], [-1, 1]]
 */
export const corrCoef = (x: TensorLike, { rowVar = true }: CorrelationOptions = {}): Tensor =>
  liftFloat('corrCoef', x, (node) => {
    const rows = centered('corrCoef', node, rowVar);
    const lengths = build.sqrt(build.sumKeeping(build.mul(rows, rows), [1]));
    const found = products(build.div(rows, lengths), node);
    // Rounding may step over the bounds.
    return build.maximum(build.minimum(found, 1), -1);
  });
