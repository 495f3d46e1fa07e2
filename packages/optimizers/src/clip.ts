/**
 * Gradient clipping, as Keras 3 does it: by value, by the norm of each variable's gradient, or by the norm of all
 * gradients together. The forms are Keras' own, so that values agree to rounding.
 */
import type { Tensor } from '@hadal/core';
import { clip, maximum, minimum, sqrt, square, sum } from '@hadal/core';

/** Limits every element to [-limit, limit]. */
export const clipByValue = (gradient: Tensor, limit: number): Tensor => clip(gradient, -limit, limit);

/** Scales a gradient down to L2 norm `limit` where it is longer. */
export function clipByNorm(gradient: Tensor, limit: number): Tensor {
  const norm = sqrt(sum(square(gradient)));
  return gradient.mul(limit).div(maximum(norm, limit));
}

/** Scales all gradients by one factor so that their L2 norm together is at most `limit`. */
export function clipByGlobalNorm(flatGradients: readonly Tensor[], limit: number): Tensor[] {
  const norm = globalNorm(flatGradients);
  const scale = minimum(norm.pow(-1), 1 / limit).mul(limit);
  return flatGradients.map((gradient) => gradient.mul(scale.cast(gradient.dtype)));
}

/**
 * The L2 norm of all given tensors seen as one long vector.
 *
 * @example
 * await globalNorm([tensor([3, 0]), tensor([4])]).item(); // 5
 */
export function globalNorm(tensors: readonly Tensor[]): Tensor {
  return sqrt(tensors.map((part) => sum(square(part))).reduce((total, part) => total.add(part)));
}
