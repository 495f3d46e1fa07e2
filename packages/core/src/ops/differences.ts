/**
 * Differences of neighbours, and the sum that undoes them: integration by the trapezoidal rule.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import { extentAt, formatShape, sameShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { floatingNode, numberNode, numericNode, operandNode, type TensorLike, tensorFrom } from './operand';

/** All elements but the first along an axis, and all but the last. */
function neighbours(x: Node, axis: number): { readonly later: Node; readonly earlier: Node } {
  const extent = extentAt(x.shape, axis);
  return {
    later: build.sliceAxis(x, axis, Math.min(1, extent), extent),
    earlier: build.sliceAxis(x, axis, 0, Math.max(0, extent - 1)),
  };
}

/**
 * Differences x[i + 1] - x[i] along an axis, taken `n` times. Bool becomes int32.
 *
 * @param n    how often; default 1
 * @param axis along which; default the last
 * @returns a tensor of the shape of `x` with `n` elements less along the axis
 * @throws {ArgumentError} when `n` is not a whole number of at least 0
 * @throws {AxisError} when the axis does not exist
 * @example
 * await diff(tensor([1, 2, 4, 7])).data(); // Float32Array [1, 2, 3]
 * await diff(tensor([1, 2, 4, 7]), 2).data(); // Float32Array [1, 1]
 */
export function diff(x: TensorLike, n = 1, axis = -1): Tensor {
  if (!Number.isInteger(n) || n < 0) {
    throw new ArgumentError('diff', `n is ${n}; expected a whole number of at least 0.`);
  }
  let node = numericNode(operandNode('diff', x));
  const along = normalizeAxis('diff', axis, node.shape.length);
  for (let i = 0; i < n && extentAt(node.shape, along) > 0; i++) {
    const { later, earlier } = neighbours(node, along);
    node = build.sub(later, earlier);
  }
  return tensorFrom('diff', node, [x]);
}

export interface TrapezoidOptions {
  /** Where the values were sampled: one position per element along the axis, or a tensor of the shape of `y`. */
  readonly x?: Tensor;
  /** Distance between neighbours where `x` is not given. Default 1. */
  readonly dx?: number;
  /** The axis to integrate along. Default -1, the last. */
  readonly axis?: number;
}

/**
 * Integral along an axis by the trapezoidal rule: Σ (x[i + 1] - x[i]) · (y[i] + y[i + 1]) / 2. Integers become float32.
 *
 * @param y samples of the function
 * @returns a tensor of the shape of `y` without the axis
 * @throws {ShapeError} when `x` fits neither the axis nor the shape of `y`
 * @throws {AxisError} when the axis does not exist
 * @example
 * await trapezoid(tensor([1, 2, 3])).item(); // 4
 * await trapezoid(tensor([1, 2, 3]), { x: tensor([4, 6, 8]) }).item(); // 8
 */
export function trapezoid(y: TensorLike, { x, dx = 1, axis = -1 }: TrapezoidOptions = {}): Tensor {
  const values = floatingNode('trapezoid', y);
  const along = normalizeAxis('trapezoid', axis, values.shape.length);
  const { later, earlier } = neighbours(values, along);
  const doubled = build.add(later, earlier);
  if (x === undefined) {
    const half = numberNode(dx / 2, values.dtype);
    return tensorFrom('trapezoid', build.mul(build.sum(doubled, [along]), half), [y]);
  }
  const at = positionsAlong(floatingNode('trapezoid', x), values, along);
  const next = neighbours(at, along);
  const steps = build.mul(build.sub(next.later, next.earlier), 0.5);
  return tensorFrom('trapezoid', build.sum(build.mul(steps, doubled), [along]), [y, x]);
}

/** Positions as a tensor that broadcasts against the values. */
function positionsAlong(x: Node, values: Node, axis: number): Node {
  const extent = extentAt(values.shape, axis);
  if (x.shape.length === 1 && x.shape[0] === extent) {
    return build.alongAxis(x, axis, values.shape.length);
  }
  if (sameShape(x.shape, values.shape)) return x;
  throw new ShapeError(
    'trapezoid',
    `positions ${formatShape(x.shape)} do not fit values ${formatShape(values.shape)} along axis ${axis}.`,
    `Give ${extent} positions, or one for every value.`,
  );
}
