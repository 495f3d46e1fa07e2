/**
 * Minkowski norms (Σ |x|ᵖ)^(1/p) over some axes: what norms, distances and power-average pooling are made of.
 *
 * Elements are divided by their greatest magnitude first, so that no power overflows or vanishes; the norm does not
 * depend on the divisor, which is why its gradient is not needed. Where all elements are 0 the gradient is 0.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { powerNode } from './power';

/** The norm over `axes`, which disappear; p in [0, ∞], where 0 counts what is not 0. */
export function minkowskiNorm(x: Node, axes: readonly number[], p: number): Node {
  if (p === 0) return build.sum(build.cast(build.notEqual(x, 0), x.dtype), axes);
  const size = build.abs(x);
  if (p === 1) return build.sum(size, axes);
  if (p === Number.POSITIVE_INFINITY) return build.maximum(build.reduce('max', size, axes), 0);
  const greatest = build.detach(build.maximum(build.maxKeeping(size, axes), 0));
  const usable = build.and(build.lessThan(0, greatest), build.lessThan(greatest, Number.POSITIVE_INFINITY));
  const unit = build.where(usable, greatest, 1);
  const scaled = build.div(p === 2 ? x : size, unit);
  const total = build.sum(p === 2 ? build.mul(scaled, scaled) : positivePower(scaled, p), axes);
  const vanishes = build.equal(total, 0);
  const some = build.where(vanishes, 1, total);
  const root = p === 2 ? build.sqrt(some) : powerNode(some, 1 / p);
  return build.where(vanishes, 0, build.mul(root, build.reshape(unit, root.shape)));
}

/** |x|ᵖ with derivative 0 at 0, also for p < 1, where there is none. */
function positivePower(x: Node, p: number): Node {
  if (p === 3) return powerNode(x, p);
  const vanishes = build.equal(x, 0);
  return build.where(vanishes, 0, powerNode(build.where(vanishes, 1, x), p));
}
