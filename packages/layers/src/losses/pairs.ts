/** Pairs of samples in a batch, for losses that compare embeddings with each other. */
import type { Tensor } from '@hadal/core';
import {
  equal,
  eye,
  logicalAnd,
  logicalNot,
  matmul,
  maximum,
  ShapeError,
  sqrt,
  square,
  sum,
  where,
} from '@hadal/core';

export interface Pairs {
  /** [batch, batch] of bool: another sample of the same label. */
  readonly alike: Tensor;
  /** [batch, batch] of bool: a sample of another label. */
  readonly unlike: Tensor;
}

/**
 * Which samples of a batch belong together.
 *
 * @param labels     [batch] or [batch, 1]
 * @param embeddings [batch, features]
 * @param withSelf   whether a sample is a pair with itself (default false)
 * @throws {ShapeError} when the shapes are others
 */
export function labelPairs(place: string, labels: Tensor, embeddings: Tensor, withSelf = false): Pairs {
  const [batch = 0] = embeddings.shape;
  if (embeddings.rank !== 2 || labels.size !== batch) {
    throw new ShapeError(
      place,
      `labels have shape [${labels.shape}], embeddings have shape [${embeddings.shape}].`,
      'Expected [batch] and [batch, features]: one label for each embedding.',
    );
  }
  const ids = labels.cast('int32');
  const same = equal(ids.reshape([batch, 1]), ids.reshape([1, batch]));
  const alike = withSelf ? same : logicalAnd(same, logicalNot(eye(batch).cast('bool')));
  return { alike, unlike: logicalNot(same) };
}

export const DISTANCES = ['euclidean', 'squaredEuclidean', 'cosine'] as const;

/** How far embeddings are apart: ‖a − b‖, its square, or 1 − a · b, which is meant for unit vectors. */
export type Distance = (typeof DISTANCES)[number];

/** [batch, batch] of distances. */
export function pairDistances(embeddings: Tensor, distance: Distance): Tensor {
  const products = matmul(embeddings, embeddings, { transposeB: true });
  if (distance === 'cosine') return products.neg().add(1);
  const squares = sum(square(embeddings), { axis: -1, keepDims: true });
  const squared = maximum(squares.add(squares.transpose()).sub(products.mul(2)), 0);
  if (distance === 'squaredEuclidean') return squared;
  // The root has no gradient at 0.
  const isZero = equal(squared, 0);
  return where(isZero, 0, sqrt(where(isZero, 1, squared)));
}
