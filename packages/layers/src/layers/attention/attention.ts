/** Attention over whole vectors, without heads: by products (Luong) and by sums (Bahdanau). */
import type { JsonObject, ConfigReader as Reader, Tensor, Variable } from '@hadal/core';
import {
  ConfigReader,
  dropout as drop,
  Generator,
  isFloat,
  maskedSoftmax,
  matmul,
  scaledDotProductAttention,
  softmax,
  sum,
  tanh,
  where,
} from '@hadal/core';
import { Ones } from '../../initializers/constants';
import { glorotUniform } from '../../initializers/variance-scaling';
import type { Replaced, Tensors } from '../../layer/arrangement';
import type { CallContext } from '../../layer/context';
import type { LayerOptions } from '../../layer/layer';
import { maskOf } from '../../layer/mask';
import { OneOrMoreLayer } from '../../layer/one-or-more';
import { readLayerOptions } from '../../layer/options';
import { requireDropoutRate } from '../../layer/rules';
import { type LayerShape, requireExtent } from '../../layer/shape';
import { type AttentionInputs, type AttentionShapes, attentionInputs, attentionShapes } from './inputs';
import { allMasks, causalMask } from './masks';

export interface VectorAttentionOptions extends LayerOptions {
  /** Learns a factor of the scores (default false). */
  readonly useScale?: boolean;
  /** Part of the weights of values that is dropped in training (default 0). */
  readonly dropout?: number;
  /** Gives dropout random numbers of its own. */
  readonly seed?: number;
  /** Lets query i attend to values 0 … i only (default false). */
  readonly useCausalMask?: boolean;
  /** Gives the weights of the values too: [output, scores] (default false). */
  readonly returnAttentionScores?: boolean;
}

/** What both kinds share. Masks of the values hide them, those of the queries give zeros. */
abstract class VectorAttention<Out extends Tensors> extends OneOrMoreLayer<AttentionInputs, Out> {
  readonly useScale: boolean;
  readonly dropout: number;
  readonly seed: number | undefined;
  readonly useCausalMask: boolean;
  readonly returnAttentionScores: boolean;
  readonly #generator: Generator | undefined;
  protected scale: Variable | undefined;

  constructor(where: string, options: VectorAttentionOptions, useScale: boolean) {
    super(options);
    this.useScale = options.useScale ?? useScale;
    this.dropout = requireDropoutRate(where, 'dropout', options.dropout ?? 0);
    this.seed = options.seed;
    this.useCausalMask = options.useCausalMask ?? false;
    this.returnAttentionScores = options.returnAttentionScores ?? false;
    this.#generator = options.seed === undefined ? undefined : new Generator(options.seed);
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override get generators(): readonly Generator[] {
    return this.#generator === undefined ? [] : [this.#generator];
  }

  /** [batch, queries, keys] */
  protected abstract scores(query: Tensor, key: Tensor): Tensor;

  override call(inputs: Tensor | AttentionInputs, context: CallContext): Out {
    const given = attentionInputs(this.scope, inputs);
    const floating = (x: Tensor): Tensor => (isFloat(x.dtype) ? x : x.cast(this.dtype));
    const [query, value] = [floating(given.query), floating(given.value)];
    const key = given.key === undefined ? value : floating(given.key);
    const valueMask = maskOf(given.value)?.expandDims(1);
    const mask = allMasks([valueMask, given.attentionMask]);
    const dropout = context.training ? this.dropout : 0;
    const whole = this.returnAttentionScores ? undefined : this.attend(query, key, value, mask, dropout);
    const { output, weights } = whole ?? this.#weigh(query, key, value, mask, dropout);
    const queryMask = maskOf(given.query);
    const shown = queryMask === undefined ? output : where(queryMask.expandDims(-1), output, 0);
    // What a layer gives is the word of whoever chose the options: the factories say it.
    return (this.returnAttentionScores ? [shown, weights ?? shown] : shown) as Tensors as Out;
  }

  /** The output in one operation, where there is one. */
  protected attend(
    _query: Tensor,
    _key: Tensor,
    _value: Tensor,
    _mask: Tensor | undefined,
    _dropout: number,
  ): { readonly output: Tensor; readonly weights?: Tensor } | undefined {
    return undefined;
  }

  protected get generator(): Generator | undefined {
    return this.#generator;
  }

  #weigh(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | undefined,
    dropout: number,
  ): { readonly output: Tensor; readonly weights: Tensor } {
    const scores = this.scores(query, key);
    const order = this.useCausalMask ? causalMask(query.shape[1] ?? 0, key.shape[1] ?? 0) : undefined;
    const open = allMasks([mask, order]);
    const weights = open === undefined ? softmax(scores) : maskedSoftmax(scores, open);
    const kept = dropout === 0 ? weights : drop(weights, dropout, this.#generator);
    return { output: matmul(kept, value), weights };
  }

  override computeMask(inputs: Tensor | AttentionInputs): readonly (Tensor | undefined)[] {
    return [maskOf(attentionInputs(this.scope, inputs).query)];
  }

  override computeOutputShape(inputShape: AttentionShapes): Replaced<Out, LayerShape> {
    const { query, value, key } = attentionShapes(this.scope, inputShape);
    const output = [...query.slice(0, -1), value.at(-1) ?? null];
    const scores = [...query.slice(0, -1), (key ?? value).at(-2) ?? null];
    const shapes = this.returnAttentionScores ? [output, scores] : output;
    return shapes as LayerShape | readonly LayerShape[] as Replaced<Out, LayerShape>;
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      useScale: this.useScale,
      dropout: this.dropout,
      seed: this.seed ?? null,
      useCausalMask: this.useCausalMask,
      returnAttentionScores: this.returnAttentionScores,
    };
  }
}

