/**
 * Batching of movement: the batch stays in front, and every other axis moves up by one.
 */
import * as build from '../../../graph/build';
import { forAll, shifted } from '../operand';
import { type BatchingRule, operandAt } from './rule';

export const reshapeRule: BatchingRule<'reshape'> = (node, operands, size) =>
  build.reshape(forAll(operandAt(operands, 0), size), [size, ...node.attributes.shape]);

export const permuteRule: BatchingRule<'permute'> = (node, operands, size) =>
  build.permute(forAll(operandAt(operands, 0), size), [0, ...shifted(node.attributes.order)]);

export const expandRule: BatchingRule<'expand'> = (node, operands, size) =>
  build.expand(forAll(operandAt(operands, 0), size), [size, ...node.attributes.shape]);

export const flipRule: BatchingRule<'flip'> = (node, operands, size) =>
  build.flip(forAll(operandAt(operands, 0), size), shifted(node.attributes.axes));

export const sliceRule: BatchingRule<'slice'> = (node, operands, size) => {
  const { start, limit, step } = node.attributes;
  return build.slice(forAll(operandAt(operands, 0), size), {
    start: [0, ...start],
    limit: [size, ...limit],
    step: [1, ...step],
  });
};

/** A fill of its own for each example is chosen by a mask, since padding takes one fill. */
export const padRule: BatchingRule<'pad'> = (node, operands, size) => {
  const [value, fill] = [operandAt(operands, 0), operandAt(operands, 1)];
  const { lo, hi, interior } = node.attributes;
  const widths = { lo: [0, ...lo], hi: [0, ...hi], interior: [0, ...interior] };
  const all = forAll(value, size);
  if (fill.batched === undefined) return build.pad(all, fill.example, widths);
  const inside = build.broadcastTo(build.constant(1, 'bool'), value.example.shape);
  const mask = build.pad(inside, build.constant(0, 'bool'), node.attributes);
  const fills = build.reshape(fill.batched, [size, ...node.shape.map(() => 1)]);
  return build.where(mask, build.pad(all, build.constant(0, all.dtype), widths), fills);
};

export const windowRule: BatchingRule<'window'> = (node, operands, size) =>
  build.slidingWindow(forAll(operandAt(operands, 0), size), {
    ...node.attributes,
    axes: shifted(node.attributes.axes),
  });

export const concatRule: BatchingRule<'concat'> = (node, operands, size) =>
  build.concat(
    operands.map((operand) => forAll(operand, size)),
    node.attributes.axis + 1,
  );

export const reduceRule: BatchingRule<'reduce'> = (node, operands, size) =>
  build.reduce(node.attributes.kind, forAll(operandAt(operands, 0), size), shifted(node.attributes.axes));
