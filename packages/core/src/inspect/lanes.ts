/**
 * Lanes: the vertical lines at the side of a picture along which values pass from the row that writes them to those that
 * read them. Values whose rows do not overlap share a lane.
 */
import type { Row } from './plan-rows';

export interface Lane {
  readonly value: string;
  /** Rows from the first that has to do with the value to the last. */
  readonly first: number;
  readonly last: number;
  /** 0 is next to the boxes. */
  readonly column: number;
}

export interface Lanes {
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly columns: number;
}

export function assignLanes(rows: readonly Row[]): Lanes {
  const spans = new Map<string, { first: number; last: number }>();
  rows.forEach(({ reads, writes }, at) => {
    for (const { value, place } of [...writes, ...reads]) {
      if (place !== 'between') continue;
      const span = spans.get(value);
      if (span === undefined) spans.set(value, { first: at, last: at });
      else span.last = at;
    }
  });
  const lanes = new Map<string, Lane>();
  /** For each column the row at which it becomes free. */
  const busyUntil: number[] = [];
  for (const [value, { first, last }] of spans) {
    const free = busyUntil.findIndex((until) => until < first);
    const column = free < 0 ? busyUntil.length : free;
    busyUntil[column] = last;
    lanes.set(value, { value, first, last, column });
  }
  return { lanes, columns: busyUntil.length };
}
