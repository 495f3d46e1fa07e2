/**
 * Library operands: which value in memory an operand is a view of, and with which offset and strides.
 */

import { isMovement } from '../graph/kinds';
import type { Node } from '../graph/node';
import { stridesOf } from '../shape/shape';
import { axisIndex, type Index } from './index-expression';
import { flatIndex, sourceIndex } from './movement';

export interface View {
  /** The node whose elements the view shows, laid out row-major. */
  readonly base: Node;
  /** In elements of the base. */
  readonly offset: number;
  readonly strides: readonly number[];
}

/** The parameter in which a value lies row-major, and where: one of several that are packed together, say. */
export function withinParameter(node: Node): Pick<View, 'base' | 'offset'> {
  const { base, offset, strides } = viewOf(node);
  const isPart = base.op === 'parameter' && strides.join() === stridesOf(node.shape).join();
  return isPart ? { base, offset } : { base: node, offset: 0 };
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
