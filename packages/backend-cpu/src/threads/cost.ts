/**
 * How long kernels take, roughly, from their sizes alone: enough to tell what is worth dealing to several threads.
 */
import type { Extent, LoopKernel } from '@hadal/core/backend';
import { count } from '@hadal/core/products';
import type { PlannedProduct } from '../library/gemm/run';

/** From how many nanoseconds on something is dealt out. */
export interface Grain {
  /** A program: less, and the host runs it alone, since waking another thread costs several µs. */
  readonly program: number;
  /** A kernel: less, and one thread runs it while the others wait. */
  readonly kernel: number;
  /** A task takes at least this long, so that dealing it costs little. */
  readonly task: number;
}

export const GRAIN: Grain = { program: 60_000, kernel: 20_000, task: 10_000 };

/** An instruction for one element: in a vector of four, or alone. */
const VECTOR_NS = 0.12;
const SCALAR_NS = 0.5;
/** Multiply-adds in a packed product, and elements of a right operand that is read only once. */
const MULTIPLY_ADD_NS = 0.06;
const STREAMED_NS = 0.25;
/** A call of a kernel or a small product, whatever its size. */
const CALL_NS = 300;
/** Bytes that are copied in a nanosecond. */
const COPIED_BYTES_PER_NS = 8;

const FUNCTIONS = new Set(['exp', 'exp2', 'log', 'log2', 'sin', 'cos', 'tanh', 'erf', 'pow']);
/** What such a function is written as, in instructions. */
const FUNCTION_INSTRUCTIONS = 12;

const extentOf = (extent: Extent, integers: ArrayLike<number>): number =>
  typeof extent === 'number' ? extent : (integers[extent.argument] ?? 0);

const product = (extents: readonly Extent[], integers: ArrayLike<number>): number =>
  extents.reduce<number>((total, extent) => total * extentOf(extent, integers), 1);

/** Nanoseconds that one index of axis 0 takes. */
export function loopCost({ grid, stages, vectorAxis }: LoopKernel): (integers: ArrayLike<number>) => number {
  const perInstruction = vectorAxis === 'none' ? SCALAR_NS : VECTOR_NS;
  const weighed = stages.map(({ loop, body, accumulators, stores }) => ({
    loop,
    nanoseconds:
      perInstruction *
      body.reduce(
        (total, { op }) => total + (FUNCTIONS.has(op) ? FUNCTION_INSTRUCTIONS : 1),
        accumulators.length + stores.length,
      ),
  }));
  const inner = grid.slice(1);
  return (integers) =>
    product(inner, integers) *
    weighed.reduce((total, { loop, nanoseconds }) => total + nanoseconds * product(loop, integers), 0);
}

/** Nanoseconds of a product. */
export function productCost({ product: { loop }, blocking }: PlannedProduct): number {
  const { rows, columns, inner, access } = blocking;
  const perRow = access === 'packed' ? MULTIPLY_ADD_NS * rows : Math.max(STREAMED_NS, MULTIPLY_ADD_NS * rows);
  return CALL_NS + count(loop) * columns * inner * perRow;
}

export const copyCost = (bytes: number): number => CALL_NS + bytes / COPIED_BYTES_PER_NS;
