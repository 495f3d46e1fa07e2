/** Attention in which several heads of queries share one of keys and values. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader } from '@hadal/core';
import type { Tensors } from '../../layer/arrangement';
import { HeadedAttention, type HeadedAttentionOptions, readHeadedOptions } from './headed-attention';

export type GroupQueryAttentionOptions = HeadedAttentionOptions;

/**
 * Attention with fewer heads of keys and values than of queries, which makes a cache of them smaller; inputs and masks
 * are those of {@link MultiHeadAttention}.
 *
 * Weights, each a `kernel` and a `bias`: `query` and `gate` [width, numQueryHeads, headDim], `key` and `value` [width,
 * numKeyValueHeads, headDim], `attention_output` [numQueryHeads, headDim, width].
 *
 * Source: Ainslie et al. (2023).
 *
 * @example
 * groupQueryAttention(8, 4, 2).apply(zeros([1, 5, 16])).shape; // [1, 5, 16]
 */
export class GroupQueryAttention<Out extends Tensors = Tensor> extends HeadedAttention<Out> {
  static readonly className = 'GroupQueryAttention';
  readonly className = GroupQueryAttention.className;

  constructor(
    /** Features of each head. */
    readonly headDim: number,
    /** How many heads there are. */
    readonly numQueryHeads: number,
    /** How many heads of keys and values these share. */
    readonly numKeyValueHeads: number,
    options: GroupQueryAttentionOptions = {},
  ) {
    const extents = {
      heads: numQueryHeads,
      keyHeads: numKeyValueHeads,
      keyDim: headDim,
      valueDim: headDim,
    };
    super('GroupQueryAttention', extents, options);
    if (numQueryHeads % numKeyValueHeads !== 0) {
      throw new ArgumentError(
        'GroupQueryAttention',
        `${numKeyValueHeads} heads of keys and values do not serve ${numQueryHeads} heads of queries evenly.`,
        'numKeyValueHeads must divide numQueryHeads.',
      );
    }
  }

  protected override outputWidth(queryWidth: number | null): readonly (number | null)[] {
    return [queryWidth];
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      headDim: this.headDim,
      numQueryHeads: this.numQueryHeads,
      numKeyValueHeads: this.numKeyValueHeads,
    };
  }

  static fromConfig(config: JsonObject): GroupQueryAttention {
    const reader = new ConfigReader(GroupQueryAttention.className, config);
    const headDim = reader.integer('headDim');
    const numQueryHeads = reader.integer('numQueryHeads');
    const numKeyValueHeads = reader.integer('numKeyValueHeads');
    const options = readHeadedOptions(reader);
    reader.done();
    return new GroupQueryAttention(headDim, numQueryHeads, numKeyValueHeads, options);
  }
}

/** Makes a {@link GroupQueryAttention} layer; with `returnAttentionScores` it gives [output, scores]. */
export function groupQueryAttention(
  headDim: number,
  numQueryHeads: number,
  numKeyValueHeads: number,
  options: GroupQueryAttentionOptions & { readonly returnAttentionScores: true },
): GroupQueryAttention<readonly [output: Tensor, scores: Tensor]>;
export function groupQueryAttention(
  headDim: number,
  numQueryHeads: number,
  numKeyValueHeads: number,
  options?: GroupQueryAttentionOptions,
): GroupQueryAttention;
export function groupQueryAttention(
  headDim: number,
  numQueryHeads: number,
  numKeyValueHeads: number,
  options?: GroupQueryAttentionOptions,
): GroupQueryAttention<Tensors> {
  return new GroupQueryAttention<Tensors>(headDim, numQueryHeads, numKeyValueHeads, options);
}
