/**
 * The learned factor and summand that follow a normalization.
 */
import { promote } from '../../dtype';
import { ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt, formatShape, sameShape } from '../../shape/shape';
import type { Tensor } from '../../tensor';
import { numberNode, operandNode, type TensorLike, tensorFrom } from '../operand';

export interface AffineOptions {
  /** What the normalized values are multiplied by (gamma); left out, by nothing. */
  readonly scale?: TensorLike;
  /** What is added after that (beta); left out, nothing. */
  readonly offset?: TensorLike;
}

/** A parameter with one element for every position of `axes`, shaped to broadcast against `x`. */
export function alongAxes(
  where: string,
  name: string,
  value: TensorLike,
  x: Node,
  axes: readonly number[],
): Node {
  if (typeof value === 'number') return numberNode(value, x.dtype);
  const given = operandNode(where, value);
  const node = build.cast(given, promote(given.dtype, x.dtype));
  const expected = axes.map((axis) => extentAt(x.shape, axis));
  if (!sameShape(node.shape, expected)) {
    throw new ShapeError(
      where,
      `${name} of shape ${formatShape(node.shape)} does not fit ${formatShape(x.shape)}.`,
      `Expected ${formatShape(expected)}: one element for every position of ${axes.length === 1 ? 'axis' : 'axes'} ${axes.join(', ')}.`,
    );
  }
  return build.reshape(
    node,
    x.shape.map((extent, axis) => (axes.includes(axis) ? extent : 1)),
  );
}

/** y · scale + offset, both along `axes`, as a tensor that lives where its operands do. */
export function affine(
  where: string,
  x: Tensor,
  y: Node,
  axes: readonly number[],
  { scale, offset }: AffineOptions,
): Tensor {
  const scaled = scale === undefined ? y : build.mul(y, alongAxes(where, 'scale', scale, y, axes));
  const moved =
    offset === undefined ? scaled : build.add(scaled, alongAxes(where, 'offset', offset, scaled, axes));
  return tensorFrom(
    where,
    moved,
    [x, scale, offset].filter((value) => value !== undefined),
  );
}
