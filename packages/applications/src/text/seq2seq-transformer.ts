/** Translation by a Transformer: one half reads the source at once, the other writes the target. */
import { notEqual, type Tensor } from '@hadal/core';
import {
  type AnyLayer,
  add,
  Dense,
  dense,
  dropout,
  Embedding,
  embedding,
  inferenceContext,
  input,
  LayerNormalization,
  layerNormalization,
  model,
  PositionEmbedding,
  positionEmbedding,
  type SymbolicTensor,
  TransformerDecoder,
  TransformerEncoder,
  transformerDecoder,
  transformerEncoder,
} from '@hadal/layers';
import { requireHeads, requireSizes } from '../common/composite';
import type { DecodeStep } from './decode';
import { heldAt, partOf, positionVector, type TranslationModel, Translator } from './translator';

export interface Seq2SeqTransformerOptions {
  /** How many tokens sources are of; 0 pads. */
  readonly sourceVocabulary: number;
  /** How many tokens targets are of; 0 pads. */
  readonly targetVocabulary: number;
  /** The most steps of sources and of targets (default 128). */
  readonly sequenceLength?: number;
  /** Features of a step (default 64). */
  readonly width?: number;
  /** Blocks of each half (default 2). */
  readonly numLayers?: number;
  /** Heads of attention (default 4). */
  readonly numHeads?: number;
  /** Features between the two maps of a block (default 4 times the width). */
  readonly intermediateDim?: number;
  /** Part of the values that is dropped in training (default 0.1). */
  readonly dropout?: number;
  /** Of the model. */
  readonly name?: string;
}

/** Tensors that a block keeps: keys and values of the target so far, and of the source. */
const KEPT = 4;

/**
 * Blocks read the source, other blocks write the target: each attends to the target so far and to what was read. All are
 * normalized first. While decoding, keys and values of both are kept.
 *
 * Source: Vaswani et al. (2017).
 *
 * @example
 * const translator = seq2SeqTransformer({ sourceVocabulary: 50, targetVocabulary: 60 });
 * translator.model.compile({ optimizer: 'adam', loss: sparseCategoricalCrossentropy({ fromLogits: true }) });
 * await translator.model.fit([sources, targets], nextTokens, { epochs: 10 });
 * await translator.translate([[4, 8, 15]], { startToken: 1, endToken: 2, maxLength: 20 });
 */
export class Seq2SeqTransformer extends Translator {
  readonly #source;
  readonly #target;
  readonly #encoders: readonly TransformerEncoder[];
  readonly #decoders: readonly TransformerDecoder[];
  readonly #encoded;
  readonly #decoded;
  readonly #scores;

  /**
   * @param given a model that {@link seq2SeqTransformer} made, such as one that was loaded
   * @throws {DataError} when a layer is missing or of another class
   */
  constructor(given: TranslationModel) {
    super(given);
    const side = (name: string) => ({
      tokens: partOf(given, `${name}_embedding`, isEmbedding),
      positions: partOf(given, `${name}_position_embedding`, isPositions),
    });
    this.#source = side('source');
    this.#target = side('target');
    this.#encoders = given.layers.filter(isEncoder);
    this.#decoders = given.layers.filter(isDecoder);
    this.#encoded = partOf(given, 'encoder_norm', isNormalization);
    this.#decoded = partOf(given, 'decoder_norm', isNormalization);
    this.#scores = partOf(given, 'scores', isDense);
  }

