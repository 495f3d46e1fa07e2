/**
 * Builders of reductions. The strict node drops the axes it reduces; `keepAxes` puts them back with extent 1.
 */
import { isHalf } from '../../dtype';
import { DTypeError, ShapeError } from '../../errors';
import { normalizeAxes } from '../../shape/axis';
import { extentAt, formatShape, sizeOf } from '../../shape/shape';
import { makeNode, type Node, type ReduceKind } from '../node';
import { cast, mul } from './elementwise';
import { slot } from './leaves';
import { reshape } from './movement';

/** Reduces `axes` (all when left out); argmax and argmin give int32, the others the operand's dtype. */
export function reduce(kind: ReduceKind, x: Node, axes?: readonly number[]): Node {
  const reduced = normalizeAxes(kind, axes, x.shape.length);
  const picks = kind === 'argmax' || kind === 'argmin';
  if (x.dtype === 'bool' && (kind === 'sum' || kind === 'prod')) {
    throw new DTypeError(kind, 'takes numbers, not bool.', "Convert with x.cast('int32') first.");
  }
  if (picks && reduced.some((axis) => x.shape[axis] === 0)) {
    throw new ShapeError(
      kind,
      `nothing to choose from: ${formatShape(x.shape)} is empty along a reduced axis.`,
    );
  }
  if (reduced.length === 0 && !picks) return x;
  // Half floats are added up and multiplied in float32.
  if (isHalf(x.dtype) && (kind === 'sum' || kind === 'prod')) {
    return cast(reduce(kind, cast(x, 'float32'), reduced), x.dtype);
  }
  const shape = x.shape.filter((_, axis) => !reduced.includes(axis));
  return makeNode('reduce', [x], { kind, axes: reduced }, shape, picks ? 'int32' : x.dtype);
}

/** Shape of `x` with `axes` at extent 1. */
export const keptShape = (x: Node, axes: readonly number[]): number[] =>
  x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));

/** A reduction whose axes stay with extent 1, ready to broadcast against the operand. */
export const reduceKeeping = (kind: ReduceKind, x: Node, axes: readonly number[]): Node =>
  reshape(reduce(kind, x, axes), keptShape(x, axes));

export const sum = (x: Node, axes?: readonly number[]): Node => reduce('sum', x, axes);
export const sumKeeping = (x: Node, axes: readonly number[]): Node => reduceKeeping('sum', x, axes);
export const maxKeeping = (x: Node, axes: readonly number[]): Node => reduceKeeping('max', x, axes);

/** How many elements each result of a reduction comes from. */
export const reducedSize = (x: Node, axes: readonly number[]): number =>
  sizeOf(axes.map((axis) => extentAt(x.shape, axis)));

/** Sum times 1/n. The factor is a slot, so that another batch size needs no other kernel. */
export const mean = (x: Node, axes: readonly number[]): Node =>
  isHalf(x.dtype)
    ? cast(mean(cast(x, 'float32'), axes), x.dtype)
    : mul(sum(x, axes), slot(1 / reducedSize(x, axes), x.dtype));

export const meanKeeping = (x: Node, axes: readonly number[]): Node =>
  reshape(mean(x, axes), keptShape(x, axes));
