/**
 * Writing with NumPy's index expressions: the same tensor with other values where the index says. Nothing is changed in
 * place, so gradients flow to what stays and to what is written.
 *
 * The selected view gets its new values and goes back into its box: by concatenation where one axis is cut, else as a
 * choice between two views in one kernel.
 */
import { DTypeError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { broadcastsTo } from '../shape/broadcast';
import { extentAt, formatShape, range, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { flatIndex, indexTensors } from './at';
import { fittedNodes } from './fitted';
import { isInside } from './indexed/positions';
import { scatterNode } from './indexed/scatter';
import { type TensorLike, tensorFrom } from './operand';
import {
  type Box,
  type Index,
  reversedAxes,
  type Selection,
  select,
  selectedShape,
  viewOf,
} from './selection';

/** The entries that `at` takes, in an array; one text may stand alone. */
export type IndexExpression = string | readonly Index[];

/**
 * The same tensor with `value` where an index expression says: NumPy's `x[index] = value` as a function.
 *
 * Where an index tensor names a place twice, the last value stays; places outside are dropped.
 *
 * @param index the entries that `at` takes, in an array, or one text: `[0]` is a row, `[[0, 2]]` are two rows
 * @param value what broadcasts to the shape of `at(x, ...index)`; brought to the dtype of `x`
 * @throws {ShapeError} when the value does not broadcast, or the index does not fit
 * @throws {DTypeError} when the dtype of `x` cannot hold the value
 * @throws {ArgumentError} when a position is outside of its axis, a step is 0, or text is not understood
 * @example
 * await setAt(zeros([4]), '1:3', 7).data(); // Float32Array [0, 7, 7, 0]
 * await setAt(zeros([2, 2]), [0, 1], 7).array(); // [[0, 7], [0, 0]]
 */
export const setAt = (x: Tensor, index: IndexExpression, value: TensorLike): Tensor =>
  updated('setAt', x, index, value, {
    whole: (_, values) => values,
    scattered: (rows, indices, values) => scatterNode('set', rows, indices, values, 0),
  });

/**
 * The same tensor with `value` added where an index expression says. Where an index tensor names a place several times,
 * all values add up, unlike with `x[index] += value` in NumPy; places outside are dropped.
 *
 * @param index the entries that `at` takes, in an array, or one text: `[0]` is a row, `[[0, 2]]` are two rows
 * @param value what broadcasts to the shape of `at(x, ...index)`; brought to the dtype of `x`
 * @throws {ShapeError} when the value does not broadcast, or the index does not fit
 * @throws {DTypeError} when `x` is bool, or its dtype cannot hold the value
 * @throws {ArgumentError} when a position is outside of its axis, a step is 0, or text is not understood
 * @example
 * await addAt(ones([4]), '::2', 7).data(); // Float32Array [8, 1, 8, 1]
 * await addAt(zeros([3]), [[0, 0, 2]], 1).data(); // Float32Array [2, 0, 1]
 */
export function addAt(x: Tensor, index: IndexExpression, value: TensorLike): Tensor {
  if (x.dtype === 'bool') {
    throw new DTypeError('addAt', 'takes numbers, not bool.', "Convert with x.cast('int32') first.");
  }
  const scattered = (rows: Node, indices: Node, values: Node): Node =>
    build.scatterAdd(rows, indices, values, 0);
  return updated('addAt', x, index, value, { whole: build.add, scattered });
}

/** How old and new values are brought together. */
interface Update {
  /** Both of one shape. */
  readonly whole: (old: Node, values: Node) => Node;
  /** [n, …rest], indices [k], values [k, …rest]; indices outside are dropped. */
  readonly scattered: (rows: Node, indices: Node, values: Node) => Node;
}

function updated(
  where: string,
  x: Tensor,
  index: IndexExpression,
  value: TensorLike,
  update: Update,
): Tensor {
  const entries = typeof index === 'string' ? [index] : index;
  const [node, filler] = fittedNodes(where, x, value);
  const selection = select(where, node.shape, entries);
  const shape = selectedShape(selection);
  if (!broadcastsTo(filler.shape, shape)) {
    throw new ShapeError(
      where,
      `a value of ${formatShape(filler.shape)} does not broadcast to the selected ${formatShape(shape)}.`,
    );
  }
  const values = build.broadcastTo(filler, shape);
  if (sizeOf(shape) === 0) return tensorFrom(where, node, [x, value]);
  const view = viewOf(node, selection);
  const made =
    selection.indexed.length === 0
      ? update.whole(view, values)
      : scatteredInto(view, selection, values, update);
  const result = putBack(node, made, selection.boxes);
  return tensorFrom(where, result, [x, value, ...indexTensors(entries)]);
}

/** Brings the indexed axes to the front as one, updates, and takes them back. */
function scatteredInto(view: Node, selection: Selection, values: Node, { scattered }: Update): Node {
  const { indexed, pickedShape, place } = selection;
  const axes = indexed.map(({ axis }) => axis);
  const order = [...axes, ...range(view.shape.length).filter((axis) => !axes.includes(axis))];
  const turned = build.permute(view, order);
  const rest = turned.shape.slice(axes.length);
  const rows = build.reshape(turned, [sizeOf(turned.shape.slice(0, axes.length)), ...rest]);
  const count = pickedShape.length;
  const pickedAxes = range(count, place);
  const others = range(values.shape.length).filter((axis) => !pickedAxes.includes(axis));
  const listed = build.reshape(build.permute(values, [...pickedAxes, ...others]), [
    sizeOf(pickedShape),
    ...rest,
  ]);
  const inside = indexed
    .map(({ axis, indices }) => isInside(indices, extentAt(view.shape, axis)))
    .reduce(build.and);
  const flat = build.where(
    inside,
    flatIndex(view, indexed, inside.shape, (index) => index),
    -1,
  );
  const indices = build.reshape(build.broadcastTo(flat, pickedShape), [sizeOf(pickedShape)]);
  const made = scattered(rows, indices, listed);
  return build.unpermute(build.reshape(made, turned.shape), order);
}

/** `x` with a view of its boxes replaced. */
function putBack(x: Node, view: Node, boxes: readonly Box[]): Node {
  const counts = boxes.map(({ count }) => count);
  const region = build.flip(build.reshape(view, counts), reversedAxes(boxes));
  return placed(x, region, boxes);
}

/** `x` with the elements of its boxes, none of them empty, replaced by those of `region`. */
export function placed(x: Node, region: Node, boxes: readonly Omit<Box, 'isReversed'>[]): Node {
  const cut = boxes.flatMap(({ count }, axis) => (count === x.shape[axis] ? [] : [axis]));
  const [along] = cut;
  if (along === undefined) return region;
  const box = boxes[along];
  if (cut.length === 1 && box !== undefined && box.step === 1) {
    const end = box.lo + box.count;
    const parts = [
      build.sliceAxis(x, along, 0, box.lo),
      region,
      build.sliceAxis(x, along, end, extentAt(x.shape, along)),
    ];
    return build.concat(
      parts.filter(({ shape }) => shape[along] !== 0),
      along,
    );
  }
  const attributes = {
    lo: boxes.map(({ lo }) => lo),
    hi: boxes.map(
      ({ lo, count, step }, axis) => extentAt(x.shape, axis) - lo - build.dilatedExtent(count, step),
    ),
    interior: boxes.map(({ step }) => step - 1),
  };
  const inside = build.broadcastTo(build.constant(1, 'bool'), region.shape);
  const mask = build.pad(inside, build.constant(0, 'bool'), attributes);
  return build.where(mask, build.pad(region, build.constant(0, x.dtype), attributes), x);
}
