/** The arguments of an indexed call: an axis, one number more, and how each operand lies in memory. */
import { ArgumentReader } from '@hadal/core/products';

interface StridedOperand {
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
