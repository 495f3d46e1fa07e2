/**
 * Choosing between tensors element by element, and sets of whole numbers.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape, requireShape, type Shape, sizeOf, stridesOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { truth } from './comparison';
import { clamped } from './indexed/positions';
import { indexNode, oneHotMask } from './indexing';
import { operandNode, operandNodes, operandPair, type TensorLike, tensorFrom } from './operand';
import { argsortNode } from './sorting/argsort';
import { binarySearch } from './sorting/binary-search';
import { permutedNode } from './sorting/permuted';

/** Up to this many values each element is compared with all; more are sorted and searched. */
const FEW_VALUES = 64;

/**
 * For each element the choice of the first condition that holds, `fallback` where none does. All broadcast.
 *
 * @param conditions bool, or numbers of which those that are not 0 count as true
 * @param choices    one for each condition
 * @param fallback   default 0
 * @throws {ArgumentError} when there are no conditions, or another number of choices
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * const x = tensor([-2, 0.5, 3]);
 * await select([x.less(0), x.less(1)], [-1, x], 1).data(); // Float32Array [-1, 0.5, 1]
 */
export function select(
  conditions: readonly TensorLike[],
  choices: readonly TensorLike[],
  fallback: TensorLike = 0,
): Tensor {
  if (conditions.length === 0 || conditions.length !== choices.length) {
    throw new ArgumentError(
      'select',
      `${conditions.length} conditions were given for ${choices.length} choices; at least one of each is needed.`,
    );
  }
  const tests = conditions.map((condition) => truth(operandNode('select', condition)));
  const [otherwise, ...values] = operandNodes('select', [fallback, ...choices]);
  if (otherwise === undefined) throw new ArgumentError('select', 'needs a fallback.');
  return tensorFrom('select', chosen(tests, values, otherwise), [...conditions, ...choices, fallback]);
}

/** The value of the first test that holds. */
const chosen = (tests: readonly Node[], values: readonly Node[], otherwise: Node): Node =>
  tests.reduceRight((rest, test, i) => build.where(test, values[i] ?? rest, rest), otherwise);

/**
 * For each element the choice that the index names. All broadcast; indices outside take the first or the last choice.
 *
 * @param indices whole numbers
 * @throws {ArgumentError} when there are no choices
 * @throws {DTypeError} when the indices are not whole numbers
 * @throws {ShapeError} when the shapes do not broadcast
 * @example
 * const indices = tensor([1, 0], { dtype: 'int32' });
 * await choose(indices, [tensor([1, 2]), tensor([3, 4])]).data(); // Float32Array [3, 2]
 */
export function choose(indices: TensorLike, choices: readonly TensorLike[]): Tensor {
  const index = indexNode('choose', indices);
  const values = operandNodes('choose', choices);
  const [last] = values.slice(-1);
  if (last === undefined) throw new ArgumentError('choose', 'no choices were given; at least one is needed.');
  const tests = values.slice(0, -1).map((_, i) => build.lessEqual(index, i));
  // A single choice still takes the shape of the indices.
  const result = chosen(tests, values, build.where(build.equal(index, index), last, last));
  return tensorFrom('choose', result, [indices, ...choices]);
}

/**
 * Which classes are named at all along the last axis: 1 at their positions, 0 elsewhere. Indices outside [0, depth) name
 * nothing.
 *
 * @param indices whole numbers, [..., count]
 * @param depth   number of classes
 * @returns float32, [..., depth]
 * @throws {ShapeError} when the indices have no axis
 * @throws {DTypeError} when the indices are not whole numbers
 * @throws {ArgumentError} when `depth` is not a whole number of at least 0
 * @example
 * await multiHot(tensor([0, 2, 2], { dtype: 'int32' }), 4).data(); // Float32Array [1, 0, 1, 0]
 */
