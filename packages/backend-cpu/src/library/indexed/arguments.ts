/** The arguments of an indexed call: an axis, one number more, and how each operand lies in memory. */
import { ArgumentReader, type Axis } from '../product';

export interface StridedOperand {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export interface IndexedArguments {
  readonly axis: number;
  /** Batch axes of a scatter; 1 for a descending sort, or a scan from the end. */
  readonly option: number;
  readonly operands: readonly StridedOperand[];
}

/** Reads back what `matchIndexed` wrote for `count` operands. */
export function decodeIndexed(integers: ArrayLike<number>, count: number): IndexedArguments {
  const reader = new ArgumentReader(integers);
  const numbers = (length: number): number[] => Array.from({ length }, () => reader.next());
  const [axis, option] = [reader.next(), reader.next()];
  const operands = Array.from({ length: count }, () => {
    const [offset, rank] = [reader.next(), reader.next()];
    return { offset, shape: numbers(rank), strides: numbers(rank) };
  });
  return { axis, option, operands };
}

/** Offsets that an outer position has in each place that its axes move through. */
export interface Offsets {
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
