/**
 * Scaled dot-product attention as users call it: with as many key heads as query heads, or with fewer.
 */
import { isFloat, promote } from '../../dtype';
import { ArgumentError, ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { defaultGenerator, type Generator } from '../../random/generator';
import { extentAt, formatShape, type Shape } from '../../shape/shape';
import type { Tensor } from '../../tensor';
import { dropout } from '../dropout';
import { floatingNode, operandNode, tensorFrom } from '../operand';
import { attentionNode } from './attention-node';
import {
  type AttentionInputs,
  attentionWeights,
  requireAttention,
  weightedValues,
} from './attention-weights';

export interface AttentionOptions {
  /**
   * Broadcasts to [..., queries, keys]. bool (or integers): where it is true a query may attend to a key.
   * Floating point: added to the scaled scores; minus infinity masks.
   */
  readonly mask?: Tensor;
  /**
   * Lets query i attend to keys 0 … i only. With different numbers of queries and keys both are counted from the
   * first, as in PyTorch (`is_causal`). Together with a mask both must allow a key. Default false.
   */
  readonly causal?: boolean;
  /** What the products are multiplied by. Default 1 / √depth. */
  readonly scale?: number;
  /** Probability, in [0, 1), with which a weight is dropped. Default 0. */
  readonly dropout?: number;
  /** The stream that dropout draws from. Default: the one that `setSeed` seeds. */
  readonly generator?: Generator;
}

/** Query, key and value in the one floating-point dtype in which they meet, and the mask as bool or in that dtype. */
function attentionInputs(
  where: string,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor | undefined,
): AttentionInputs {
  const [q, k, v] = [floatingNode(where, query), floatingNode(where, key), floatingNode(where, value)];
  const dtype = promote(promote(q.dtype, k.dtype), v.dtype);
  const given = mask === undefined ? undefined : operandNode(where, mask);
  return {
    query: build.cast(q, dtype),
    key: build.cast(k, dtype),
    value: build.cast(v, dtype),
    mask: given && build.cast(given, isFloat(given.dtype) ? dtype : 'bool'),
  };
}

function attend(
  where: string,
  inputs: AttentionInputs,
  options: AttentionOptions,
  operands: readonly Tensor[],
): Tensor {
  requireAttention(where, inputs);
  const { causal = false, dropout: rate = 0, generator } = options;
  const depth = extentAt(inputs.query.shape, inputs.query.shape.length - 1);
  const scale = options.scale ?? 1 / Math.sqrt(Math.max(1, depth));
  if (!Number.isFinite(scale)) throw new ArgumentError(where, `scale ${scale} is not a finite number.`);
  if (!(rate >= 0 && rate < 1)) throw new ArgumentError(where, `dropout ${rate} is outside [0, 1).`);
  if (rate === 0) return tensorFrom(where, attentionNode(inputs, { causal, scale }), operands);
  const weights = tensorFrom(where, attentionWeights(inputs, { causal, scale }), operands);
  const kept = dropout(weights, rate, generator ?? defaultGenerator());
  return tensorFrom(where, weightedValues(kept.node, inputs.value), operands);
}

/**
 * Attention: softmax(scale · query · keyᵀ + mask) · value (Vaswani et al. 2017). Leading axes, such as batch and heads,
 * broadcast. A query that may attend to no key at all gives 0.
 *
 * @param query [..., queries, depth]
 * @param key   [..., keys, depth]
 * @param value [..., keys, width]
 * @returns [..., queries, width]
 * @throws {ShapeError} when depths, numbers of keys, leading axes or the mask do not fit each other
 * @throws {ArgumentError} when `dropout` is outside [0, 1) or `scale` is not finite
 * @example
 * const keys = tensor([[1, 0], [0, 1]]);
 * const values = tensor([[1], [3]]);
 * await scaledDotProductAttention(zeros([1, 2]), keys, values).array(); // [[2]]
 * await scaledDotProductAttention(zeros([1, 2]), keys, values, { causal: true }).array(); // [[1]]
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const where = 'scaledDotProductAttention';
  const { mask } = options;
  const operands = mask === undefined ? [query, key, value] : [query, key, value, mask];
  return attend(where, attentionInputs(where, query, key, value, mask), options, operands);
}

/**
 * Attention in which several query heads share one head of keys and values (Ainslie et al. 2023): query head h attends
 * to key head ⌊h · keyHeads / heads⌋. With one key head it is multi-query attention.
 *
 * @param query [..., heads, queries, depth]
 * @param key   [..., keyHeads, keys, depth]
 * @param value [..., keyHeads, keys, width]
 * @param options as of `scaledDotProductAttention`; the mask broadcasts to [..., heads, queries, keys]
 * @returns [..., heads, queries, width]
 * @throws {ShapeError} when the key heads do not divide the heads, or other extents do not fit
 * @throws {ArgumentError} when `dropout` is outside [0, 1) or `scale` is not finite
 * @example
 * const heads = groupedQueryAttention(zeros([2, 8, 5, 16]), zeros([2, 2, 7, 16]), zeros([2, 2, 7, 4]));
 * heads.shape; // [2, 8, 5, 4]
 */
export function groupedQueryAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const where = 'groupedQueryAttention';
  const { mask } = options;
  const given = attentionInputs(where, query, key, value, mask);
  const shared = requireHeads(where, given);
  const heads = extentAt(query.shape, query.rank - 3);
  const inputs: AttentionInputs = {
    query: build.reshape(given.query, groupedShape(given.query.shape, shared, heads / shared)),
    key: build.reshape(given.key, groupedShape(given.key.shape, shared, 1)),
    value: build.reshape(given.value, groupedShape(given.value.shape, shared, 1)),
    mask: given.mask && groupedMask(where, given.mask, shared, heads),
  };
  const operands = mask === undefined ? [query, key, value] : [query, key, value, mask];
  const result = attend(where, inputs, options, operands).node;
  const [width, queries] = [
    extentAt(result.shape, result.shape.length - 1),
    extentAt(query.shape, query.rank - 2),
  ];
  return tensorFrom(
    where,
    build.reshape(result, [...result.shape.slice(0, -4), heads, queries, width]),
    operands,
  );
}

