/**
 * Library operands: which value in memory an operand is a view of, and with which offset and strides.
 */

import { isMovement } from '../graph/kinds';
import type { Node } from '../graph/node';
import { axisIndex, type Index } from '../lower/index-expression';
import { flatIndex, sourceIndex } from '../lower/movement';
import { stridesOf } from '../shape/shape';

export interface View {
  /** The node whose elements the view shows, laid out row-major. */
  readonly base: Node;
  /** In elements of the base. */
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Follows views down to the deepest node of which `node` is a strided view. */
export function viewOf(node: Node): View {
  const axes = node.shape.map((extent, axis) => axisIndex(axis, extent));
  let indices: readonly Index[] = axes;
  let current = node;
  let view: View = { base: node, offset: 0, strides: stridesOf(node.shape) };
  while (isMovement(current)) {
    const source: Node | undefined = current.inputs[0];
    if (source === undefined) break;
    indices = sourceIndex(current, indices);
    current = source;
    const flat = flatIndex(indices, current.shape);
    if (!flat.terms.every(({ atom }) => atom.kind === 'axis')) continue;
    const strides = node.shape.map(() => 0);
    for (const { atom, coefficient } of flat.terms)
      if (atom.kind === 'axis') strides[atom.axis] = coefficient;
    view = { base: current, offset: flat.offset, strides };
  }
  return view;
}
