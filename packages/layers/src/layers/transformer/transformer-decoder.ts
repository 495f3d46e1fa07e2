/** The block of a Transformer that continues a sequence, with or without another one to look at. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader } from '@hadal/core';
import { isTensor } from '../../layer/arrangement';
import type { CallContext } from '../../layer/context';
import type { AnyLayer } from '../../layer/layer';
import { inputList, shapeList } from '../../layer/one-or-more';
import { type LayerShape, requireExtent } from '../../layer/shape';
import type { KeyValueCache } from '../attention/headed-attention';
import type { MultiHeadAttention } from '../attention/multi-head';
import type { Dense } from '../dense/dense';
import type { LayerNormalization } from '../normalization/layer-normalization';
import { readTransformer, TransformerBlock, type TransformerOptions } from './transformer-block';

export interface TransformerDecoderOptions extends TransformerOptions {
  /** Lets a step attend to itself and earlier ones only (default true). */
  readonly useCausalMask?: boolean;
}

/** An encoded sequence by its keys and values, and which of its steps count. */
interface Remembered extends KeyValueCache {
  readonly mask?: Tensor;
}

/** Attention and its normalization. */
interface Attending {
  readonly attention: MultiHeadAttention;
  readonly norm: LayerNormalization;
}

/**
 * Attention of a sequence to its past, attention to an encoded sequence where there is one, then two maps of every step,
 * each added to what it was given: [batch, length, width], or [sequence, encoded] → the shape of the sequence. Masks of
 * both hide steps.
 *
 * Weights, in the order of keras-hub: those of `self_attention`, `self_attention_layer_norm`, with an encoded sequence
 * `cross_attention` and `cross_attention_layer_norm`, then `feedforward_intermediate_dense`, `feedforward_output_dense` and
 * `feedforward_layer_norm`.
 *
 * Source: Vaswani et al. (2017); with `normalizeFirst` as Xiong et al. (2020).
 *
 * @example
 * transformerDecoder(64, 4).apply([zeros([2, 10, 32]), zeros([2, 7, 32])]).shape; // [2, 10, 32]
 */
export class TransformerDecoder extends TransformerBlock {
  static readonly className = 'TransformerDecoder';
  readonly className = TransformerDecoder.className;
  readonly useCausalMask: boolean;
  #parts:
    | {
        readonly self: Attending;
        readonly cross: Attending | undefined;
        readonly inner: Dense;
        readonly outer: Dense;
        readonly feedforwardNorm: LayerNormalization;
      }
    | undefined;

  /**
   * @param intermediateDim the width between the two maps of every step
   * @param numHeads        the heads of attention
   */
  constructor(intermediateDim: number, numHeads: number, options: TransformerDecoderOptions = {}) {
    super('TransformerDecoder', intermediateDim, numHeads, options);
    this.useCausalMask = options.useCausalMask ?? true;
  }

  override build(inputShape: LayerShape | readonly LayerShape[]): void {
    const width = this.widthOf(inputShape);
    const [, encoded] = shapeList(inputShape);
    const shape: LayerShape = [null, null, width];
    const attending = (name: string, useCausalMask: boolean): Attending => ({
      attention: this.makeAttention(name, width, useCausalMask),
      norm: this.makeNormalization(`${name}_layer_norm`),
    });
    const self = attending('self_attention', this.useCausalMask);
    const cross = encoded === undefined ? undefined : attending('cross_attention', false);
    const [inner, outer] = this.makeFeedforward(width);
    const feedforwardNorm = this.makeNormalization('feedforward_layer_norm');
    this.#parts = { self, cross, inner, outer, feedforwardNorm };
    const crossLayers: readonly AnyLayer[] = cross === undefined ? [] : [cross.attention, cross.norm];
    this.adopt([self.attention, self.norm, ...crossLayers, inner, outer, feedforwardNorm]);
    for (const layer of [self.attention, self.norm, inner, feedforwardNorm]) layer.ensureBuilt(shape);
    outer.ensureBuilt([null, null, this.intermediateDim]);
    if (cross === undefined || encoded === undefined) return;
    const given = requireExtent('TransformerDecoder', encoded, -1, 'the width of the encoded sequence');
    cross.norm.ensureBuilt(shape);
    // As a list: attention knows what the shapes are of by their order.
    const shapes: LayerShape | readonly LayerShape[] = [shape, [null, null, given]];
    cross.attention.buildFor(shapes);
  }