  protected override begin(sources: Tensor, length: number): readonly Tensor[] {
    const words = this.#source.tokens.apply(sources);
    let x = add().apply([words, this.#source.positions.apply(words)]);
    for (const encoder of this.#encoders) x = encoder.apply(x);
    const encoded = this.#encoded.apply(x);
    const [batch = 1] = sources.shape;
    const kept = this.#decoders.flatMap((decoder) => {
      const [own, other] = [decoder.emptyCache(batch, length), decoder.remember(encoded)];
      return [own.key, own.value, other.key, other.value];
    });
    return [...kept, notEqual(sources, 0)];
  }

  protected override next(tokens: Tensor, index: Tensor, state: readonly Tensor[]): DecodeStep {
    const mask = heldAt(state, KEPT * this.#decoders.length);
    const [table] = this.#target.positions.weights;
    const word = this.#target.tokens.apply(tokens.expandDims(-1));
    // Of a sum a new mask: the token itself may be padding of a sequence that has ended.
    let x = table === undefined ? word : word.add(positionVector(table.value, index));
    const after: Tensor[] = [];
    for (const [number, decoder] of this.#decoders.entries()) {
      const [key, value, sourceKey, sourceValue] = [
        heldAt(state, KEPT * number),
        heldAt(state, KEPT * number + 1),
        heldAt(state, KEPT * number + 2),
        heldAt(state, KEPT * number + 3),
      ];
      const source = { key: sourceKey, value: sourceValue, mask };
      const { output, cache } = decoder.extend(x, { key, value }, index, inferenceContext, undefined, source);
      after.push(cache.key, cache.value, sourceKey, sourceValue);
      x = output;
    }
    const logits = this.#scores.apply(this.#decoded.apply(x));
    return { logits: logits.reshape([-1, this.#scores.units]), state: [...after, mask] };
  }
}

const isEmbedding = (layer: AnyLayer): layer is Embedding => layer instanceof Embedding;
const isPositions = (layer: AnyLayer): layer is PositionEmbedding => layer instanceof PositionEmbedding;
const isEncoder = (layer: AnyLayer): layer is TransformerEncoder => layer instanceof TransformerEncoder;
const isDecoder = (layer: AnyLayer): layer is TransformerDecoder => layer instanceof TransformerDecoder;
const isNormalization = (layer: AnyLayer): layer is LayerNormalization => layer instanceof LayerNormalization;
const isDense = (layer: AnyLayer): layer is Dense => layer instanceof Dense;

/** Makes a {@link Seq2SeqTransformer} with random weights. */
export function seq2SeqTransformer(options: Seq2SeqTransformerOptions): Seq2SeqTransformer {
  const { sourceVocabulary, targetVocabulary, sequenceLength = 128, width = 64 } = options;
  const { numLayers = 2, numHeads = 4, intermediateDim = 4 * width, dropout: rate = 0.1 } = options;
  const where = 'seq2SeqTransformer';
  const sizes = { sourceVocabulary, targetVocabulary, sequenceLength, width, numLayers, numHeads };
  requireSizes(where, { ...sizes, intermediateDim });
  requireHeads(where, width, numHeads);
  const source = input([null], { name: 'source', dtype: 'int32' });
  const target = input([null], { name: 'target', dtype: 'int32' });
  const embedded = (tokens: SymbolicTensor, vocabulary: number, name: string): SymbolicTensor => {
    const words = embedding(vocabulary, width, { maskZero: true, name: `${name}_embedding` }).apply(tokens);
    const places = positionEmbedding(sequenceLength, { name: `${name}_position_embedding` }).apply(words);
    const sum = add({ name: `${name}_sum` }).apply([words, places]);
    return rate === 0 ? sum : dropout(rate, { name: `${name}_dropout` }).apply(sum);
  };
  const block = (name: string) => ({ name, dropout: rate, normalizeFirst: true });
  let x = embedded(source, sourceVocabulary, 'source');
  for (let index = 0; index < numLayers; index++) {
    x = transformerEncoder(intermediateDim, numHeads, block(`encoder_${index}`)).apply(x);
  }
  const encoded = layerNormalization({ name: 'encoder_norm', epsilon: 1e-5 }).apply(x);
  let y = embedded(target, targetVocabulary, 'target');
  for (let index = 0; index < numLayers; index++) {
    y = transformerDecoder(intermediateDim, numHeads, block(`decoder_${index}`)).apply([y, encoded]);
  }
  const decoded = layerNormalization({ name: 'decoder_norm', epsilon: 1e-5 }).apply(y);
  const scores = dense(targetVocabulary, { name: 'scores' }).apply(decoded);
  return new Seq2SeqTransformer(
    model({ inputs: [source, target], outputs: scores, name: options.name ?? 'seq2seq_transformer' }),
  );
}
