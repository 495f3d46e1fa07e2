/**
 * Slicing with TensorFlow's begin, end, strides and bit masks. Bit i of a mask speaks of entry i.
 */
import { ArgumentError } from '../errors';
import { extentAt } from '../shape/shape';
import type { Tensor } from '../tensor';
import { operandNode, tensorFrom } from './operand';
import { type Index, select, viewOf } from './selection';

export interface StridedSliceOptions {
  /** Entries whose `begin` is ignored: from the start. */
  readonly beginMask?: number;
  /** Entries whose `end` is ignored: to the end. */
  readonly endMask?: number;
  /** The entry, if any, that stands for all axes not named. */
  readonly ellipsisMask?: number;
  /** Entries that insert an axis of extent 1. */
  readonly newAxisMask?: number;
  /** Entries that take the position `begin` and drop the axis. */
  readonly shrinkAxisMask?: number;
}

/**
 * Elements from `begin` up to but not including `end` in steps, along the leading axes. `at` says the same with fewer
 * words: '1:3, ::-1'.
 *
 * @param begin   first positions; negative ones count from the end
 * @param end     positions after the last; negative ones count from the end
 * @param strides distances, not 0; negative ones go backwards. 1 when left out
 * @throws {ArgumentError} when the lists differ in length, a stride is 0, or a position that drops its axis is outside
 * @throws {ShapeError} when there are more entries than axes
 * @example
 * await stridedSlice(tensor([1, 2, 3, 4]), [3], [0], [-1]).data(); // Float32Array [4, 3, 2]
 * stridedSlice(zeros([4, 5, 6]), [1, 0], [0, 3], [1, 1], { shrinkAxisMask: 1 }).shape; // [3, 6]
 */
export function stridedSlice(
  x: Tensor,
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[] = begin.map(() => 1),
  options: StridedSliceOptions = {},
): Tensor {
  if (begin.length !== end.length || begin.length !== strides.length) {
    throw new ArgumentError(
      'stridedSlice',
      `${begin.length} begins, ${end.length} ends and ${strides.length} strides were given.`,
      'Give one of each for every axis that is sliced.',
    );
  }
  const { beginMask = 0, endMask = 0, ellipsisMask = 0, newAxisMask = 0, shrinkAxisMask = 0 } = options;
  const index = begin.map((start, i): Index => {
    const isIn = (mask: number): boolean => ((mask >> i) & 1) === 1;
    if (isIn(ellipsisMask)) return '...';
    if (isIn(newAxisMask)) return null;
    if (isIn(shrinkAxisMask)) return start;
    return {
      start: isIn(beginMask) ? null : start,
      stop: isIn(endMask) ? null : extentAt(end, i),
      step: extentAt(strides, i),
    };
  });
  const node = operandNode('stridedSlice', x);
  return tensorFrom('stridedSlice', viewOf(node, select('stridedSlice', node.shape, index)), [x]);
}