export function multiHot(indices: TensorLike, depth: number): Tensor {
  if (!Number.isInteger(depth) || depth < 0) {
    throw new ArgumentError('multiHot', `depth ${depth} is not a whole number of at least 0.`);
  }
  const node = indexNode('multiHot', indices);
  const rank = node.shape.length;
  if (rank === 0) {
    throw new ShapeError(
      'multiHot',
      'the indices have no axis to gather classes along.',
      'oneHot takes a scalar.',
    );
  }
  const isNamed = build.reduce('max', oneHotMask(node, depth, rank), [rank - 1]);
  return tensorFrom('multiHot', build.cast(isNamed, 'float32'), [indices]);
}

/**
 * Whether each element occurs among the values; NaN never does.
 *
 * @param values of any shape
 * @returns bool, in the shape of `x`
 * @example
 * await isIn(tensor([1, 2, 3]), tensor([3, 1])).array(); // [true, false, true]
 */
export function isIn(x: TensorLike, values: TensorLike): Tensor {
  const [elements, among] = operandPair('isIn', x, values);
  const flat = build.reshape(among, [sizeOf(among.shape)]);
  return tensorFrom('isIn', membership(elements, flat), [x, values]);
}

function membership(x: Node, values: Node): Node {
  const count = extentAt(values.shape, 0);
  if (count <= FEW_VALUES) {
    const rank = x.shape.length;
    return build.reduce('max', build.equal(build.insertAxes(x, [rank]), values), [rank]);
  }
  const sorted = permutedNode(values, argsortNode(values, 0, false), 0);
  const place = build.minimum(binarySearch(sorted, x, 'left'), count - 1);
  return build.equal(build.gather(sorted, place, 0), x);
}

/**
 * Positions in a tensor of `shape` for positions in its flat form, one tensor for each axis. Positions outside are
 * clamped.
 *
 * @param indices whole numbers, of any shape
 * @throws {DTypeError} when the indices are not whole numbers
 * @throws {ShapeError} when the shape is empty or not a shape
 * @example
 * const [row, column] = unravelIndex(tensor([5, 3], { dtype: 'int32' }), [2, 3]);
 * await row.data(); // Int32Array [1, 1]
 * await column.data(); // Int32Array [2, 0]
 */
export function unravelIndex(indices: TensorLike, shape: Shape): Tensor[] {
  requireRoom('unravelIndex', shape);
  const flat = clamped(indexNode('unravelIndex', indices), sizeOf(shape));
  const strides = stridesOf(shape);
  return shape.map((extent, axis) => {
    const quotient = build.combine('idiv', flat, extentAt(strides, axis));
    return tensorFrom('unravelIndex', build.combine('mod', quotient, extent), [indices]);
  });
}

/**
 * Positions in the flat form of a tensor of `shape`, for one tensor of positions for each axis. Positions outside are
 * clamped into their axis.
 *
 * @param indices whole numbers, one tensor for each axis; they broadcast
 * @throws {DTypeError} when the indices are not whole numbers
 * @throws {ArgumentError} when there are not as many tensors as axes
 * @throws {ShapeError} when the shape is empty or not a shape
 * @example
 * const [row, column] = [[1, 1], [2, 0]].map((each) => tensor(each, { dtype: 'int32' }));
 * await ravelMultiIndex([row, column], [2, 3]).data(); // Int32Array [5, 3]
 */
export function ravelMultiIndex(indices: readonly TensorLike[], shape: Shape): Tensor {
  requireRoom('ravelMultiIndex', shape);
  if (indices.length !== shape.length) {
    throw new ArgumentError(
      'ravelMultiIndex',
      `${indices.length} tensors of positions were given for the ${shape.length} axes of ${formatShape(shape)}.`,
    );
  }
  const strides = stridesOf(shape);
  const parts = indices.map((each, axis) =>
    build.mul(clamped(indexNode('ravelMultiIndex', each), extentAt(shape, axis)), extentAt(strides, axis)),
  );
  return tensorFrom('ravelMultiIndex', parts.reduce(build.add), indices);
}

function requireRoom(where: string, shape: Shape): void {
  requireShape(where, shape);
  if (shape.length > 0 && sizeOf(shape) > 0) return;
  throw new ShapeError(where, `${formatShape(shape)} has no positions to name.`);
}