/** [..., groups · each, rows, columns] with the heads taken apart. */
const groupedShape = (shape: Shape, groups: number, each: number): number[] => [
  ...shape.slice(0, -3),
  groups,
  each,
  ...shape.slice(-2),
];

/** The number of key heads, once it is known to fit. */
function requireHeads(where: string, { query, key, value }: AttentionInputs): number {
  const given = `query ${formatShape(query.shape)}, key ${formatShape(key.shape)}, value ${formatShape(value.shape)}`;
  if ([query, key, value].some(({ shape }) => shape.length < 3)) {
    throw new ShapeError(where, `got ${given}.`, 'Expected [..., heads, length, depth] of each.');
  }
  const [heads = 0, shared = 0, values = 0] = [query, key, value].map(({ shape }) =>
    extentAt(shape, shape.length - 3),
  );
  if (shared !== values || shared === 0 || heads % shared !== 0) {
    throw new ShapeError(
      where,
      `${shared} key heads and ${values} value heads do not serve ${heads} query heads: ${given}.`,
      'Key and value need the same number of heads, and it must divide that of the query.',
    );
  }
  return shared;
}

/** A mask over heads as one over groups and the heads in each. */
function groupedMask(where: string, mask: Node, shared: number, heads: number): Node {
  if (mask.shape.length < 3) return mask;
  const given = extentAt(mask.shape, mask.shape.length - 3);
  if (given !== 1 && given !== heads) {
    throw new ShapeError(
      where,
      `mask ${formatShape(mask.shape)} has ${given} heads, the query has ${heads}.`,
      'Expected that many, or 1 for all.',
    );
  }
  return build.reshape(
    mask,
    given === 1 ? groupedShape(mask.shape, 1, 1) : groupedShape(mask.shape, shared, heads / shared),
  );
}
