/**
 * Movement operations: each result element is one element of the operand (or a fill), found by strides.
 */

import type { TypedArray } from '../dtype';
import type { Node, NodeOf } from '../graph/node';
import { sizeOf, stridesOf } from '../shape/shape';
import { resultArray } from './dtypes';
import { addresses, copyAt, pick, placeAt } from './strided';

export type MovementNode =
  | NodeOf<'permute'>
  | NodeOf<'expand'>
  | NodeOf<'flip'>
  | NodeOf<'slice'>
  | NodeOf<'window'>;

export function evaluateMovement(node: MovementNode, operand: Node, values: TypedArray): TypedArray {
  const { start, strides } = view(node, operand.shape);
  const result = resultArray(node.dtype, sizeOf(node.shape));
  copyAt(result, values, addresses(node.shape, strides, start));
  return result;
}

/** Where the first element of the result lies in the operand, and how far apart neighbours are. */
function view(node: MovementNode, shape: readonly number[]): { start: number; strides: readonly number[] } {
  const strides = stridesOf(shape);
  switch (node.op) {
    case 'permute':
      return { start: 0, strides: pick(strides, node.attributes.order) };
    case 'expand':
      return { start: 0, strides: strides.map((stride, axis) => (shape[axis] === 1 ? 0 : stride)) };
    case 'flip': {
      const { axes } = node.attributes;
      const start = axes.reduce((sum, axis) => sum + ((shape[axis] ?? 1) - 1) * (strides[axis] ?? 0), 0);
      return { start, strides: strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)) };
    }
    case 'slice': {
      const { start, step } = node.attributes;
      return {
        start: start.reduce((sum, first, axis) => sum + first * (strides[axis] ?? 0), 0),
        strides: strides.map((stride, axis) => stride * (step[axis] ?? 1)),
      };
    }
    case 'window': {
      const { axes, stride, dilation } = node.attributes;
      const positions = strides.map((step, axis) => {
        const at = axes.indexOf(axis);
        return at < 0 ? step : step * (stride[at] ?? 1);
      });
      const within = axes.map((axis, at) => (strides[axis] ?? 0) * (dilation[at] ?? 1));
      return { start: 0, strides: [...positions, ...within] };
    }
  }
}

export function evaluatePad(
  node: NodeOf<'pad'>,
  operand: Node,
  values: TypedArray,
  fill: TypedArray,
): TypedArray {
  const { lo, interior } = node.attributes;
  const strides = stridesOf(node.shape);
  const start = lo.reduce((sum, count, axis) => sum + count * (strides[axis] ?? 0), 0);
  const result = resultArray(node.dtype, sizeOf(node.shape)).fill(fill[0] ?? 0);
  const spread = strides.map((stride, axis) => stride * (1 + (interior[axis] ?? 0)));
  placeAt(result, values, addresses(operand.shape, spread, start));
  return result;
}

export function evaluateConcat(node: NodeOf<'concat'>, parts: readonly TypedArray[]): TypedArray {
  const { axis } = node.attributes;
  const strides = stridesOf(node.shape);
  const result = resultArray(node.dtype, sizeOf(node.shape));
  let start = 0;
  parts.forEach((part, index) => {
    const shape = node.inputs[index]?.shape ?? [];
    placeAt(result, part, addresses(shape, strides, start));
    start += (shape[axis] ?? 0) * (strides[axis] ?? 0);
  });
  return result;
}
