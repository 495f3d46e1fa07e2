/**
 * Reading with NumPy's index expressions. What positions and spans select is a view; index tensors become one gather.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, range, sizeOf } from '../shape/shape';
import { Tensor } from '../tensor';
import { operandNode, tensorFrom } from './operand';
import { type Index, type IndexedAxis, type Selection, select, viewOf } from './selection';

/** The tensors of an index expression, whose device takes part. */
export const indexTensors = (index: readonly Index[]): Tensor[] =>
  index.filter((entry) => entry instanceof Tensor);

/**
 * The part of a tensor that an index expression selects, by NumPy's rules.
 *
 * Positions in an index tensor that lie outside are clamped into the axis, since a device cannot throw; they receive no
 * gradient.
 *
 * @param index one entry per axis from the first on; missing ones stand for whole axes
 *              - a number drops the axis at that position; negative ones count from the end
 *              - `{ start, stop, step }`, or text like '1:3' and '::-1', takes a part of the axis
 *              - null, or 'newaxis', inserts an axis of extent 1
 *              - '...' stands for all axes that no entry names
 *              - a list of whole numbers or an integer tensor picks from the axis; several broadcast together
 *              - a list of booleans, one for each position, keeps where they are true
 *              - text may hold several entries
 * @throws {ShapeError} when there are more entries than axes, or index tensors do not broadcast together
 * @throws {ArgumentError} when a position is outside of its axis, a step is 0, or text is not understood
 * @throws {DTypeError} when an index tensor is not of whole numbers
 * @example
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * await at(x, 1).data(); // Float32Array [4, 5, 6]
 * await at(x, '..., ::-1').array(); // [[3, 2, 1], [6, 5, 4]]
 * await at(x, [0, 1], [2, 0]).data(); // Float32Array [3, 4]
 */
export function at(x: Tensor, ...index: readonly Index[]): Tensor {
  const node = operandNode('at', x);
  const selection = select('at', node.shape, index);
  return tensorFrom('at', picked(viewOf(node, selection), selection), [x, ...indexTensors(index)]);
}

function picked(view: Node, { indexed, place, pickedShape }: Selection): Node {
  const [first] = indexed;
  if (first === undefined) return view;
  if (indexed.length === 1 && first.axis === place) return build.gather(view, first.indices, place);
  const axes = indexed.map(({ axis }) => axis);
  const rest = range(view.shape.length).filter((axis) => !axes.includes(axis));
  const [before, after] = [rest.slice(0, place), rest.slice(place)];
  const extents = (list: readonly number[]): number[] => list.map((axis) => extentAt(view.shape, axis));
  const merged = build.reshape(build.permute(view, [...before, ...axes, ...after]), [
    ...extents(before),
    sizeOf(extents(axes)),
    ...extents(after),
  ]);
  const clamped = (index: Node, extent: number): Node =>
    build.minimum(build.maximum(index, 0), Math.max(0, extent - 1));
  return build.gather(merged, flatIndex(view, indexed, pickedShape, clamped), place);
}

/** Row-major positions over the indexed axes, each brought into its axis by `prepare`. */
export function flatIndex(
  view: Node,
  indexed: readonly IndexedAxis[],
  shape: readonly number[],
  prepare: (index: Node, extent: number) => Node,
): Node {
  const total = indexed.reduce<Node | undefined>((flat, { axis, indices }) => {
    const extent = extentAt(view.shape, axis);
    const own = prepare(indices, extent);
    return flat === undefined ? own : build.add(build.mul(flat, extent), own);
  }, undefined);
  return build.broadcastTo(total ?? build.constant(0, 'int32'), shape);
}
