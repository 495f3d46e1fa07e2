/**
 * Index expressions as text, such as '1:3, ::-1, ..., newaxis': what stands between the brackets in Python.
 */
import { ArgumentError } from '../errors';

/** From `start` up to but not including `stop`, every `step`-th; a negative step goes backwards. As `start:stop:step`. */
export interface Span {
  /** First position; negative counts from the end. Default: the first, or the last for a negative step. */
  readonly start?: number | null;
  /** Position after the last; negative counts from the end. Default: all the way. */
  readonly stop?: number | null;
  /** Distance between positions, not 0. Default 1. */
  readonly step?: number | null;
}

/** One entry of an index expression: a position, a new axis, all axes not named, or a span. */
export type TextEntry = number | null | '...' | Span;

const WHOLE = /^[+-]?\d+$/;

/** The entries of an expression. */
export const parseIndexText = (where: string, text: string): TextEntry[] =>
  text.split(',').map((part) => entryOf(where, part.trim(), text));

function entryOf(where: string, part: string, text: string): TextEntry {
  if (part === '...') return '...';
  if (part === 'newaxis') return null;
  if (WHOLE.test(part)) return Number(part);
  const bounds = part.split(':').map((bound) => bound.trim());
  const isSpan = bounds.length > 1 && bounds.length < 4 && bounds.every((n) => n === '' || WHOLE.test(n));
  if (!isSpan) {
    throw new ArgumentError(
      where,
      `"${part}" in the index "${text}" is not understood.`,
      "Between commas stand a whole number, start:stop:step with any of them left out, '...' or 'newaxis'.",
    );
  }
  const [start, stop, step] = bounds.map((bound) => (bound === '' ? null : Number(bound)));
  return { start: start ?? null, stop: stop ?? null, step: step ?? null };
}
