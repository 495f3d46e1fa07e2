/**
 * Parameters of distributions: a number for all draws, or a tensor that broadcasts to their shape.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { numberNode, operandNode, type TensorLike } from '../ops/operand';
import { broadcastsTo } from '../shape/broadcast';
import { formatShape, type Shape } from '../shape/shape';

/** What a number must be; tensors are taken as they are, since their values are not known yet. */
export interface Allowed {
  readonly holds: (value: number) => boolean;
  /** How the condition is said, as in `expected …`. */
  readonly text: string;
}

export const POSITIVE: Allowed = {
  holds: (value) => value > 0 && value < Number.POSITIVE_INFINITY,
  text: 'a finite number above 0',
};
export const NOT_NEGATIVE: Allowed = {
  holds: (value) => value >= 0 && value < Number.POSITIVE_INFINITY,
  text: 'a finite number of at least 0',
};
export const PROBABILITY: Allowed = {
  holds: (value) => value >= 0 && value <= 1,
  text: 'a number in [0, 1]',
};

/** Checks a plain number. */
export function requireNumber(where: string, name: string, value: number, { holds, text }: Allowed): number {
  if (holds(value)) return value;
  throw new ArgumentError(where, `${name} is ${value}; expected ${text}.`);
}

/** A parameter as a float32 node that broadcasts to `shape`. No gradient flows through it. */
export function parameterNode(
  where: string,
  name: string,
  value: TensorLike,
  shape: Shape,
  allowed: Allowed,
): Node {
  if (typeof value === 'number') return numberNode(requireNumber(where, name, value, allowed), 'float32');
  const node = operandNode(where, value);
  if (!broadcastsTo(node.shape, shape)) {
    throw new ShapeError(
      where,
      `${name} of shape ${formatShape(node.shape)} does not broadcast to ${formatShape(shape)}, the shape to draw.`,
    );
  }
  return build.detach(build.cast(node, 'float32'));
}
