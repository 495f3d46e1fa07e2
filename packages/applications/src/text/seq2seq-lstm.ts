/** Translation by two recurrent networks, the second of which looks back at what the first has read. */
import { concat, notEqual, type Tensor } from '@hadal/core';
import {
  type AnyLayer,
  Attention,
  attention,
  concatenate,
  Dense,
  dense,
  dropout,
  Embedding,
  embedding,
  input,
  LSTM,
  lstm,
  model,
  type SymbolicTensor,
  type Tensors,
  withMask,
} from '@hadal/layers';
import { requireSizes } from '../common/composite';
import type { DecodeStep } from './decode';
import { heldAt, partOf, type TranslationModel, Translator } from './translator';

export interface Seq2SeqLSTMOptions {
  /** How many tokens sources are of; 0 pads. */
  readonly sourceVocabulary: number;
  /** How many tokens targets are of; 0 pads. */
  readonly targetVocabulary: number;
  /** Features of a token (default 64). */
  readonly width?: number;
  /** Units of both recurrent networks (default 128). */
  readonly units?: number;
  /** Part of the embeddings that is dropped in training (default 0). */
  readonly dropout?: number;
  /** Of the model. */
  readonly name?: string;
}

/**
 * An LSTM reads the source, another one writes the target beginning with the states of the first, and attends to all
 * steps of the source before each token (attention by products).
 *
 * Sources: Sutskever, Vinyals & Le (2014); Luong, Pham & Manning (2015).
 *
 * @example
 * const translator = seq2SeqLSTM({ sourceVocabulary: 50, targetVocabulary: 60 });
 * translator.model.compile({ optimizer: 'adam', loss: sparseCategoricalCrossentropy({ fromLogits: true }) });
 * await translator.model.fit([sources, targets], nextTokens, { epochs: 10 });
 * await translator.translate([[4, 8, 15]], { startToken: 1, endToken: 2, maxLength: 20 });
 */
export class Seq2SeqLSTM extends Translator {
  readonly #sourceEmbedding;
  readonly #targetEmbedding;
  readonly #encoder;
  readonly #decoder;
  readonly #attention;
  readonly #attended;
  readonly #scores;

  /**
   * @param given a model that {@link seq2SeqLSTM} made, such as one that was loaded
   * @throws {DataError} when a layer is missing or of another class
   */
  constructor(given: TranslationModel) {
    super(given);
    this.#sourceEmbedding = partOf(given, 'source_embedding', isEmbedding);
    this.#targetEmbedding = partOf(given, 'target_embedding', isEmbedding);
    this.#encoder = partOf(given, 'encoder', isLSTM);
    this.#decoder = partOf(given, 'decoder', isLSTM);
    this.#attention = partOf(given, 'attention', isAttention);
    this.#attended = partOf(given, 'attended', isDense);
    this.#scores = partOf(given, 'scores', isDense);
  }

  protected override begin(sources: Tensor): readonly Tensor[] {
    const outputs = this.#encoder.apply(this.#sourceEmbedding.apply(sources));
    return [...listed(outputs), notEqual(sources, 0)];
  }

  protected override next(tokens: Tensor, _index: Tensor, state: readonly Tensor[]): DecodeStep {
    const [encoded, hidden, cell] = [heldAt(state, 0), heldAt(state, 1), heldAt(state, 2)];
    const mask = heldAt(state, 3);
    const x = withMask(this.#targetEmbedding.apply(tokens.expandDims(-1)), undefined);
    const [step = x, ...after] = listed(this.#decoder.apply([x, hidden, cell]));
    const context = this.#attention.apply([step, withMask(encoded, mask)]);
    const attended = this.#attended.apply(concat([context, step], -1));
    const logits = this.#scores.apply(attended);
    return { logits: logits.reshape([-1, this.#scores.units]), state: [encoded, ...after, mask] };
  }
}

const isEmbedding = (layer: AnyLayer): layer is Embedding => layer instanceof Embedding;
const isLSTM = (layer: AnyLayer): layer is LSTM<Tensors> => layer instanceof LSTM;
const isAttention = (layer: AnyLayer): layer is Attention => layer instanceof Attention;
const isDense = (layer: AnyLayer): layer is Dense => layer instanceof Dense;

const listed = (outputs: Tensors): readonly Tensor[] => Object.values(outputs);

/** Makes a {@link Seq2SeqLSTM} with random weights. */
export function seq2SeqLSTM(options: Seq2SeqLSTMOptions): Seq2SeqLSTM {
  const { sourceVocabulary, targetVocabulary, width = 64, units = 128, dropout: rate = 0 } = options;
  requireSizes('seq2SeqLSTM', { sourceVocabulary, targetVocabulary, width, units });
  const source = input([null], { name: 'source', dtype: 'int32' });
  const target = input([null], { name: 'target', dtype: 'int32' });
  const embedded = (tokens: SymbolicTensor, vocabulary: number, name: string): SymbolicTensor => {
    const vectors = embedding(vocabulary, width, { maskZero: true, name: `${name}_embedding` }).apply(tokens);
    return rate === 0 ? vectors : dropout(rate, { name: `${name}_dropout` }).apply(vectors);
  };
  const states = { returnSequences: true, returnState: true } as const;
  const [encoded, hidden, cell] = lstm(units, { ...states, name: 'encoder' }).apply(
    embedded(source, sourceVocabulary, 'source'),
  );
  const [steps] = lstm(units, { ...states, name: 'decoder' }).apply([
    embedded(target, targetVocabulary, 'target'),
    hidden,
    cell,
  ]);
  const context = attention({ name: 'attention' }).apply([steps, encoded]);
  const joined = concatenate({ name: 'context_and_step' }).apply([context, steps]);
  const attended = dense(units, { activation: 'tanh', name: 'attended' }).apply(joined);
  const scores = dense(targetVocabulary, { name: 'scores' }).apply(attended);
  return new Seq2SeqLSTM(
    model({ inputs: [source, target], outputs: scores, name: options.name ?? 'seq2seq_lstm' }),
  );
}
