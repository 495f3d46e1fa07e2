/**
 * Reading iterator states back. They come from checkpoints, that is from outside, so every part is checked.
 */
import { DataError, type JsonValue } from '@hadal/core';

const unfit = (what: string): DataError =>
  new DataError(
    'iterate',
    `the state does not fit this dataset: ${what}.`,
    'Pass what state() of an iterator over an equally built dataset returned, unchanged.',
  );

const isRecord = (state: JsonValue): state is { readonly [key: string]: JsonValue } =>
  typeof state === 'object' && state !== null && !Array.isArray(state);

/** One entry of a state that must be a record. */
export function entryOf(state: JsonValue, key: string): JsonValue {
  if (!isRecord(state)) throw unfit(`expected an object with "${key}", got ${JSON.stringify(state)}`);
  const entry = state[key];
  if (entry === undefined) throw unfit(`"${key}" is missing`);
  return entry;
}

/** The state of an inner stage; none where the outer one starts from the beginning. */
export const childState = (state: JsonValue | undefined, key: string): JsonValue | undefined =>
  state === undefined ? undefined : entryOf(state, key);

/** A count in a state: a whole number from 0 to `limit`. */
export function positionOf(state: JsonValue, key: string, limit = Number.MAX_SAFE_INTEGER): number {
  const position = entryOf(state, key);
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0 || position > limit) {
    throw unfit(`"${key}" is ${JSON.stringify(position)}, expected a whole number from 0 to ${limit}`);
  }
  return position;
}

/** What an iterator reports: where it is, in which epoch, of which pipeline. */
export interface IteratorState {
  readonly pipeline: string;
  readonly epoch: number;
  readonly at: JsonValue;
}

/** Reads a reported state; it must come from a pipeline of the same description. */
export function readIteratorState(state: JsonValue, description: string): IteratorState {
  const pipeline = entryOf(state, 'pipeline');
  if (pipeline !== description) {
    throw unfit(`it was reported by\n    ${String(pipeline)}\n  and this dataset is\n    ${description}`);
  }
  return { pipeline: description, epoch: positionOf(state, 'epoch'), at: entryOf(state, 'at') };
}
