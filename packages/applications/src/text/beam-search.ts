/** Beam search: the likeliest sequence instead of the likeliest token after token. */
import { ArgumentError, compile, gather, logSoftmax, type Tensor, tensor, topK } from '@hadal/core';
import { type DecodeOptions, type NextLogits, positionOf, requirePrompts } from './decode';

export interface BeamSearchOptions extends Pick<DecodeOptions, 'maxLength' | 'endToken' | 'signal'> {
  /** How many sequences are followed at once (default 4). */
  readonly beams?: number;
  /** Divides the score of a sequence by its length to this power: above 0 for longer ones (default 0). */
  readonly lengthPenalty?: number;
}

/** A sequence and how likely it is. */
export interface Hypothesis {
  /** With the beginning, without the end token. */
  readonly tokens: readonly number[];
  /** The logarithm of the probability of what was added, end token included, divided as `lengthPenalty` says. */
  readonly score: number;
}

interface Beam {
  readonly tokens: readonly number[];
  readonly logProbability: number;
  /** Its place in the state. */
  readonly row: number;
}

/** A place of the state that no beam uses. */
const UNUSED = -1e9;

/**
 * The likeliest continuations of one sequence among those that are found by following the best few at every length.
 *
 * @param next   what comes after the last tokens
 * @param state  before the first token: of one sequence, the first axis of every tensor being 1
 * @param prompt the beginning, at least one token
 * @returns at most `beams` sequences, the best first
 * @throws {ArgumentError} when the beginning is empty or too long, or an option is out of range
 */
export async function beamSearch(
  next: NextLogits,
  state: readonly Tensor[],
  prompt: readonly number[],
  options: BeamSearchOptions,
): Promise<Hypothesis[]> {
  const { maxLength, beams = 4, lengthPenalty = 0, endToken, signal } = options;
  requirePrompts('beamSearch', [prompt], maxLength);
  if (!Number.isSafeInteger(beams) || beams < 1) {
    throw new ArgumentError('beamSearch', `beams is ${beams}; expected a positive integer.`);
  }
  if (!(lengthPenalty >= 0)) {
    throw new ArgumentError('beamSearch', `lengthPenalty is ${lengthPenalty}; expected at least 0.`);
  }
  const step = compile(
    (tokens: Tensor, index: Tensor, rows: Tensor, scores: Tensor, before: readonly Tensor[]) => {
      const own = before.map((part) => gather(part, rows));
      const { logits, state: after } = next(tokens, index, own);
      const vocabulary = logits.shape.at(-1) ?? 1;
      const all = logSoftmax(logits).add(scores.expandDims(-1)).reshape([-1]);
      // Twice as many, so that enough are left if all beams could end here.
      const best = topK(all, Math.min(2 * beams, beams * vocabulary));
      return { ...best, vocabulary: tensor([vocabulary]), state: after };
    },
    { name: 'beamSearch' },
  );
  const scoreOf = (logProbability: number, length: number): number =>
    logProbability / Math.max(1, length - prompt.length) ** lengthPenalty;

  let live: readonly Beam[] = [{ tokens: prompt.slice(0, 1), logProbability: 0, row: 0 }];
  const finished: Hypothesis[] = [];
  let held: readonly Tensor[] = state.map((part) =>
    gather(part, tensor(new Int32Array(beams), { dtype: 'int32' })),
  );
  for (let position = 0; position < maxLength - 1 && live.length > 0; position++) {
    signal?.throwIfAborted();
    const at = (beam: number): Beam | undefined => live[beam];
    const places = Array.from({ length: beams }, (_, beam) => at(beam));
    const integers = (of: (beam: Beam) => number): Tensor =>
      tensor(
        Int32Array.from(places, (beam) => (beam === undefined ? 0 : of(beam))),
        { dtype: 'int32' },
      );
    const scores = tensor(Float32Array.from(places, (beam) => beam?.logProbability ?? UNUSED));
    const tokens = integers((beam) => beam.tokens[position] ?? 0);
    const result = await step(
      tokens,
      positionOf(position),
      integers(({ row }) => row),
      scores,
      held,
    );
    held = result.state;
    const given = prompt[position + 1];
    if (given !== undefined) {
      live = live.map((beam, row) => ({ ...beam, tokens: [...beam.tokens, given], row }));
      continue;
    }
    const [values, indices, [vocabulary = 1]] = await Promise.all([
      result.values.data(),
      result.indices.data(),
      result.vocabulary.data(),
    ]);
    const following: Beam[] = [];
    for (const [rank, index] of indices.entries()) {
      const row = Math.floor(index / vocabulary);
      const token = index % vocabulary;
      const [parent, logProbability] = [live[row], values[rank] ?? UNUSED];
      if (parent === undefined || following.length === beams) continue;
      if (token === endToken) {
        const score = scoreOf(logProbability, parent.tokens.length + 1);
        finished.push({ tokens: parent.tokens, score });
      } else following.push({ tokens: [...parent.tokens, token], logProbability, row });
    }
    live = following;
    finished.sort((a, b) => b.score - a.score).splice(beams);
    // What is alive can only become less likely; at best it is divided by the greatest length.
    const hope = scoreOf(live[0]?.logProbability ?? UNUSED, maxLength);
    if (finished.length === beams && (finished.at(-1)?.score ?? 0) >= hope) break;
  }
  const unfinished = live
    .filter(({ tokens }) => tokens.length === maxLength)
    .map(({ tokens, logProbability }) => ({ tokens, score: scoreOf(logProbability, tokens.length) }));
  return [...finished, ...unfinished].sort((a, b) => b.score - a.score).slice(0, beams);
}
