/** Attention with several heads. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader } from '@hadal/core';
import type { Tensors } from '../../layer/arrangement';
import { requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import { HeadedAttention, type HeadedAttentionOptions, readHeadedOptions } from './headed-attention';
import type { Parts } from './weigh';

export interface MultiHeadAttentionOptions extends HeadedAttentionOptions {
  /** Extent of the values of a head (default that of the keys). */
  readonly valueDim?: number;
  /** The axes of the output after those of the queries (default the last axis of the query). */
  readonly outputShape?: number | readonly number[];
  /** The axes along which queries and keys lie (default all but the first and the last). */
  readonly attentionAxes?: number | readonly number[];
}

/**
 * Attention in several heads: one sequence [batch, length, width] that attends to itself, [query, value] or [query,
 * value, key], also by name → [batch, queries, width of the query]. Masks of query, value and key hide steps; an
 * `attentionMask`, bool [batch, queries, keys] or [batch, heads, queries, keys], comes fourth or by its name. A query
 * that may attend to nothing gives the bias.
 *
 * Weights, each a `kernel` and a `bias`: `query`, `key` [width, heads, keyDim], `gate` and `value` [width, heads, valueDim],
 * `attention_output` [heads, valueDim, width].
 *
 * Source: Vaswani et al. (2017).
 *
 * @example
 * multiHeadAttention(2, 8, { useCausalMask: true }).apply(zeros([1, 5, 16])).shape; // [1, 5, 16]
 * const [output, scores] = multiHeadAttention(2, 8, { returnAttentionScores: true }).apply([queries, values]);
 */
export class MultiHeadAttention<Out extends Tensors = Tensor> extends HeadedAttention<Out> {
  static readonly className = 'MultiHeadAttention';
  readonly className = MultiHeadAttention.className;
  /** How many heads there are. */
  readonly numHeads: number;
  /** Features of a query and a key in each head. */
  readonly keyDim: number;
  readonly valueDim: number;
  readonly outputShape: readonly number[] | undefined;
  readonly attentionAxes: readonly number[] | undefined;

  constructor(numHeads: number, keyDim: number, options: MultiHeadAttentionOptions = {}) {
    const { valueDim = keyDim, outputShape, attentionAxes } = options;
    super('MultiHeadAttention', { heads: numHeads, keyHeads: numHeads, keyDim, valueDim }, options);
    this.numHeads = numHeads;
    this.keyDim = keyDim;
    this.valueDim = valueDim;
    this.outputShape = typeof outputShape === 'number' ? [outputShape] : outputShape;
    this.outputShape?.forEach((extent) => {
      requirePositiveInteger('MultiHeadAttention', 'outputShape', extent);
    });
    this.attentionAxes = typeof attentionAxes === 'number' ? [attentionAxes] : attentionAxes;
  }

  protected override outputWidth(queryWidth: number | null): readonly (number | null)[] {
    return this.outputShape ?? [queryWidth];
  }

  /** The axes of attention, from the front, for inputs of a rank. */
  #axes(rank: number): readonly number[] {
    const all = Array.from({ length: rank - 2 }, (_, index) => index + 1);
    const axes = this.attentionAxes?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? all;
    const unknown = axes.find((axis) => !all.includes(axis));
    if (unknown === undefined && axes.length > 0) return axes;
    throw new ArgumentError(
      this.scope,
      `attentionAxes are [${axes}] and the inputs have ${rank} axes.`,
      `Expected some of ${all.join(', ') || 'at least one axis between batch and features'}.`,
    );
  }

  /** Axes of attention become one, the others part of the batch. */
  protected override arrange(parts: Parts): ReturnType<HeadedAttention<Out>['arrange']> {
    const rank = parts.query.rank - 1;
    const axes = this.#axes(rank);
    if (rank === 3) return super.arrange(parts);
    const free = Array.from({ length: rank - 2 }, (_, index) => index + 1).filter(
      (axis) => !axes.includes(axis),
    );
    const order = [0, ...free, ...axes, rank - 1, rank];
    const folded = (x: Tensor): Tensor => {
      const { shape } = x.transpose(order);
      const along = shape.slice(1 + free.length, -2);
      return x
        .transpose(order)
        .reshape([-1, along.reduce((size, extent) => size * extent, 1), ...shape.slice(-2)]);
    };
    const extents = (x: Tensor, which: readonly number[]): number[] =>
      which.map((axis) => x.shape[axis] ?? 1);
    const batch = extents(parts.query, [0, ...free]);
    const [queries, keys] = [extents(parts.query, axes), extents(parts.key, axes)];
    const back = order.map((_, axis) => order.indexOf(axis));
    return {
      parts: { query: folded(parts.query), key: folded(parts.key), value: folded(parts.value) },
      restore: (x, isScores) =>
        isScores
          ? x.reshape([...batch, this.numHeads, ...queries, ...keys])
          : x.reshape([...batch, ...queries, ...x.shape.slice(-2)]).transpose(back),
    };
  }

  protected override scoresShape(query: LayerShape, key: LayerShape): LayerShape {
    const axes = this.#axes(query.length);
    const free = query.slice(1, -1).filter((_, index) => !axes.includes(index + 1));
    const along = (shape: LayerShape): LayerShape => axes.map((axis) => shape[axis] ?? null);
    return [query[0] ?? null, ...free, this.numHeads, ...along(query), ...along(key)];
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      numHeads: this.numHeads,
      keyDim: this.keyDim,
      valueDim: this.valueDim,
      outputShape: this.outputShape ?? null,
      attentionAxes: this.attentionAxes ?? null,
    };
  }

  static fromConfig(config: JsonObject): MultiHeadAttention {
    const reader = new ConfigReader(MultiHeadAttention.className, config);
    const numHeads = reader.integer('numHeads');
    const keyDim = reader.integer('keyDim');
    const list = (key: string): readonly number[] | undefined =>
      reader.value(key) === undefined ? undefined : reader.numbers(key);
    const options: MultiHeadAttentionOptions = {
      ...readHeadedOptions(reader),
      valueDim: reader.value('valueDim') === undefined ? keyDim : reader.integer('valueDim'),
      outputShape: list('outputShape'),
      attentionAxes: list('attentionAxes'),
    };
    reader.done();
    return new MultiHeadAttention(numHeads, keyDim, options);
  }
}

/** Makes a {@link MultiHeadAttention} layer; with `returnAttentionScores` it gives [output, scores]. */
export function multiHeadAttention(
  numHeads: number,
  keyDim: number,
  options: MultiHeadAttentionOptions & { readonly returnAttentionScores: true },
): MultiHeadAttention<readonly [output: Tensor, scores: Tensor]>;
export function multiHeadAttention(
  numHeads: number,
  keyDim: number,
  options?: MultiHeadAttentionOptions,
): MultiHeadAttention;
export function multiHeadAttention(
  numHeads: number,
  keyDim: number,
  options?: MultiHeadAttentionOptions,
): MultiHeadAttention<Tensors> {
  return new MultiHeadAttention<Tensors>(numHeads, keyDim, options);
}
