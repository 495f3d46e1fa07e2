/** The block of a Transformer that sees a whole sequence. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import type { CallContext } from '../../layer/context';
import { inputList } from '../../layer/one-or-more';
import type { LayerShape } from '../../layer/shape';
import type { MultiHeadAttention } from '../attention/multi-head';
import type { Dense } from '../dense/dense';
import type { LayerNormalization } from '../normalization/layer-normalization';
import { readTransformer, TransformerBlock, type TransformerOptions } from './transformer-block';

/** Options of a block without an encoder before it. */
export type TransformerEncoderOptions = TransformerOptions;

/**
 * Attention of a sequence to itself, then two maps of every step, each added to what it was given: [batch, length, width]
 * → the same shape. The mask of the sequence hides steps; [sequence, attentionMask] says which keys a query may attend
 * to, bool [batch, length, length].
 *
 * Weights, in the order of keras-hub: those of `self_attention_layer`, `self_attention_layer_norm`,
 * `feedforward_layer_norm`, `feedforward_intermediate_dense` and `feedforward_output_dense`.
 *
 * Source: Vaswani et al. (2017); with `normalizeFirst` as Xiong et al. (2020).
 *
 * @example
 * transformerEncoder(64, 4, { normalizeFirst: true }).apply(zeros([2, 10, 32])).shape; // [2, 10, 32]
 */
export class TransformerEncoder extends TransformerBlock {
  static readonly className = 'TransformerEncoder';
  readonly className = TransformerEncoder.className;
  #parts:
    | {
        readonly attention: MultiHeadAttention;
        readonly attentionNorm: LayerNormalization;
        readonly feedforwardNorm: LayerNormalization;
        readonly inner: Dense;
        readonly outer: Dense;
      }
    | undefined;

  /**
   * @param intermediateDim the width between the two maps of every step
   * @param numHeads        the heads of attention
   */
  constructor(intermediateDim: number, numHeads: number, options: TransformerEncoderOptions = {}) {
    super('TransformerEncoder', intermediateDim, numHeads, options);
  }

  override build(inputShape: LayerShape | readonly LayerShape[]): void {
    const width = this.widthOf(inputShape);
    const shape: LayerShape = [null, null, width];
    const attention = this.makeAttention('self_attention_layer', width);
    const attentionNorm = this.makeNormalization('self_attention_layer_norm');
    const feedforwardNorm = this.makeNormalization('feedforward_layer_norm');
    const [inner, outer] = this.makeFeedforward(width);
    this.#parts = { attention, attentionNorm, feedforwardNorm, inner, outer };
    this.adopt([attention, attentionNorm, feedforwardNorm, inner, outer]);
    for (const layer of [attention, attentionNorm, feedforwardNorm, inner]) layer.ensureBuilt(shape);
    outer.ensureBuilt([null, null, this.intermediateDim]);
  }

  override call(inputs: Tensor | readonly Tensor[], context: CallContext): Tensor {
    const { attention, attentionNorm, feedforwardNorm, inner, outer } = this.#parts!;
    const [, attentionMask] = inputList(inputs);
    const x = this.added(this.sequenceIn(inputs), attentionNorm, context, (given) =>
      attention.apply(attentionMask === undefined ? given : [given, given, given, attentionMask], context),
    );
    return this.added(x, feedforwardNorm, context, (given) =>
      outer.apply(inner.apply(given, context), context),
    );
  }

  static fromConfig(config: JsonObject): TransformerEncoder {
    const reader = new ConfigReader(TransformerEncoder.className, config);
    const { intermediateDim, numHeads, options } = readTransformer(reader);
    reader.done();
    return new TransformerEncoder(intermediateDim, numHeads, options);
  }
}

/** Makes a {@link TransformerEncoder} block. */
export const transformerEncoder = (
  intermediateDim: number,
  numHeads: number,
  options?: TransformerEncoderOptions,
): TransformerEncoder => new TransformerEncoder(intermediateDim, numHeads, options);
