/** Sequences of token numbers as metrics compare them: without padding, beginning at position 0, with their lengths. */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import {
  argMax,
  argsort,
  cumSum,
  iota,
  less,
  logicalAnd,
  logicalNot,
  notEqual,
  ShapeError,
  sum,
  takeAlongAxis,
} from '@hadal/core';
import { maskOf } from '../../layer/mask';
import { type MetricOptions, readOptionalInteger } from '../options';

export interface SequenceOptions extends MetricOptions {
  /** A token that is no part of a sequence, wherever it stands (default 0). */
  readonly paddingToken?: number;
  /** A token that ends a sequence; it and what follows are no part of it (default: none). */
  readonly endToken?: number;
}

/** Rows of tokens, packed to the left. */
export interface Tokens {
  /** int32 [rows, positions] */
  readonly ids: Tensor;
  /** float32 [rows] */
  readonly lengths: Tensor;
  /** bool [rows, positions]: which positions are within the length */
  readonly exist: Tensor;
}

/** What is no part of a sequence. */
export interface TokenRules {
  readonly paddingToken: number;
  readonly endToken: number | undefined;
}

/** Tokens [rows, positions] of which some do not count, packed. */
function pack(ids: Tensor, counts: Tensor): Tokens {
  const order = argsort(logicalNot(counts).cast('int32'));
  const lengths = sum(counts.cast('float32'), -1);
  const positions = ids.shape[1] ?? 0;
  const exist = less(iota(positions).cast('float32'), lengths.reshape([-1, 1]));
  return { ids: takeAlongAxis(ids, order, -1), lengths, exist };
}

/**
 * Sequences of rows of tokens.
 *
 * @param mask which positions count
 */
export function packTokens(
  ids: Tensor,
  { paddingToken, endToken }: TokenRules,
  mask: Tensor | undefined,
): Tokens {
  const isToken = notEqual(ids, paddingToken);
  const isShown = mask === undefined ? isToken : logicalAnd(isToken, mask);
  if (endToken === undefined) return pack(ids, isShown);
  const ends = cumSum(ids.equal(endToken).cast('int32'), { axis: -1 });
  return pack(ids, logicalAnd(isShown, ends.equal(0)));
}

/** Outputs as sequences: tokens [batch, positions], or scores [batch, positions, tokens] of which the largest is taken. */
export function outputTokens(where: string, yPred: Tensor, rules: TokenRules): Tokens {
  if (yPred.rank !== 2 && yPred.rank !== 3) {
    throw new ShapeError(
      where,
      `outputs have shape [${yPred.shape.join(', ')}]; expected tokens [batch, positions] or scores [batch, positions, tokens].`,
    );
  }
  const ids = yPred.rank === 3 ? argMax(yPred, -1) : yPred;
  return packTokens(ids.cast('int32'), rules, maskOf(yPred));
}

/** What a config says of sequences. */
export const tokensConfig = (name: string, { paddingToken, endToken }: TokenRules): JsonObject => ({
  name,
  paddingToken,
  endToken: endToken ?? null,
});

/** The entries that `tokensConfig` wrote. */
export function readTokens(reader: ConfigReader): SequenceOptions {
  const endToken = readOptionalInteger(reader, 'endToken');
  return { paddingToken: reader.integer('paddingToken', 0), ...(endToken !== undefined && { endToken }) };
}
