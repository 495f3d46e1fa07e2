/**
 * How a call over sequences lies in memory: the words that its kernel reads, and its workspace.
 *
 * The words are the number of steps, of sequences and of units; address and panels of up to two packed matrices; then, for
 * each place that moves, its address at the first step and the bytes to the next step, the next sequence, the next column.
 */
import type { RecurrentCell, RecurrentExtents, RecurrentPayload } from '@hadal/core/recurrent';
import { PANEL_BYTES, panelRowBytes, panelsOf } from '../panels';

/** What kernels read and write: `mask` has bytes, the others float32. `sums` is the thread's own. */
export const PLACES = [
  'projected',
  'bias',
  'cotangent',
  'before',
  'after',
  'columns',
  'carry',
  'cells',
  'sums',
  'mask',
] as const;
export type Place = (typeof PLACES)[number];

export const BYTES = 4;
/** Sequences that go through a step together: their sums stay in the nearest cache. A multiple of the rows of a tile. */
export const ROWS_AT_ONCE = 24;

/** Bytes from the start of the words to those of the packed matrices, and of the places. */
export const PACKED_AT = 12;
export const PACKED_BYTES = 8;
export const PLACES_AT = 32;
export const PLACE_BYTES = 16;
export const WORDS = (PLACES_AT + PLACE_BYTES * PLACES.length) / BYTES;
/** Room for them. */
export const WORDS_BYTES = PANEL_BYTES * Math.ceil((BYTES * WORDS) / PANEL_BYTES);

/** Where the words of a place are, from the start of all. */
export const placeAt = (place: Place): number => PLACES_AT + PLACE_BYTES * PLACES.indexOf(place);

/** Gates of the weights that are multiplied together. */
export interface Gates {
  readonly first: number;
  readonly count: number;
}

interface CellShape {
  readonly states: number;
  /** Values of a unit in a row of a run. */
  readonly values: number;
  readonly run: readonly Gates[];
  readonly gradient: readonly Gates[];
}

const UPDATE_AND_RESET: Gates = { first: 0, count: 2 };
const CANDIDATE: Gates = { first: 2, count: 1 };

export const SHAPES: Readonly<Record<RecurrentCell, CellShape>> = {
  lstm: {
    states: 2,
    values: 6,
    run: [{ first: 0, count: 4 }],
    gradient: [{ first: 0, count: 4 }],
  },
  gruAfter: {
    states: 1,
    values: 5,
    run: [{ first: 0, count: 3 }],
    gradient: [UPDATE_AND_RESET, CANDIDATE],
  },
  gruBefore: {
    states: 1,
    values: 5,
    run: [UPDATE_AND_RESET, CANDIDATE],
    gradient: [UPDATE_AND_RESET, CANDIDATE],
  },
};

/** Values of a unit in a row of a gradient. */
export const GRADIENT_VALUES = 4;

/** A matrix that the states of a step, or their cotangents, are multiplied with. */
interface PackedMatrix extends Gates {
  /** From the start of the workspace. */
  readonly at: number;
  readonly inner: number;
  readonly columns: number;
  readonly panels: number;
}

interface Workspace {
  readonly matrices: readonly PackedMatrix[];
  /** What is handed on from step to step, for all sequences. */
  readonly carry: number;
  readonly carryRow: number;
  readonly cells: number;
  /** Where the workspace of the first thread is, and its bytes: room for words, then sums of as many rows as are taken at once. */
  readonly own: number;
  readonly ownBytes: number;
  readonly sumsRow: number;
  readonly bytes: number;
}

/** The workspace of a call; it begins with room for words. */
export function workspaceOf(
  { cell, isGradient }: RecurrentPayload,
  { batch, units }: RecurrentExtents,
  threads: number,
): Workspace {
  let bytes = WORDS_BYTES;
  const take = (size: number): number => {
    const at = bytes;
    bytes += size;
    return at;
  };
  const matrices = SHAPES[cell][isGradient ? 'gradient' : 'run'].map((gates): PackedMatrix => {
    const [inner, columns] = isGradient ? [gates.count * units, units] : [units, gates.count * units];
    return { ...gates, at: take(panelRowBytes(columns) * inner), inner, columns, panels: panelsOf(columns) };
  });
  const sumsRow = Math.max(...matrices.map(({ columns }) => panelRowBytes(columns)));
  const carryRow = panelRowBytes(units);
  const handedOn = isGradient ? batch * carryRow : 0;
  const carry = take(handedOn);
  const cells = take(handedOn);
  const own = WORDS_BYTES + ROWS_AT_ONCE * sumsRow;
  return {
    matrices,
    carry,
    carryRow,
    cells,
    own: take(threads * own),
    ownBytes: own,
    sumsRow,
    // Vectors may be read that begin with the last element.
    bytes: bytes + PANEL_BYTES,
  };
}