  override call(inputs: Tensor | readonly Tensor[], context: CallContext): Tensor {
    const { self } = this.#parts!;
    const [, encoded] = inputList(inputs);
    const x = this.added(this.sequenceIn(inputs), self.norm, context, (given) =>
      self.attention.apply(given, context),
    );
    return this.#afterSelf(x, encoded, context);
  }

  /** A cache without any step yet; the block must be built. */
  emptyCache(batch: number, length: number): KeyValueCache {
    if (this.#parts !== undefined) return this.#parts.self.attention.emptyCache(batch, length);
    throw new ArgumentError(
      this.scope,
      'the block is not built, so that the width of a cache is not known.',
      'Build it first, or call it once.',
    );
  }

  /**
   * The keys and values of an encoded sequence, for `extend`: they are the same in all steps.
   *
   * @throws {ArgumentError} when the block was built without an encoded sequence
   */
  remember(encoded: Tensor): KeyValueCache {
    const cross = this.#parts?.cross;
    if (cross !== undefined) return cross.attention.remember(encoded);
    throw new ArgumentError(
      this.scope,
      'is not built to look at an encoded sequence.',
      'Build it for both sequences first, or call it once.',
    );
  }

  /**
   * The outputs of further steps of a sequence, with the keys and values of those before from a cache.
   *
   * @param inputs the steps, [batch, steps, width], usually one; or [steps, encoded]
   * @param cache  of the steps before
   * @param index  int32 scalar: how many steps there were before. As a tensor it is not part of what is compiled.
   * @param mask   bool [batch, length of the cache]: which steps may be attended to (default all up to now)
   * @param encoded what `remember` gave for the encoded sequence, instead of that itself; the mask of the sequence beside
   * @returns the outputs of the steps, and the cache with them
   */
  extend(
    inputs: Tensor | readonly Tensor[],
    cache: KeyValueCache,
    index: Tensor,
    context: CallContext,
    mask?: Tensor,
    encoded?: Remembered,
  ): { readonly output: Tensor; readonly cache: KeyValueCache } {
    const steps = inputList(inputs);
    if (this.#parts === undefined) {
      const shapes = steps.map(({ shape }): LayerShape => [null, ...shape.slice(1)]);
      this.buildFor(shapes);
    }
    const { self } = this.#parts!;
    let extended = cache;
    const x = this.added(this.sequenceIn(inputs), self.norm, context, (given) => {
      const result = self.attention.extend(given, cache, index, context, mask);
      extended = result.cache;
      return result.output;
    });
    return { output: this.#afterSelf(x, encoded ?? steps[1], context), cache: extended };
  }

  #afterSelf(x: Tensor, encoded: Tensor | Remembered | undefined, context: CallContext): Tensor {
    const { cross, inner, outer, feedforwardNorm } = this.#parts!;
    if ((cross === undefined) !== (encoded === undefined)) {
      throw new ArgumentError(
        this.scope,
        `was built ${cross === undefined ? 'without' : 'with'} an encoded sequence and called the other way.`,
        'A block looks at an encoded sequence always or never.',
      );
    }
    const looked =
      cross === undefined || encoded === undefined
        ? x
        : this.added(x, cross.norm, context, (given) =>
            isTensor(encoded)
              ? cross.attention.apply([given, encoded], context)
              : cross.attention.recall(given, encoded, context, encoded.mask),
          );
    return this.added(looked, feedforwardNorm, context, (given) =>
      outer.apply(inner.apply(given, context), context),
    );
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), useCausalMask: this.useCausalMask };
  }

  static fromConfig(config: JsonObject): TransformerDecoder {
    const reader = new ConfigReader(TransformerDecoder.className, config);
    const { intermediateDim, numHeads, options } = readTransformer(reader);
    const useCausalMask = reader.boolean('useCausalMask', true);
    reader.done();
    return new TransformerDecoder(intermediateDim, numHeads, { ...options, useCausalMask });
  }
}

/** Makes a {@link TransformerDecoder} block. */
export const transformerDecoder = (
  intermediateDim: number,
  numHeads: number,
  options?: TransformerDecoderOptions,
): TransformerDecoder => new TransformerDecoder(intermediateDim, numHeads, options);
