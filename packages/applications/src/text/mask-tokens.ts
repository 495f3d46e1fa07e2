/** Hiding words, for training on guessing them. */
import {
  ArgumentError,
  type Generator,
  logicalAnd,
  notEqual,
  randomInt,
  randomUniform,
  type Tensor,
  where,
} from '@hadal/core';

export interface MaskTokensOptions {
  /** How many tokens there are, from which others are drawn. */
  readonly vocabularySize: number;
  /** What stands for a hidden word. */
  readonly maskToken: number;
  /** Tokens that are never hidden, besides 0, which pads. */
  readonly specialTokens?: readonly number[];
  /** Part of the words that has to be guessed (default 0.15). */
  readonly rate?: number;
  /** Where random numbers come from (default that of `setSeed`). */
  readonly generator?: Generator;
}

/** Of the chosen words: how many are hidden, and how many become any other. The rest stays as it is. */
const HIDDEN = 0.8;
const REPLACED = 0.1;

/** What a label of a word is that need not be guessed. */
export const NO_LABEL = -1;

/**
 * Chooses words to be guessed. Of these 80 % become `maskToken`, 10 % another token, and 10 % stay, so that words that are
 * not hidden have to be understood as well.
 *
 * Source: Devlin et al. (2019).
 *
 * @param tokens int [batch, length]
 * @returns the tokens with words hidden, int32, and as labels the words that were chosen, −1 elsewhere
 * @throws {ArgumentError} when the rate is not a probability
 * @example
 * const { tokens, labels } = maskTokens(text, { vocabularySize: 1000, maskToken: 4, specialTokens: [1, 2, 3] });
 */
export function maskTokens(
  tokens: Tensor,
  { vocabularySize, maskToken, specialTokens = [], rate = 0.15, generator }: MaskTokensOptions,
): { readonly tokens: Tensor; readonly labels: Tensor } {
  if (!(rate >= 0 && rate <= 1)) {
    throw new ArgumentError('maskTokens', `rate is ${rate}; expected a probability in [0, 1].`);
  }
  const whole = tokens.cast('int32');
  const { shape } = whole;
  const isWord = [0, maskToken, ...specialTokens]
    .map((token) => notEqual(whole, token))
    .reduce((all, each) => logicalAnd(all, each));
  const isChosen = logicalAnd(randomUniform(shape, { generator }).less(rate), isWord);
  const fate = randomUniform(shape, { generator });
  const others = randomInt(shape, 0, vocabularySize, { generator });
  const changed = where(fate.less(HIDDEN), maskToken, where(fate.less(HIDDEN + REPLACED), others, whole));
  return { tokens: where(isChosen, changed.cast('int32'), whole), labels: where(isChosen, whole, NO_LABEL) };
}
