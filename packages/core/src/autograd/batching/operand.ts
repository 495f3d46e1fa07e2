/**
 * Operands of a node that is being batched: what an example sees, and the same for all examples at once.
 */
import { broadcastTo, permute } from '../../graph/build';
import type { Node } from '../../graph/node';
import { range } from '../../shape/shape';

export interface Operand {
  /** The value for one example. */
  readonly example: Node;
  /** The values for all examples along axis 0; undefined where all examples share one value. */
  readonly batched: Node | undefined;
}

/** The values for all examples along axis 0; a shared one is repeated, as a view. */
export const forAll = ({ example, batched }: Operand, size: number): Node =>
  batched ?? broadcastTo(example, [size, ...example.shape]);

/** Axes of an example as axes of the batch. */
export const shifted = (axes: readonly number[]): number[] => axes.map((axis) => axis + 1);

/** Moves one axis to another place; the others keep their order. */
export function moveAxis(x: Node, from: number, to: number): Node {
  const order = range(x.shape.length).filter((axis) => axis !== from);
  order.splice(to, 0, from);
  return permute(x, order);
}
