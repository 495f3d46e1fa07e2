/**
 * Index tables: where each row, column or inner index of a product lies, as byte offsets. With them, packing needs no
 * knowledge of axes: any mixture of strides is a table, and contiguous stretches show in its differences.
 *
 * Tables lie in the memory of the kernels; `at` and the like are byte addresses in it.
 */

/** A row-major walk over axes: pairs of extent and stride, innermost first; at least one. */
export type Walk = Int32Array;

/** The walk over these axes with their strides in one field, times a factor that makes them bytes where asked. */
export function walkOf<Field extends string>(
  axes: readonly (Readonly<Record<Field, number>> & { readonly extent: number })[],
  field: Field,
  factor: number,
): Walk {
  if (axes.length === 0) return Int32Array.of(1, 0);
  return Int32Array.from(axes.toReversed().flatMap((each) => [each.extent, each[field] * factor]));
}

/** The offset of one index of a walk. */
function offsetOf(walk: Walk, index: number): number {
  let rest = index;
  let offset = 0;
  for (let n = 0; n < walk.length; n += 2) {
    const extent = walk[n] ?? 1;
    const quotient = Math.floor(rest / extent);
    offset += (rest - quotient * extent) * (walk[n + 1] ?? 0);
    rest = quotient;
  }
  return offset;
}

/** Writes the offsets of the indices start … start + count - 1, and repeats the last one up to `padded` entries. */
export function enumerate(
  memory: Int32Array,
  at: number,
  walk: Walk,
  start: number,
  count: number,
  padded: number,
): void {
  const first = at >>> 2;
  const extent = walk[0] ?? 1;
  const stride = walk[1] ?? 0;
  let offset = 0;
  let i = 0;
  while (i < count) {
    offset = offsetOf(walk, start + i);
    const stop = Math.min(count, i + extent - ((start + i) % extent));
    for (; i < stop; i++) {
      memory[first + i] = offset;
      offset += stride;
    }
  }
  memory.fill(offset - stride, first + count, first + padded);
}

/** Copies `count` scattered 32-bit elements next to each other. */
export function collect(
  memory: Int32Array,
  target: number,
  source: number,
  offsets: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    memory[(target >>> 2) + i] = memory[(source + (memory[(offsets >>> 2) + i] ?? 0)) >>> 2] ?? 0;
  }
}

/** How many entries of an index table, from each one on, follow each other at the distance of one f32 element. */
export function stretches(memory: Int32Array, target: number, table: number, count: number): void {
  let stretch = 0;
  for (let i = count - 1; i >= 0; i--) {
    const at = (table >>> 2) + i;
    const continues = stretch > 0 && (memory[at + 1] ?? 0) - (memory[at] ?? 0) === 4;
    stretch = continues ? stretch + 1 : 1;
    memory[(target >>> 2) + i] = stretch;
  }
}
