/**
 * Movement: where an element of a view comes from. Views copy nothing; they rewrite the index with which their operand
 * is read.
 */

import type { MovementNode } from '../graph/kinds';
import { extentAt, stridesOf } from '../shape/shape';
import {
  addIndex,
  divideIndex,
  type Index,
  remainderIndex,
  scaleIndex,
  shiftIndex,
  zeroIndex,
} from './index-expression';

export const at = (indices: readonly Index[], axis: number): Index => indices[axis] ?? zeroIndex;

/** The operand's index for the element of `node` at `indices`. */
export function sourceIndex(node: MovementNode, indices: readonly Index[]): Index[] {
  const [source] = node.inputs;
  const shape = source?.shape ?? [];
  switch (node.op) {
    case 'reshape':
      return reshapeIndex(indices, node.shape, shape);
    case 'permute': {
      const moved: Index[] = shape.map(() => zeroIndex);
      node.attributes.order.forEach((from, to) => {
        moved[from] = at(indices, to);
      });
      return moved;
    }
    case 'expand':
      return shape.map((extent, axis) => (extent === node.shape[axis] ? at(indices, axis) : zeroIndex));
    case 'flip':
      return shape.map((extent, axis) => {
        const index = at(indices, axis);
        return node.attributes.axes.includes(axis) ? shiftIndex(scaleIndex(index, -1), extent - 1) : index;
      });
    case 'slice': {
      const { start, step } = node.attributes;
      return shape.map((_, axis) =>
        shiftIndex(scaleIndex(at(indices, axis), step[axis] ?? 1), start[axis] ?? 0),
      );
    }
    case 'window': {
      const { axes, stride, dilation } = node.attributes;
      const rank = shape.length;
      return shape.map((_, axis) => {
        const which = axes.indexOf(axis);
        if (which < 0) return at(indices, axis);
        const position = scaleIndex(at(indices, axis), stride[which] ?? 1);
        return addIndex(position, scaleIndex(at(indices, rank + which), dilation[which] ?? 1));
      });
    }
  }
}

/** The row-major position of `indices` in `shape`. */
export function flatIndex(indices: readonly Index[], shape: readonly number[]): Index {
  const strides = stridesOf(shape);
  return indices.reduce(
    (sum, index, axis) => addIndex(sum, scaleIndex(index, strides[axis] ?? 0)),
    zeroIndex,
  );
}

/**
 * The index in `to` of the element at `indices` of `from`. Axes are first grouped into runs of equal products, so that
 * axes which the reshape leaves alone stay as they are.
 */
export function reshapeIndex(
  indices: readonly Index[],
  from: readonly number[],
  to: readonly number[],
): Index[] {
  const result: Index[] = [];
  for (const group of reshapeGroups(from, to)) {
    const parts = indices.slice(group.from.start, group.from.end);
    if (parts.length === 1 && group.to.end - group.to.start === 1) {
      result.push(...parts);
      continue;
    }
    const shape = from.slice(group.from.start, group.from.end);
    // An axis of extent 1 that is merged away counts for nothing, as if it had been repeated: a bias is read in the same
    // way in a batch of one as in any other.
    let flat = flatIndex(
      parts.map((index, axis) => (shape[axis] === 1 ? zeroIndex : index)),
      shape,
    );
    const target = to.slice(group.to.start, group.to.end);
    const reversed: Index[] = [];
    for (let axis = target.length - 1; axis >= 0; axis--) {
      const extent = extentAt(target, axis);
      const isFirst = axis === 0;
      reversed.push(extent <= 1 ? zeroIndex : isFirst ? flat : remainderIndex(flat, extent));
      if (!isFirst && extent > 1) flat = divideIndex(flat, extent);
    }
    result.push(...reversed.reverse());
  }
  return result;
}

interface Run {
  readonly start: number;
  readonly end: number;
}

/** The shortest runs of axes of both shapes with equal products. */
export function reshapeGroups(from: readonly number[], to: readonly number[]): { from: Run; to: Run }[] {
  if (from.includes(0) || to.includes(0)) {
    return [{ from: { start: 0, end: from.length }, to: { start: 0, end: to.length } }];
  }
  const groups: { from: Run; to: Run }[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    const start = { i, j };
    let left = from[i++] ?? 1;
    let right = to[j++] ?? 1;
    while (left !== right) {
      if (left < right) left *= from[i++] ?? 1;
      else right *= to[j++] ?? 1;
    }
    groups.push({
      from: { start: start.i, end: Math.min(i, from.length) },
      to: { start: start.j, end: Math.min(j, to.length) },
    });
  }
  return groups;
}
