/** Attention of heads once queries, keys and values are projected. */
import type { Generator, Tensor } from '@hadal/core';
import {
  dropout as drop,
  groupedQueryAttention,
  maskedSoftmax,
  matmul,
  repeat,
  scaledDotProductAttention,
  softmax,
  swapAxes,
} from '@hadal/core';
import { allMasks, causalMask } from './masks';

/** The extents of heads. */
export interface Heads {
  readonly heads: number;
  /** How many heads keys and values have. */
  readonly keyHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
}

/** Projected queries, keys and values, [batch, length, heads, depth]. */
export interface Parts {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
}

export interface WeighOptions {
  /** [batch, queries, keys] or [batch, heads, queries, keys], or what broadcasts to it. */
  readonly mask: Tensor | undefined;
  /** Lets query i attend to keys 0 … i only. */
  readonly causal: boolean;
  readonly dropout: number;
  readonly generator: Generator | undefined;
  /** Whether the weights are wanted: then the scores are written out. */
  readonly keepsScores: boolean;
}

/** [batch, length, heads, depth] as [batch, heads, length, depth], and back. */
const swapHeads = (x: Tensor): Tensor => swapAxes(x, -3, -2);

/** What every head takes of the values: [batch, queries, heads, depth], and the weights [batch, heads, queries, keys]. */
export function weigh(
  { query, key, value }: Parts,
  { heads, keyHeads, keyDim }: Heads,
  { mask, causal, dropout, generator, keepsScores }: WeighOptions,
): { readonly output: Tensor; readonly scores?: Tensor } {
  const [q, k, v] = [swapHeads(query), swapHeads(key), swapHeads(value)];
  const open = mask !== undefined && mask.rank === 3 ? mask.expandDims(1) : mask;
  if (!keepsScores) {
    const options = { ...(open && { mask: open }), causal, dropout, ...(generator && { generator }) };
    const attend = heads === keyHeads ? scaledDotProductAttention : groupedQueryAttention;
    return { output: swapHeads(attend(q, k, v, options)) };
  }
  const shared = (x: Tensor): Tensor => (heads === keyHeads ? x : repeat(x, heads / keyHeads, -3));
  const products = matmul(q.mul(1 / Math.sqrt(keyDim)), shared(k), { transposeB: true });
  const [queries = 0, keys = 0] = products.shape.slice(-2);
  const allowed = allMasks([open, causal ? causalMask(queries, keys) : undefined]);
  const scores = allowed === undefined ? softmax(products) : maskedSoftmax(products, allowed);
  const kept = dropout === 0 ? scores : drop(scores, dropout, generator);
  return { output: swapHeads(matmul(kept, shared(v))), scores };
}
