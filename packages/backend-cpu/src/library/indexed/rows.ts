/** The rows of an indexed call: from one to the next, and where the elements of each lie. */

import { type Axis, count } from '@hadal/core/products';
import type { Caller } from '../executable';
import { type Helpers, walkOf } from '../machine';
import { BYTES } from './match';

/** Offsets that an outer position has in each place that its axes move through. */
interface Offsets {
  readonly left: number;
  readonly right: number;
  readonly output: number;
}

/** Calls `visit` for each index of the outer axes, in order. */
export function eachOuter(outer: readonly Axis[], visit: (offsets: Offsets) => void): void {
  const walk = (depth: number, left: number, right: number, output: number): void => {
    const current = outer[depth];
    if (current === undefined) {
      visit({ left, right, output });
      return;
    }
    for (let i = 0; i < current.extent; i++) {
      walk(depth + 1, left + i * current.left, right + i * current.right, output + i * current.output);
    }
  };
  walk(0, 0, 0, 0);
}

/** Writes the offsets of all elements of these axes to `table`. `scratch` has room for the axes. */
export function writeTable(
  caller: Caller,
  helpers: Helpers,
  table: number,
  axes: readonly Axis[],
  field: 'left' | 'right' | 'output',
  scratch: number,
): void {
  const total = count(axes);
  if (total === 0) return;
  const walk = walkOf(axes, field, BYTES);
  caller.call(helpers.enumerate, table, 0, total, total, caller.numbers(walk, scratch), walk.length >>> 1);
}

/** 0 where the elements of a row are contiguous; otherwise `table`, to which their offsets are written. */
export function rowTable(
  caller: Caller,
  helpers: Helpers,
  table: number,
  inner: readonly Axis[],
  field: 'left' | 'right',
  scratch: number,
): number {
  const [only, ...more] = inner;
  if (only === undefined || (more.length === 0 && only[field] === 1)) return 0;
  writeTable(caller, helpers, table, inner, field, scratch);
  return table;
}
