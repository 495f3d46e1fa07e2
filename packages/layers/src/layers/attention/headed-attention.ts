/**
 * Attention with heads: queries, keys and values are projected for every head, which attends on its own, and what they
 * give is projected together. Several heads of queries may share one of keys and values.
 *
 * While a sequence is generated, `extend` takes the keys and values of earlier steps from a cache of a fixed length, so
 * that every step has the same shapes and a compiled step is compiled once.
 */
import type { JsonObject, ConfigReader as Reader, Tensor } from '@hadal/core';
import {
  arange,
  dynamicUpdateSlice,
  Generator,
  isFloat,
  lessEqual,
  sigmoid,
  stack,
  zeros,
} from '@hadal/core';
import type { Replaced, Tensors } from '../../layer/arrangement';
import type { CallContext } from '../../layer/context';
import type { LayerOptions } from '../../layer/layer';
import { maskOf } from '../../layer/mask';
import { OneOrMoreLayer } from '../../layer/one-or-more';
import { readLayerOptions } from '../../layer/options';
import { penalizeActivity, requireDropoutRate, requirePositiveInteger } from '../../layer/rules';
import { type LayerShape, requireExtent } from '../../layer/shape';
import { readWeightRules, TrainingRules, type WeightRuleOptions } from '../../layer/training-rules';
import { type AttentionInputs, type AttentionShapes, attentionInputs, attentionShapes } from './inputs';
import { allMasks, windowMask } from './masks';
import { type Projection, project } from './projection';
import { type Heads, type Parts, type WeighOptions, weigh } from './weigh';

export interface HeadedAttentionOptions extends LayerOptions, WeightRuleOptions {
  /** Part of the weights of values that is dropped in training (default 0). */
  readonly dropout?: number;
  /** Adds biases to the projections (default true). */
  readonly useBias?: boolean;
  /** Multiplies what the heads give by a gate that is computed from the query (default false). */
  readonly useGate?: boolean;
  /** Lets a query attend only to keys fewer than so many steps away, before and after it. */
  readonly slidingWindow?: number;
  /** Gives dropout random numbers of its own. */
  readonly seed?: number;
  /** Lets query i attend to keys 0 … i only (default false). */
  readonly useCausalMask?: boolean;
  /** Gives the weights of the values too: [output, scores] (default false). */
  readonly returnAttentionScores?: boolean;
}

/** Keys and values of the steps so far, [batch, length, heads, depth] each; what comes later is not looked at. */
export interface KeyValueCache {
  /** Keys of the steps so far, [batch, length, heads, depth]. */
  readonly key: Tensor;
  /** Their values, of the same shape but for the depth. */
  readonly value: Tensor;
}

/** Base of attention with heads. */
export abstract class HeadedAttention<Out extends Tensors> extends OneOrMoreLayer<AttentionInputs, Out> {
  readonly dropout: number;
  readonly useBias: boolean;
  readonly useGate: boolean;
  readonly slidingWindow: number | undefined;
  readonly seed: number | undefined;
  readonly useCausalMask: boolean;
  readonly returnAttentionScores: boolean;
  protected readonly extents: Heads;
  readonly #rules: TrainingRules;
  readonly #generator: Generator | undefined;
  #query: Projection | undefined;
  #key: Projection | undefined;
  #gate: Projection | undefined;
  #value: Projection | undefined;
  #output: Projection | undefined;

