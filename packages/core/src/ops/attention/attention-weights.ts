/**
 * What attention means: softmax(scale · query · keyᵀ + mask) · value (Vaswani et al. 2017), over simpler nodes.
 *
 * What may not be attended to, by mask, by a bias of minus infinity or by causality, never enters the softmax, so that a
 * query without any key gives 0 and no NaN in any gradient.
 */
import { ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { broadcastShapes, broadcastsTo } from '../../shape/broadcast';
import { extentAt, formatShape, range, type Shape } from '../../shape/shape';
import { softmaxNode } from '../softmax';
import { maskedSoftmaxNode } from './masked-softmax';

/** What attention is computed from. */
export interface AttentionInputs {
  readonly query: Node;
  readonly key: Node;
  readonly value: Node;
  readonly mask: Node | undefined;
}

/** How attention is computed. */
export interface AttentionForm {
  readonly causal: boolean;
  readonly scale: number;
}

/** The extent of an axis that is counted from the end. */
export const fromEnd = (x: Node, back: number): number => extentAt(x.shape, x.shape.length - back);

/** Checks the shapes of query [..., L, E], key [..., S, E], value [..., S, V] and mask, which meets [..., L, S]. */
export function requireAttention(where: string, { query, key, value, mask }: AttentionInputs): void {
  const given = `query ${formatShape(query.shape)}, key ${formatShape(key.shape)}, value ${formatShape(value.shape)}`;
  if ([query, key, value].some(({ shape }) => shape.length < 2)) {
    throw new ShapeError(where, `got ${given}.`, 'Expected [..., length, depth] of each.');
  }
  if (fromEnd(query, 1) !== fromEnd(key, 1)) {
    throw new ShapeError(
      where,
      `query and key differ in depth, ${fromEnd(query, 1)} ≠ ${fromEnd(key, 1)}: ${given}.`,
      'Their last axes are multiplied with each other.',
    );
  }
  if (fromEnd(key, 2) !== fromEnd(value, 2)) {
    throw new ShapeError(
      where,
      `key and value differ in length, ${fromEnd(key, 2)} ≠ ${fromEnd(value, 2)}: ${given}.`,
      'Every key belongs to one value.',
    );
  }
  const scores = [...batchOf(where, [query, key, value]), fromEnd(query, 2), fromEnd(key, 2)];
  if (mask !== undefined && !broadcastsTo(mask.shape, scores)) {
    throw new ShapeError(
      where,
      `mask ${formatShape(mask.shape)} does not broadcast to the scores, ${formatShape(scores)}.`,
      'Its last two axes are queries and keys.',
    );
  }
}

/** The leading axes of operands, in the shape in which they meet. */
export const batchOf = (where: string, nodes: readonly Node[]): number[] =>
  broadcastShapes(where, ...nodes.map(({ shape }) => shape.slice(0, -2)));

/** Products over pairs of matrices in the last two axes: axis `left` of `a` with axis `right` of `b`, 0 or 1 each. */
export function product(batch: Shape, a: Node, left: 0 | 1, b: Node, right: 0 | 1): Node {
  const axes = range(batch.length);
  const whole = (x: Node): Node => build.broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
  return build.dot(whole(a), whole(b), {
    leftBatch: axes,
    rightBatch: axes,
    leftContract: [batch.length + left],
    rightContract: [batch.length + right],
  });
}

/** Which keys come no later than each query, counted from the first: [L, S], as in PyTorch. */
function causalMask(queries: number, keys: number): Node {
  const position = build.reshape(build.iota(queries), [queries, 1]);
  return build.lessEqual(build.iota(keys), position);
}

/** How much each query takes of each value: [..., L, S], every row summing to 1, or to 0 where nothing is allowed. */
export function attentionWeights({ query, key, value, mask }: AttentionInputs, form: AttentionForm): Node {
  const batch = batchOf('attention', [query, key, value]);
  const products = product(batch, build.mul(query, form.scale), 1, key, 1);
  const isBias = mask !== undefined && mask.dtype !== 'bool';
  const open = isBias ? build.notEqual(mask, Number.NEGATIVE_INFINITY) : mask;
  // A masked score must not become -∞: its gradient would meet the bias of -∞ as 0 · ∞.
  const scores = isBias && open !== undefined ? build.add(products, build.where(open, mask, 0)) : products;
  const before = form.causal ? causalMask(fromEnd(query, 2), fromEnd(key, 2)) : undefined;
  const allowed = open !== undefined && before !== undefined ? build.and(open, before) : (open ?? before);
  return allowed === undefined
    ? softmaxNode(scores, scores.shape.length - 1)
    : maskedSoftmaxNode('attention', scores, allowed, -1);
}

/** The weighted sums of the values. */
export const weightedValues = (weights: Node, value: Node): Node =>
  product(weights.shape.slice(0, -2), weights, 1, value, 0);
