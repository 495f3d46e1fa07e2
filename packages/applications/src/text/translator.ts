/** What networks that turn one sequence into another share: a model for training, and decoding one token at a time. */
import { ArgumentError, DataError, gather, type Tensor, tensor } from '@hadal/core';
import type { AnyLayer, Model } from '@hadal/layers';
import { type BeamSearchOptions, beamSearch, type Hypothesis } from './beam-search';
import { type DecodeOptions, type DecodeStep, decodeTokens } from './decode';

/** Source and target, int [batch, length] each, to logits [batch, length of the target, vocabulary]. */
export type TranslationModel = Model<readonly [Tensor, Tensor], Tensor>;

export interface TranslateOptions extends Omit<DecodeOptions, 'endToken'> {
  /** What every target begins with. */
  readonly startToken: number;
  /** What every target ends with. */
  readonly endToken: number;
}

export interface TranslateSearchOptions extends BeamSearchOptions {
  /** What every target begins with. */
  readonly startToken: number;
}

/**
 * Base of translators. The model is trained on [source, target so far] → next tokens; 0 pads. `translate` then makes
 * targets from sources alone.
 */
export abstract class Translator {
  constructor(readonly model: TranslationModel) {}

  /**
   * What decoding begins with, for sources, int32 [batch, length]: tensors with the batch first.
   *
   * @param length the most steps that are to come
   */
  protected abstract begin(sources: Tensor, length: number): readonly Tensor[];

  /** Scores of what comes after tokens. */
  protected abstract next(tokens: Tensor, index: Tensor, state: readonly Tensor[]): DecodeStep;

  /**
   * Translates sequences: the best token after each, unless a temperature is given.
   *
   * @param sources sequences of tokens, which may differ in length
   * @returns targets without start and end tokens
   * @throws {ArgumentError} when a source is empty
   */
  async translate(
    sources: readonly (readonly number[])[],
    { startToken, ...options }: TranslateOptions,
  ): Promise<number[][]> {
    const state = this.begin(padded(sources), options.maxLength);
    const targets = await decodeTokens(
      (...step) => this.next(...step),
      state,
      sources.map(() => [startToken]),
      { temperature: 0, ...options },
    );
    return targets.map((target) => target.slice(1));
  }

  /**
   * The likeliest translations of one sequence that a beam search finds.
   *
   * @returns the best first, without start and end tokens
   */
  async search(
    source: readonly number[],
    { startToken, ...options }: TranslateSearchOptions,
  ): Promise<Hypothesis[]> {
    const state = this.begin(padded([source]), options.maxLength);
    const found = await beamSearch((...step) => this.next(...step), state, [startToken], options);
    return found.map(({ tokens, score }) => ({ tokens: tokens.slice(1), score }));
  }
}

/** Sequences of any length as one tensor, int32, padded with 0 at their ends. */
function padded(sequences: readonly (readonly number[])[]): Tensor {
  const length = Math.max(0, ...sequences.map((sequence) => sequence.length));
  if (sequences.length === 0 || sequences.some((sequence) => sequence.length === 0)) {
    throw new ArgumentError(
      'translate',
      'there is nothing to translate.',
      'Give sources of at least one token.',
    );
  }
  const data = new Int32Array(sequences.length * length);
  for (const [row, sequence] of sequences.entries()) data.set(sequence, row * length);
  return tensor(data, { shape: [sequences.length, length], dtype: 'int32' });
}

/**
 * A layer of a model by its name.
 *
 * @throws {DataError} when it is missing, or not of the class that is needed
 */
export function partOf<T extends AnyLayer>(
  model: TranslationModel,
  name: string,
  isOne: (layer: AnyLayer) => layer is T,
): T {
  const layer = model.getLayer(name);
  if (isOne(layer)) return layer;
  throw new DataError('Translator', `the layer "${name}" of model "${model.name}" is a ${layer.className}.`);
}

/** The tensor of a state that has to be there. */
export function heldAt(state: readonly Tensor[], index: number): Tensor {
  const found = state[index];
  if (found !== undefined) return found;
  throw new ArgumentError('translate', `the state has ${state.length} tensors, number ${index} is needed.`);
}

/** The vector of every token at a position of a table of positions, to be added. */
export const positionVector = (table: Tensor, index: Tensor): Tensor => gather(table, index.reshape([1]));