  constructor(where: string, extents: Heads, options: HeadedAttentionOptions) {
    super(options);
    for (const [name, value] of Object.entries(extents)) requirePositiveInteger(where, name, value);
    this.extents = extents;
    this.dropout = requireDropoutRate(where, 'dropout', options.dropout ?? 0);
    this.useBias = options.useBias ?? true;
    this.useGate = options.useGate ?? false;
    this.slidingWindow =
      options.slidingWindow === undefined
        ? undefined
        : requirePositiveInteger(where, 'slidingWindow', options.slidingWindow);
    this.seed = options.seed;
    this.useCausalMask = options.useCausalMask ?? false;
    this.returnAttentionScores = options.returnAttentionScores ?? false;
    this.#rules = new TrainingRules(options);
    this.#generator = options.seed === undefined ? undefined : new Generator(options.seed);
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override get generators(): readonly Generator[] {
    return this.#generator === undefined ? [] : [this.#generator];
  }

  /** The extents of the output after those of the queries, for queries of a width. */
  protected abstract outputWidth(queryWidth: number | null): readonly (number | null)[];

  override build(inputShape: AttentionShapes): void {
    const { query, value, key } = attentionShapes(this.scope, inputShape);
    const { heads, keyHeads, keyDim, valueDim } = this.extents;
    const width = (shape: LayerShape, name: string): number =>
      requireExtent(this.className, shape, -1, `the last axis of the ${name}`);
    this.#query = this.#projection('query', [width(query, 'query')], [heads, keyDim]);
    this.#key = this.#projection('key', [width(key ?? value, 'key')], [keyHeads, keyDim]);
    if (this.useGate) this.#gate = this.#projection('gate', [width(query, 'query')], [heads, valueDim]);
    this.#value = this.#projection('value', [width(value, 'value')], [keyHeads, valueDim]);
    const to = this.outputWidth(query.at(-1) ?? null).map((extent) => extent ?? 1);
    this.#output = this.#projection('attention_output', [heads, valueDim], to);
  }

  #projection(name: string, from: readonly number[], to: readonly number[]): Projection {
    const kernel = this.addWeight(`${name}/kernel`, [...from, ...to], this.#rules.kernel);
    const bias = this.useBias ? this.addWeight(`${name}/bias`, to, this.#rules.bias) : undefined;
    return { kernel, bias, from: from.length, to };
  }

  override call(inputs: Tensor | AttentionInputs, context: CallContext): Out {
    const { query, value, key, attentionMask } = attentionInputs(this.scope, inputs);
    const parts = this.#projected(query, key ?? value, value, context);
    const queryMask = maskOf(query)?.expandDims(-1);
    const keyMask = key === undefined ? undefined : maskOf(key)?.expandDims(-2);
    const mask = allMasks([queryMask, maskOf(value)?.expandDims(-2), keyMask, attentionMask]);
    const { output, scores } = this.#attend(parts, mask, context);
    const result = this.#joined(query, output, context);
    // What a layer gives is the word of whoever chose the options: the factories say it.
    return (scores === undefined ? result : [result, scores]) as Tensors as Out;
  }

  /**
   * A cache without any step yet.
   *
   * @param batch  samples
   * @param length the most steps that it is to hold
   */
  emptyCache(batch: number, length: number): KeyValueCache {
    const { keyHeads, keyDim, valueDim } = this.extents;
    const { dtype } = this;
    return {
      key: zeros([batch, length, keyHeads, keyDim], { dtype }),
      value: zeros([batch, length, keyHeads, valueDim], { dtype }),
    };
  }

  /**
   * The outputs of further steps of a sequence that attends to itself, none of them to a later one.
   *
   * @param x     the steps, [batch, steps, width], usually one
   * @param cache of the steps before
   * @param index int32 scalar: how many steps there were before. As a tensor it is not part of what is compiled.
   * @param mask  bool [batch, length of the cache]: which steps may be attended to (default all up to now)
   * @returns the outputs of the steps, and the cache with them
   * @example
   * const { output, cache } = attention.extend(step, attention.emptyCache(1, 64), scalar(0, { dtype: 'int32' }));
   */
  extend(
    x: Tensor,
    cache: KeyValueCache,
    index: Tensor,
    context: CallContext,
    mask?: Tensor,
  ): { readonly output: Tensor; readonly cache: KeyValueCache } {
    this.ensureBuilt([null, ...x.shape.slice(1)]);
    const { query, key, value } = this.#projected(x, x, x, context);
    const zero = index.mul(0);
    const start = stack([zero, index, zero, zero]);
    const extended: KeyValueCache = {
      key: dynamicUpdateSlice(cache.key, start, key),
      value: dynamicUpdateSlice(cache.value, start, value),
    };
    const [steps = 0, length = 0] = [x.shape[1], cache.key.shape[1]];
    const rows = arange(0, steps, 1, { dtype: 'int32' }).add(index).reshape([steps, 1]);
    const columns = arange(0, length, 1, { dtype: 'int32' }).reshape([1, length]);
    const window =
      this.slidingWindow === undefined ? undefined : lessEqual(rows.sub(this.slidingWindow - 1), columns);
    const open = allMasks([mask?.reshape([-1, 1, length]), lessEqual(columns, rows), window]);
    const { output } = weigh({ query, ...extended }, this.extents, {
      ...this.#options(open, context),
      causal: false,
      keepsScores: false,
    });
    return { output: this.#joined(x, output, context), cache: extended };
  }

  /**
   * The keys and values of a whole sequence, projected once for all queries that are to come.
   *
   * @param value [batch, length, width], which is its own key
   */
  remember(value: Tensor): KeyValueCache {
    const x = isFloat(value.dtype) ? value : value.cast(this.dtype);
    return { key: project(this.#key!, x), value: project(this.#value!, x) };
  }

  /**
   * What queries take of a sequence that was remembered.
   *
   * @param x    the queries, [batch, queries, width]
   * @param mask bool [batch, length]: which steps may be attended to (default all)
   */
  recall(x: Tensor, { key, value }: KeyValueCache, context: CallContext, mask?: Tensor): Tensor {
    const query = project(this.#query!, isFloat(x.dtype) ? x : x.cast(this.dtype));
    const options = { ...this.#options(mask?.expandDims(1), context), causal: false, keepsScores: false };
    return this.#joined(x, weigh({ query, key, value }, this.extents, options).output, context);
  }

  #projected(query: Tensor, key: Tensor, value: Tensor, context: CallContext): Parts {
    const of = (projection: Projection, x: Tensor): Tensor => {
      const projected = project(projection, isFloat(x.dtype) ? x : x.cast(this.dtype));
      penalizeActivity(this.#rules.activityRegularizer, projected, context);
      return projected;
    };
    return { query: of(this.#query!, query), key: of(this.#key!, key), value: of(this.#value!, value) };
  }

  /** What the heads give, [batch, length, heads, depth], as the output of the layer. */
  #joined(query: Tensor, output: Tensor, context: CallContext): Tensor {
    const x = isFloat(query.dtype) ? query : query.cast(this.dtype);
    const gated = this.#gate === undefined ? output : output.mul(sigmoid(project(this.#gate, x)));
    const result = project(this.#output!, gated);
    penalizeActivity(this.#rules.activityRegularizer, result, context);
    return result;
  }

  /** Attention over all axes between the batch and the heads; subclasses may choose others. */
  protected arrange(parts: Parts): {
    readonly parts: Parts;
    readonly restore: (x: Tensor, isScores: boolean) => Tensor;
  } {
    return { parts, restore: (x) => x };
  }

  #attend(
    given: Parts,
    mask: Tensor | undefined,
    context: CallContext,
  ): { readonly output: Tensor; readonly scores: Tensor | undefined } {
    const { parts, restore } = this.arrange(given);
    const [queries = 0, keys = 0] = [parts.query.shape.at(-3), parts.key.shape.at(-3)];
    const window =
      this.slidingWindow === undefined ? undefined : windowMask(queries, keys, this.slidingWindow);
    const options = this.#options(allMasks([mask, window]), context);
    const { output, scores } = weigh(parts, this.extents, options);
    return { output: restore(output, false), scores: scores && restore(scores, true) };
  }

  #options(mask: Tensor | undefined, { training }: CallContext): WeighOptions {
    return {
      mask,
      causal: this.useCausalMask,
      dropout: training ? this.dropout : 0,
      generator: this.#generator,
      keepsScores: this.returnAttentionScores,
    };
  }

  override computeMask(inputs: Tensor | AttentionInputs): readonly (Tensor | undefined)[] {
    return [maskOf(attentionInputs(this.scope, inputs).query)];
  }

  /** The shape of the scores. */
  protected scoresShape(query: LayerShape, key: LayerShape): LayerShape {
    return [query[0] ?? null, this.extents.heads, ...query.slice(1, -1), ...key.slice(1, -1)];
  }

  override computeOutputShape(inputShape: AttentionShapes): Replaced<Out, LayerShape> {
    const { query, value, key } = attentionShapes(this.scope, inputShape);
    const output = [...query.slice(0, -1), ...this.outputWidth(query.at(-1) ?? null)];
    const shapes = this.returnAttentionScores ? [output, this.scoresShape(query, key ?? value)] : output;
    return shapes as LayerShape | readonly LayerShape[] as Replaced<Out, LayerShape>;
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      dropout: this.dropout,
      useBias: this.useBias,
      useGate: this.useGate,
      slidingWindow: this.slidingWindow ?? null,
      ...this.#rules.getConfig(),
      seed: this.seed ?? null,
      useCausalMask: this.useCausalMask,
      returnAttentionScores: this.returnAttentionScores,
    };
  }
}

/** The options that `getConfig` wrote. */
export const readHeadedOptions = (reader: Reader): HeadedAttentionOptions => ({
  ...readLayerOptions(reader),
  ...readWeightRules(reader),
  dropout: reader.number('dropout', 0),
  useBias: reader.boolean('useBias', true),
  useGate: reader.boolean('useGate', false),
  slidingWindow: reader.value('slidingWindow') === undefined ? undefined : reader.integer('slidingWindow'),
  seed: reader.value('seed') === undefined ? undefined : reader.integer('seed'),
  useCausalMask: reader.boolean('useCausalMask', false),
  returnAttentionScores: reader.boolean('returnAttentionScores', false),
});