const readOptions = (reader: Reader, useScale: boolean): VectorAttentionOptions => ({
  ...readLayerOptions(reader),
  useScale: reader.boolean('useScale', useScale),
  dropout: reader.number('dropout', 0),
  seed: reader.value('seed') === undefined ? undefined : reader.integer('seed'),
  useCausalMask: reader.boolean('useCausalMask', false),
  returnAttentionScores: reader.boolean('returnAttentionScores', false),
});

const SCORE_MODES = ['dot', 'concat'] as const;

/** How the score of a query and a key is computed: their product, or the sum of tanh(query + key). */
export type ScoreMode = (typeof SCORE_MODES)[number];

export interface AttentionOptions extends VectorAttentionOptions {
  /** Default dot. */
  readonly scoreMode?: ScoreMode;
}

/**
 * Attention by products: [query, value] or [query, value, key], [batch, queries, depth], [batch, keys, width] and
 * [batch, keys, depth] → [batch, queries, width]. Masks of the values hide them; masked queries give zeros.
 *
 * Weights: `scale` [] where `useScale`, `concat_score_weight` [] with scoreMode `concat`.
 *
 * Source: Luong, Pham & Manning (2015).
 *
 * @example
 * attention().apply([zeros([2, 3, 4]), zeros([2, 5, 4])]).shape; // [2, 3, 4]
 */
export class Attention<Out extends Tensors = Tensor> extends VectorAttention<Out> {
  static readonly className = 'Attention';
  readonly className = Attention.className;
  readonly scoreMode: ScoreMode;
  #concatWeight: Variable | undefined;

  constructor(options: AttentionOptions = {}) {
    super('Attention', options, false);
    this.scoreMode = options.scoreMode ?? 'dot';
  }

  override build(): void {
    if (this.useScale) this.scale = this.addWeight('scale', [], { initializer: new Ones() });
    if (this.scoreMode === 'dot') return;
    this.#concatWeight = this.addWeight('concat_score_weight', [], { initializer: new Ones() });
  }

  protected override scores(query: Tensor, key: Tensor): Tensor {
    const factor = this.scale?.value;
    if (this.#concatWeight === undefined) {
      const products = matmul(query, key, { transposeB: true });
      return factor === undefined ? products : products.mul(factor);
    }
    const sums = query.expandDims(-2).add(key.expandDims(-3));
    return sum(tanh(factor === undefined ? sums : sums.mul(factor)), { axis: -1 }).mul(
      this.#concatWeight.value,
    );
  }

  protected override attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | undefined,
    dropout: number,
  ): { readonly output: Tensor } | undefined {
    if (this.scoreMode !== 'dot') return undefined;
    const scaled = this.scale === undefined ? query : query.mul(this.scale.value);
    const output = scaledDotProductAttention(scaled, key, value, {
      ...(mask && { mask }),
      causal: this.useCausalMask,
      scale: 1,
      dropout,
      ...(this.generator && { generator: this.generator }),
    });
    return { output };
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), scoreMode: this.scoreMode };
  }

  static fromConfig(config: JsonObject): Attention {
    const reader = new ConfigReader(Attention.className, config);
    const options = readOptions(reader, false);
    const scoreMode = reader.choice('scoreMode', SCORE_MODES, 'dot');
    reader.done();
    return new Attention({ ...options, scoreMode });
  }
}

/**
 * Attention by sums: as {@link Attention}, the score being the sum of scale · tanh(query + key). Weights: `scale` [depth]
 * where `useScale` (default true).
 *
 * Source: Bahdanau, Cho & Bengio (2015).
 *
 * @example
 * additiveAttention().apply([zeros([2, 3, 4]), zeros([2, 5, 4])]).shape; // [2, 3, 4]
 */
export class AdditiveAttention<Out extends Tensors = Tensor> extends VectorAttention<Out> {
  static readonly className = 'AdditiveAttention';
  readonly className = AdditiveAttention.className;

  constructor(options: VectorAttentionOptions = {}) {
    super('AdditiveAttention', options, true);
  }

  override build(inputShape: AttentionShapes): void {
    if (!this.useScale) return;
    const { query } = attentionShapes(this.scope, inputShape);
    const depth = requireExtent('AdditiveAttention', query, -1, 'the last axis of the query');
    this.scale = this.addWeight('scale', [depth], { initializer: glorotUniform() });
  }

  protected override scores(query: Tensor, key: Tensor): Tensor {
    const values = tanh(query.expandDims(-2).add(key.expandDims(-3)));
    return sum(this.scale === undefined ? values : values.mul(this.scale.value), { axis: -1 });
  }

  static fromConfig(config: JsonObject): AdditiveAttention {
    const reader = new ConfigReader(AdditiveAttention.className, config);
    const options = readOptions(reader, true);
    reader.done();
    return new AdditiveAttention(options);
  }
}

/** The output and the weights of the values. */
type WithScores = readonly [output: Tensor, scores: Tensor];

/** Makes an {@link Attention} layer; with `returnAttentionScores` it gives [output, scores]. */
export function attention(
  options: AttentionOptions & { readonly returnAttentionScores: true },
): Attention<WithScores>;
export function attention(options?: AttentionOptions): Attention;
export function attention(options?: AttentionOptions): Attention<Tensors> {
  return new Attention<Tensors>(options);
}

/** Makes an {@link AdditiveAttention} layer; with `returnAttentionScores` it gives [output, scores]. */
export function additiveAttention(
  options: VectorAttentionOptions & { readonly returnAttentionScores: true },
): AdditiveAttention<WithScores>;
export function additiveAttention(options?: VectorAttentionOptions): AdditiveAttention;
export function additiveAttention(options?: VectorAttentionOptions): AdditiveAttention<Tensors> {
  return new AdditiveAttention<Tensors>(options);
}
