/**
 * Spatial arguments of convolution and pooling: one number per spatial axis, and padding in its three spellings.
 */
import { ArgumentError } from '../errors';
import { extentAt } from './shape';

/** 'valid', 'same', a number for all sides, one per spatial axis, or [before, after] per spatial axis. */
export type Padding = 'valid' | 'same' | number | readonly number[] | readonly (readonly [number, number])[];

/** Elements added before and after one axis. */
export type PaddingPair = readonly [lo: number, hi: number];

/** A whole number of at least 1 for each of `count` spatial axes. */
export function perSpatialAxis(
  where: string,
  name: string,
  value: number | readonly number[],
  count: number,
): number[] {
  const list = typeof value === 'number' ? new Array<number>(count).fill(value) : [...value];
  if (list.length !== count || list.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new ArgumentError(
      where,
      `${name} ${JSON.stringify(value)} must be a whole number of at least 1, or ${count} of them.`,
    );
  }
  return list;
}

/**
 * Padding per spatial axis. 'same' is TensorFlow's: ⌈extent / stride⌉ positions, an odd element goes after.
 *
 * @param spans extents of the (dilated) kernel or window
 */
export function resolvePadding(
  where: string,
  padding: Padding,
  extents: readonly number[],
  spans: readonly number[],
  strides: readonly number[],
): PaddingPair[] {
  if (padding === 'valid') return extents.map(() => [0, 0]);
  if (padding === 'same') {
    return extents.map((extent, i) => {
      const stride = extentAt(strides, i);
      const total = Math.max(0, (Math.ceil(extent / stride) - 1) * stride + extentAt(spans, i) - extent);
      return [Math.floor(total / 2), Math.ceil(total / 2)];
    });
  }
  if (typeof padding === 'string') {
    throw new ArgumentError(
      where,
      `padding '${String(padding)}' is unknown.`,
      "Use 'valid', 'same' or numbers.",
    );
  }
  const list = typeof padding === 'number' ? extents.map(() => padding) : padding;
  const pairs = list.map((entry): PaddingPair => (typeof entry === 'number' ? [entry, entry] : entry));
  const fits = pairs.length === extents.length && pairs.flat().every((n) => Number.isInteger(n) && n >= 0);
  if (!fits) {
    throw new ArgumentError(
      where,
      `padding ${JSON.stringify(padding)} does not fit ${extents.length} spatial axes.`,
      'Give one whole number of at least 0, one per axis, or [before, after] per axis.',
    );
  }
  return pairs;
}
