/** Choosing the next token from scores: the best one, or a draw from all, from the best few, or from those that matter. */
import {
  ArgumentError,
  argMax,
  cumSum,
  type Generator,
  topK as greatest,
  min,
  randomCategorical,
  softmax,
  sort,
  type Tensor,
  where,
} from '@hadal/core';

export interface SamplingOptions {
  /** Divides the scores: below 1 for safer tokens, above 1 for more surprising ones, 0 for always the best (default 1). */
  readonly temperature?: number;
  /** Draws from the so many best tokens only. */
  readonly topK?: number;
  /** Draws from the fewest best tokens whose probabilities together reach this (nucleus sampling). */
  readonly topP?: number;
}

/**
 * Checks options of sampling.
 *
 * @throws {ArgumentError} when one is out of range
 */
export function requireSampling(where: string, { temperature = 1, topK, topP }: SamplingOptions): void {
  if (!(temperature >= 0 && Number.isFinite(temperature))) {
    throw new ArgumentError(where, `temperature is ${temperature}; expected a number of at least 0.`);
  }
  if (topK !== undefined && !(Number.isSafeInteger(topK) && topK > 0)) {
    throw new ArgumentError(where, `topK is ${topK}; expected a positive integer.`);
  }
  if (topP !== undefined && !(topP > 0 && topP <= 1)) {
    throw new ArgumentError(where, `topP is ${topP}; expected a probability in (0, 1].`);
  }
}

const leaveOut = (logits: Tensor, least: Tensor): Tensor =>
  where(logits.less(least), Number.NEGATIVE_INFINITY, logits);

/**
 * Scores as they are drawn from: divided by the temperature, minus infinity for tokens that `topK` or `topP` leave out.
 * Tokens that score as high as the last one that is kept are kept as well.
 *
 * Source of `topP`: Holtzman et al. (2020).
 *
 * @param logits  [batch, vocabulary]
 * @param options temperature above 0
 * @returns the shape and dtype of `logits`
 * @example
 * const probabilities = softmax(filterLogits(tensor([[1, 2, 3]]), { topK: 2 })); // [[0, 0.2689, 0.7311]]
 */
export function filterLogits(logits: Tensor, options: SamplingOptions): Tensor {
  requireSampling('filterLogits', options);
  const { temperature = 1, topK, topP } = options;
  if (temperature === 0) {
    throw new ArgumentError('filterLogits', 'temperature is 0.', 'Then there is one token: use argMax.');
  }
  let scores = temperature === 1 ? logits : logits.div(temperature);
  const vocabulary = scores.shape.at(-1) ?? 1;
  if (topK !== undefined && topK < vocabulary) {
    const { values } = greatest(scores, topK);
    scores = leaveOut(scores, min(values, { axis: -1, keepDims: true }));
  }
  if (topP !== undefined && topP < 1) {
    const sorted = sort(scores, { descending: true });
    const probabilities = softmax(sorted);
    const before = cumSum(probabilities, { axis: -1 }).sub(probabilities);
    const kept = where(before.less(topP), sorted, Number.POSITIVE_INFINITY);
    scores = leaveOut(scores, min(kept, { axis: -1, keepDims: true }));
  }
  return scores;
}

/**
 * The next token of every sequence.
 *
 * @param logits    [batch, vocabulary]
 * @param generator where random numbers come from (default that of `setSeed`)
 * @returns int32 [batch]
 * @example
 * await sampleTokens(tensor([[1, 3, 2]]), { temperature: 0 }).data(); // Int32Array [1]
 */
export function sampleTokens(logits: Tensor, options: SamplingOptions = {}, generator?: Generator): Tensor {
  requireSampling('sampleTokens', options);
  if (options.temperature === 0) return argMax(logits, -1);
  return randomCategorical(filterLogits(logits, options), { generator });
}
