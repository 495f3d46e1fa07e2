/**
 * Builders of indexed operations: reading and adding at computed positions of one axis.
 */
import { isHalf } from '../../dtype';
import { DTypeError, ShapeError } from '../../errors';
import { normalizeAxis } from '../../shape/axis';
import { formatShape, sameShape } from '../../shape/shape';
import { makeNode, type Node } from '../node';
import { decomposeScatterAdd } from './decompose-scatter';
import { cast } from './elementwise';

function requireIndices(where: string, indices: Node): void {
  if (indices.dtype !== 'int32') {
    throw new DTypeError(
      where,
      `indices must be int32, not ${indices.dtype}.`,
      "Convert with indices.cast('int32').",
    );
  }
}

/** Shape of what `gather` gives: `axis` is replaced by the axes of the indices. */
const gatheredShape = (operand: Node, indices: Node, axis: number): number[] => [
  ...operand.shape.slice(0, axis),
  ...indices.shape,
  ...operand.shape.slice(axis + 1),
];

/** Picks slices of `operand` along `axis`; indices outside are clamped into the axis. */
export function gather(operand: Node, indices: Node, axis: number): Node {
  requireIndices('gather', indices);
  const along = normalizeAxis('gather', axis, operand.shape.length);
  if (operand.shape[along] === 0 && indices.shape.every((extent) => extent > 0)) {
    throw new ShapeError(
      'gather',
      `axis ${along} of ${formatShape(operand.shape)} is empty: nothing can be picked.`,
    );
  }
  return makeNode(
    'gather',
    [operand, indices],
    { axis: along },
    gatheredShape(operand, indices, along),
    operand.dtype,
  );
}

/** Adds `updates` (shaped as `gather` would give) into `operand` along `axis`; indices outside are dropped. */
export function scatterAdd(operand: Node, indices: Node, updates: Node, axis: number): Node {
  requireIndices('scatterAdd', indices);
  const along = normalizeAxis('scatterAdd', axis, operand.shape.length);
  const expected = gatheredShape(operand, indices, along);
  if (!sameShape(updates.shape, expected)) {
    throw new ShapeError(
      'scatterAdd',
      `updates ${formatShape(updates.shape)} do not fit ${formatShape(operand.shape)} indexed by ` +
        `${formatShape(indices.shape)} along axis ${along}; expected ${formatShape(expected)}.`,
    );
  }
  if (updates.dtype !== operand.dtype) {
    throw new DTypeError(
      'scatterAdd',
      `updates are ${updates.dtype}, the operand is ${operand.dtype}; cast first.`,
    );
  }
  if (isHalf(operand.dtype)) {
    const sum = scatterAdd(cast(operand, 'float32'), indices, cast(updates, 'float32'), along);
    return cast(sum, operand.dtype);
  }
  return makeNode(
    'scatterAdd',
    [operand, indices, updates],
    { axis: along, decompose: decomposeScatterAdd },
    operand.shape,
    operand.dtype,
  );
}
