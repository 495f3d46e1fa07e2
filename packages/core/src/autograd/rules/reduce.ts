/**
 * Gradients of reductions.
 */
import {
  broadcastTo,
  cast,
  concat,
  div,
  equal,
  keptShape,
  moveToEnd,
  mul,
  reducedSize,
  reshape,
  sliceAxis,
  sumKeeping,
  where,
} from '../../graph/build';
import type { Node, NodeOf } from '../../graph/node';
import { extentAt } from '../../shape/shape';
import type { Pullback } from './rule';

/** Brings a value per result back to the shape of the operand. */
const spread = (value: Node, x: Node, axes: readonly number[]): Node =>
  broadcastTo(reshape(value, keptShape(x, axes)), x.shape);

export function reduceRule(g: Node, x: Node, y: NodeOf<'reduce'>, pullback: Pullback): Node | undefined {
  const { kind, axes } = y.attributes;
  switch (kind) {
    case 'sum':
      return spread(g, x, axes);
    case 'prod':
      return productRule(g, x, axes, pullback);
    case 'max':
    case 'min':
      return extremeRule(g, x, y);
    case 'argmax':
    case 'argmin':
      return undefined;
  }
}

/** The elements equal to the extreme share the cotangent evenly. */
function extremeRule(g: Node, x: Node, y: NodeOf<'reduce'>): Node {
  const { axes } = y.attributes;
  const taken = equal(x, spread(y, x, axes));
  const ties = sumKeeping(cast(taken, x.dtype), axes);
  return where(taken, div(reshape(g, ties.shape), ties), 0);
}

/**
 * The product of all others: y / x fails where x is 0. Multiplying in pairs is the same product, and its gradient
 * is right for zeros and to any order.
 */
function productRule(g: Node, x: Node, axes: readonly number[], pullback: Pullback): Node | undefined {
  const count = reducedSize(x, axes);
  const rows = reshape(moveToEnd(x, axes), [...g.shape, count]);
  const last = g.shape.length;
  let product = rows;
  for (let length = count; length > 1; length = extentAt(product.shape, last)) {
    const even = length - (length % 2);
    const pairs = mul(sliceAxis(product, last, 0, even, 2), sliceAxis(product, last, 1, even, 2));
    product = even === length ? pairs : concat([pairs, sliceAxis(product, last, even, length)], last);
  }
  if (count === 0) return undefined;
  return pullback(reshape(product, g.shape), g, [x])[0];
}
