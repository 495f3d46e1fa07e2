/**
 * Sequences token by token. What continues them is a function from the last tokens and a state to scores; the state is
 * tensors with the sequences along the first axis, such as a cache of keys and values, so that beams can be reordered
 * without knowing what it is. One step is compiled and replayed for all positions.
 */
import { ArgumentError, compile, Generator, scalar, type Tensor, tensor } from '@hadal/core';
import { requireSampling, type SamplingOptions, sampleTokens } from './sampling';

/** Scores of what comes next, and what has to be remembered. */
export interface DecodeStep {
  /** [batch, vocabulary] */
  readonly logits: Tensor;
  /** As many tensors of the same shapes as before. */
  readonly state: readonly Tensor[];
}

/**
 * Continues sequences by one token. It has to be synchronous and read nothing.
 *
 * @param tokens int32 [batch]: the last ones
 * @param index  int32 []: their position
 */
export type NextLogits = (tokens: Tensor, index: Tensor, state: readonly Tensor[]) => DecodeStep;

export interface DecodeOptions extends SamplingOptions {
  /** The most tokens of a sequence, its beginning included. */
  readonly maxLength: number;
  /** Ends a sequence; it is not part of the result. */
  readonly endToken?: number;
  /** Draws the same tokens at every call; without it, random numbers are those of `setSeed`. */
  readonly seed?: number;
  /** Stops decoding; what is awaited then rejects with its reason. */
  readonly signal?: AbortSignal;
}

export const positionOf = (index: number): Tensor => scalar(index, { dtype: 'int32' });

/** Checks beginnings of sequences. */
export function requirePrompts(
  where: string,
  prompts: readonly (readonly number[])[],
  maxLength: number,
): void {
  if (!Number.isSafeInteger(maxLength) || maxLength < 1) {
    throw new ArgumentError(where, `maxLength is ${maxLength}; expected a positive integer.`);
  }
  for (const [row, prompt] of prompts.entries()) {
    if (prompt.length > 0 && prompt.length <= maxLength) continue;
    throw new ArgumentError(
      where,
      `prompt ${row} has ${prompt.length} tokens; expected 1 to ${maxLength}.`,
      'Begin with a start token where there is nothing else, and shorten what is too long.',
    );
  }
}

/**
 * Continues sequences until they end or are full.
 *
 * @param next    what comes after the last tokens
 * @param state   before the first token, for all sequences together
 * @param prompts the beginnings, at least one token each; they may differ in length
 * @returns the sequences with their beginnings, without end tokens
 * @throws {ArgumentError} when a beginning is empty or too long, or an option is out of range
 */
export async function decodeTokens(
  next: NextLogits,
  state: readonly Tensor[],
  prompts: readonly (readonly number[])[],
  options: DecodeOptions,
): Promise<number[][]> {
  const { maxLength, endToken, seed, signal } = options;
  requirePrompts('decodeTokens', prompts, maxLength);
  requireSampling('decodeTokens', options);
  const generator = seed === undefined ? undefined : new Generator(seed);
  const step = compile(
    (tokens: Tensor, index: Tensor, before: readonly Tensor[]) => {
      const { logits, state: after } = next(tokens, index, before);
      return { tokens: sampleTokens(logits, options, generator), state: after };
    },
    { name: 'decode' },
  );
  const sequences = prompts.map((prompt) => [...prompt]);
  const ended = new Set<number>();
  const shortest = Math.min(...prompts.map(({ length }) => length));
  let held = state;
  for (let position = 0; position < maxLength - 1 && ended.size < sequences.length; position++) {
    signal?.throwIfAborted();
    // A sequence that has ended goes on with its last token, which nobody looks at.
    const last = Int32Array.from(sequences, (sequence) => sequence[position] ?? sequence.at(-1) ?? 0);
    const result = await step(tensor(last, { dtype: 'int32' }), positionOf(position), held);
    held = result.state;
    if (position + 1 < shortest) continue;
    const chosen = await result.tokens.data();
    for (const [row, sequence] of sequences.entries()) {
      if (ended.has(row) || position + 1 < sequence.length) continue;
      const token = chosen[row] ?? 0;
      if (token === endToken) ended.add(row);
      else sequence.push(token);
    }
  }
  return sequences;
}
