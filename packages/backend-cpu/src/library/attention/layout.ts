/**
 * How a call of attention lies in memory: the words that its kernel reads for one head, and the workspace of a thread, in
 * which scores exist for some queries at a time.
 */
import type { AttentionExtents } from '@hadal/core/attention';
import { PANEL_BYTES, panelRowBytes } from '../panels';

export const BYTES = 4;

/** Words of a call for one head: numbers, addresses, distances in bytes, and places in the workspace of the thread. */
const WORDS = [
  'queries',
  'keys',
  'depth',
  'width',
  'isCausal',
  'isMasked',
  // Two factors, as float32.
  'scale',
  'one',
  'blockRows',
  'query',
  'queryRow',
  'queryColumn',
  'key',
  'keyRow',
  'keyColumn',
  'value',
  'valueRow',
  'valueColumn',
  'cotangent',
  'cotangentRow',
  'cotangentColumn',
  'mask',
  'maskRow',
  'maskColumn',
  // The result, or the gradients of query, key and value, contiguous.
  'output',
  'forKey',
  'forValue',
  // Packed: keys and values to be multiplied with rows of queries or cotangents, values or keys with weights, and a block
  // of queries and one of cotangents.
  'packedKeys',
  'packedValues',
  'packedWeighted',
  'packedQueries',
  'packedCotangents',
  'scaledQueries',
  'scores',
  'slopes',
  'results',
  'factors',
  'keySums',
  'valueSums',
] as const;
export type Word = (typeof WORDS)[number];

/** Bytes from the start of the words. */
export const wordAt = (word: Word): number => BYTES * WORDS.indexOf(word);
export const WORD_COUNT = WORDS.length;

/** Queries whose scores are computed together: whole tiles, as many as fill the nearest cache for a few hundred keys. */
const BLOCK_ROWS = 48;
/** With more keys than this, half as many: their scores stay in the next cache. */
const MOST_KEYS_PER_BLOCK = 1024;

interface Workspace {
  readonly blockRows: number;
  /** Where in a thread's workspace things are. */
  readonly places: ReadonlyMap<Word, number>;
  readonly bytes: number;
}

/** The workspace of one thread; it begins with room for the words. */
export function workspaceOf(
  isGradient: boolean,
  { queries, keys, depth, width }: AttentionExtents,
): Workspace {
  const blockRows = Math.min(queries, keys > MOST_KEYS_PER_BLOCK ? BLOCK_ROWS / 2 : BLOCK_ROWS);
  const places = new Map<Word, number>();
  let bytes = PANEL_BYTES * Math.ceil((BYTES * WORD_COUNT) / PANEL_BYTES);
  const take = (word: Word, size: number): void => {
    places.set(word, bytes);
    bytes += PANEL_BYTES * Math.ceil(size / PANEL_BYTES);
  };
  const scores = blockRows * panelRowBytes(keys);
  take('packedKeys', depth * panelRowBytes(keys));
  take('packedWeighted', keys * panelRowBytes(isGradient ? depth : width));
  take('scaledQueries', BYTES * blockRows * depth);
  take('scores', scores);
  take('results', blockRows * panelRowBytes(isGradient ? depth : width));
  take('factors', BYTES * blockRows);
  if (isGradient) {
    take('packedValues', width * panelRowBytes(keys));
    take('packedQueries', blockRows * panelRowBytes(depth));
    take('packedCotangents', blockRows * panelRowBytes(width));
    take('slopes', scores);
    take('keySums', keys * panelRowBytes(depth));
    take('valueSums', keys * panelRowBytes(width));
  }
  // Vectors may be read that begin with the last element.
  return { blockRows, places, bytes: bytes + PANEL_BYTES };
}
