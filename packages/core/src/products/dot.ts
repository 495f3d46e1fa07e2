/** Matrix products: any batch, contraction and free axes of `dot`, brought to the form of a product. */
import type { Epilogue, LibraryRequest, OperandView } from '../backend/library';
import type { NodeOf } from '../graph/node';
import { ALL_KINDS, epilogueLimits, LAYOUT_FREE_KINDS, type ProductMatch } from './matched';
import { type Axis, axis, type Product, simplify, sumsOf } from './product';
import { resultLayout } from './result';

/** Below this many elements a repetition is not worth its own packing. */
const LEAST_ELEMENTS_PER_REPETITION = 16;
/** This many repetitions are fine whatever their size. */
const FEW_REPETITIONS = 16;

const freeAxes = (view: OperandView, taken: readonly number[]): readonly number[] =>
  view.shape.map((_, i) => i).filter((i) => !taken.includes(i));

export function matchDot(
  node: NodeOf<'dot'>,
  [left, right]: LibraryRequest['operands'],
): ProductMatch | undefined {
  if (left === undefined || right === undefined) return undefined;
  const { leftBatch, rightBatch, leftContract, rightContract } = node.attributes;
  const leftFree = freeAxes(left, [...leftBatch, ...leftContract]);
  const rightFree = freeAxes(right, [...rightBatch, ...rightContract]);
  if (leftFree.length + rightFree.length === 0) return undefined;

  const size = (view: OperandView, axes: readonly number[]): number =>
    axes.reduce((total, i) => total * (view.shape[i] ?? 1), 1);
  const rows = size(left, leftFree);
  const columns = size(right, rightFree);
  const repetitions = size(left, leftBatch);
  if (repetitions > FEW_REPETITIONS && rows * columns < LEAST_ELEMENTS_PER_REPETITION) return undefined;

  // A single column per row is computed as a single row: the left operand's rows become contiguous columns.
  const mayTurn = columns === 1 && leftFree.length > 0;
  const turnedLayout = rightFree.length === 0;
  const columnAxes = turnedLayout ? leftFree.length : rightFree.length;

  const build = (turned: boolean, outputStrides?: readonly number[]): Product => {
    const layout = resultLayout(node.shape, outputStrides);
    const result = (position: number): { output: number; row: number } => ({
      output: layout.strides[position] ?? 0,
      row: layout.rows[position] ?? 0,
    });
    const leftAxes: Axis[] = leftFree.map((i, n) =>
      axis(left.shape[i] ?? 1, { left: left.strides[i], ...result(leftBatch.length + n) }),
    );
    const rightAxes: Axis[] = rightFree.map((i, n) =>
      axis(right.shape[i] ?? 1, {
        right: right.strides[i],
        ...result(leftBatch.length + leftFree.length + n),
      }),
    );
    const loop = leftBatch.map((i, n) =>
      axis(left.shape[i] ?? 1, {
        left: left.strides[i],
        right: right.strides[rightBatch[n] ?? 0],
        ...result(n),
      }),
    );
    const inner = leftContract.map((i, n) =>
      axis(left.shape[i] ?? 1, { left: left.strides[i], right: right.strides[rightContract[n] ?? 0] }),
    );
    const straight = {
      exchanged: false,
      left: left.offset,
      right: right.offset,
      output: 0,
      row: 0,
      loop,
      rows: leftAxes,
      inner,
      sums: false,
    };
    if (!turned) return simplify({ ...straight, columns: asColumns(rightAxes) });
    const swap = (axes: readonly Axis[]): Axis[] =>
      axes.map((each) => ({ ...each, left: each.right, right: each.left }));
    return simplify({
      ...straight,
      exchanged: true,
      left: right.offset,
      right: left.offset,
      loop: swap(loop),
      rows: [],
      inner: swap(inner),
      columns: asColumns(swap(leftAxes)),
    });
  };

  return {
    name: 'dot',
    epilogue: epilogueLimits(columnAxes === 1 ? ALL_KINDS : LAYOUT_FREE_KINDS),
    stridedOutput: columnAxes === 1,
    operandSums: sumsOf(build(false)),
    plan: (epilogue, outputStrides, withSums = false) => {
      const turned = turnedLayout || (mayTurn && outputStrides === undefined);
      const product = build(turned, outputStrides);
      return {
        products: [{ ...product, sums: withSums }],
        accumulates: false,
        epilogue: turned && !turnedLayout ? asSingleRow(epilogue) : epilogue,
      };
    },
  };
}

/** Columns are contiguous in the output, so only their place in the right operand matters. */
const asColumns = (axes: readonly Axis[]): Axis[] => axes.map(({ extent, right }) => axis(extent, { right }));

/** A result of one column per row, seen as one row: what was indexed by row is now indexed like the result. */
function asSingleRow(epilogue: Epilogue): Epilogue {
  const kinds = { full: 'full', row: 'full', column: 'scalar', scalar: 'scalar' } as const;
  return {
    ...epilogue,
    sideInputs: epilogue.sideInputs.map((side) => ({ ...side, kind: kinds[side.kind] })),
  };
}
