/**
 * Tensors as people read them: nested brackets, aligned columns, and only the edges of what is too large for a screen.
 */
import { type DType, isInteger, type TypedArray } from '../dtype';
import type { Shape } from '../shape/shape';

/** Above this many elements only edges are shown. */
const SUMMARY_ABOVE = 1000;
/** Entries shown at each end of an axis then. */
const EDGE = 3;
/** Digits after the decimal point. */
const DIGITS = 4;

/** The values of a tensor in brackets, one row a line. */
export function formatValues(values: TypedArray, shape: Shape, dtype: DType): string {
  const edges = values.length > SUMMARY_ABOVE;
  const format = formatterFor(values, dtype);

  const shownOf = (extent: number): readonly (number | undefined)[] => {
    if (!edges || extent <= 2 * EDGE + 1) return Array.from({ length: extent }, (_, i) => i);
    const head = Array.from({ length: EDGE }, (_, i) => i);
    return [...head, undefined, ...head.map((i) => extent - EDGE + i)];
  };

  const shown: string[] = [];
  /** Walks the block of `size` values that begins at `offset`. */
  const collect = (axis: number, offset: number, size: number): void => {
    const extent = shape[axis];
    if (extent === undefined) shown.push(format(values[offset] ?? 0));
    else
      for (const i of shownOf(extent))
        if (i !== undefined) collect(axis + 1, offset + i * (size / extent), size / extent);
  };
  collect(0, 0, values.length);
  const width = Math.max(0, ...shown.map((text) => text.length));

  let next = 0;
  const write = (axis: number): string => {
    const extent = shape[axis];
    if (extent === undefined) return (shown[next++] ?? '').padStart(width);
    const parts = shownOf(extent).map((i) => (i === undefined ? '…' : write(axis + 1)));
    const innermost = axis === shape.length - 1;
    // Blocks are separated by as many line ends as they have axes, and indented under their bracket.
    const separator = innermost ? ', ' : `,${'\n'.repeat(shape.length - axis - 1)}${' '.repeat(axis + 1)}`;
    return `[${parts.join(separator)}]`;
  };
  return write(0).trimStart();
}

function formatterFor(values: TypedArray, dtype: DType): (value: number) => string {
  if (dtype === 'bool') return (value) => (value === 0 ? 'false' : 'true');
  if (isInteger(dtype)) return String;
  let largest = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (const value of values) {
    const size = Math.abs(value);
    if (!Number.isFinite(size) || size === 0) continue;
    largest = Math.max(largest, size);
    smallest = Math.min(smallest, size);
  }
  const scientific = largest >= 1e8 || (smallest < 1e-4 && smallest !== Number.POSITIVE_INFINITY);
  return (value) => {
    if (!Number.isFinite(value)) return String(value);
    return scientific ? value.toExponential(DIGITS) : value.toFixed(DIGITS);
  };
}
