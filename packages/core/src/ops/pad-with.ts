/**
 * Padding with the tensor's own elements. It is apart from `pad` so that programs which pad with zeros do not carry it.
 *
 * All modes are views: one mirrored, repeated or copied slice on each side. Where a side is wider than what one slice
 * gives, a whole period (there and back) is repeated and the part wanted is cut out of it.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { type PadWidths, padPairs } from './movement';
import { lift1, type TensorLike } from './operand';

/**
 * - `reflect`: mirrored at the outermost elements, which are not repeated: `c b | a b c | b a`
 * - `symmetric`: mirrored at the edges, so that the outermost elements are there twice: `b a | a b c | c b`
 * - `edge`: the outermost element again and again: `a a | a b c | c c`
 * - `wrap`: from the other side: `b c | a b c | a b`
 */
export type PadMode = 'reflect' | 'symmetric' | 'edge' | 'wrap';

const MODES: readonly PadMode[] = ['reflect', 'symmetric', 'edge', 'wrap'];

/**
 * Surrounds with elements of the tensor itself; `pad` surrounds with a constant. As in NumPy, the widths may exceed the
 * extents: mirroring and wrapping then go on.
 *
 * @param widths elements to add: everywhere, [before, after], or one pair per axis
 * @param mode   what to fill with
 * @throws {ArgumentError} when widths are negative or do not fit the rank, or the mode is unknown
 * @throws {ShapeError} when an axis without elements is to be extended
 * @example
 * await padWith(tensor([1, 2, 3]), 2, 'reflect').data(); // Float32Array [3, 2, 1, 2, 3, 2, 1]
 * await padWith(tensor([1, 2, 3]), [0, 2], 'edge').data(); // Float32Array [1, 2, 3, 3, 3]
 */
export const padWith = (x: TensorLike, widths: PadWidths, mode: PadMode): Tensor =>
  padded('padWith', x, widths, mode);

/**
 * `padWith` in one of its mirroring modes, under TensorFlow's name.
 *
 * @param widths elements to add: everywhere, [before, after], or one pair per axis
 * @param mode   'reflect' leaves the outermost elements out, 'symmetric' repeats them
 * @throws {ArgumentError} when widths are negative or do not fit the rank, or the mode is another one
 * @throws {ShapeError} when an axis without elements is to be extended
 * @example
 * await mirrorPad(tensor([1, 2, 3]), [2, 0], 'symmetric').data(); // Float32Array [2, 1, 1, 2, 3]
 */
export function mirrorPad(x: TensorLike, widths: PadWidths, mode: 'reflect' | 'symmetric'): Tensor {
  if (mode !== 'reflect' && mode !== 'symmetric') {
    throw new ArgumentError(
      'mirrorPad',
      `mode '${String(mode)}' is unknown; expected 'reflect' or 'symmetric'.`,
      'padWith has the other modes.',
    );
  }
  return padded('mirrorPad', x, widths, mode);
}

function padded(where: string, x: TensorLike, widths: PadWidths, mode: PadMode): Tensor {
  if (!MODES.includes(mode)) {
    throw new ArgumentError(
      where,
      `mode '${String(mode)}' is unknown; expected one of ${MODES.join(', ')}.`,
      'pad(x, widths, value) surrounds with a constant.',
    );
  }
  return lift1(where, x, (node) => {
    const pairs = padPairs(where, widths, node.shape.length);
    const bad = pairs.flat().find((n) => !Number.isSafeInteger(n) || n < 0);
    if (bad !== undefined) {
      throw new ArgumentError(where, `width ${bad} is not a whole number of at least 0.`);
    }
    return pairs.reduce((wider, [lo, hi], axis) => {
      if (lo + hi === 0) return wider;
      if (extentAt(node.shape, axis) === 0) {
        throw new ShapeError(
          where,
          `axis ${axis} of ${formatShape(node.shape)} is empty: there is nothing to extend it with.`,
        );
      }
      return extended(wider, axis, lo, hi, mode);
    }, node);
  });
}

function extended(x: Node, axis: number, lo: number, hi: number, mode: PadMode): Node {
  const extent = extentAt(x.shape, axis);
  if (mode === 'edge' || extent === 1) {
    const before = copies(build.sliceAxis(x, axis, 0, 1), axis, lo);
    const after = copies(build.sliceAxis(x, axis, extent - 1, extent), axis, hi);
    return joined([before, x, after], axis);
  }
  // How many elements the mirror image adds, or the copy for `wrap`.
  const fresh = mode === 'reflect' ? extent - 1 : extent;
  if (lo > fresh || hi > fresh) return cutFromPeriods(x, axis, lo, hi, mode);
  const other = mode === 'wrap' ? x : build.flip(x, [axis]);
  const from = extent - fresh;
  const before = build.sliceAxis(other, axis, fresh - lo, fresh);
  const after = build.sliceAxis(other, axis, from, from + hi);
  return joined([before, x, after], axis);
}

const copies = (one: Node, axis: number, count: number): Node =>
  build.expand(
    one,
    one.shape.map((extent, i) => (i === axis ? count : extent)),
  );

/** Empty parts are left out. */
const joined = (parts: readonly Node[], axis: number): Node =>
  build.concat(
    parts.filter((part) => extentAt(part.shape, axis) > 0),
    axis,
  );

/** The part from -lo up to extent + hi of endlessly repeated periods. */
function cutFromPeriods(x: Node, axis: number, lo: number, hi: number, mode: PadMode): Node {
  const extent = extentAt(x.shape, axis);
  const period = mode === 'wrap' ? x : joined([x, backwards(x, axis, mode)], axis);
  const length = extentAt(period.shape, axis);
  const start = (length - (lo % length)) % length;
  const count = Math.ceil((start + lo + extent + hi) / length);
  const apart = build.insertAxes(period, [axis]);
  const repeated = build.reshape(
    copies(apart, axis, count),
    x.shape.map((n, i) => (i === axis ? count * length : n)),
  );
  return build.sliceAxis(repeated, axis, start, start + lo + extent + hi);
}

/** The way back of a period: all elements, or all but the first and the last. */
function backwards(x: Node, axis: number, mode: PadMode): Node {
  const extent = extentAt(x.shape, axis);
  const back = build.flip(x, [axis]);
  return mode === 'symmetric' ? back : build.sliceAxis(back, axis, 1, extent - 1);
}
