/**
 * Gradients of movement. Each operation has one that undoes it: what was copied is added up, what was cut off comes
 * back as zeros, what was put around is cut off.
 */
import {
  broadcastTo,
  constant,
  dilatedExtent,
  flip,
  pad,
  reshape,
  slice,
  sliceAxis,
  sub,
  sum,
  unpermute,
} from '../../graph/build';
import type { Node, NodeOf } from '../../graph/node';
import { extentAt } from '../../shape/shape';
import { windowTranspose } from './window';

export const zerosOf = (x: Node): Node => broadcastTo(constant(0, x.dtype), x.shape);

export const reshapeRule = (g: Node, x: Node): Node => reshape(g, x.shape);

export const permuteRule = (g: Node, { attributes }: NodeOf<'permute'>): Node =>
  unpermute(g, attributes.order);

export const flipRule = (g: Node, { attributes }: NodeOf<'flip'>): Node => flip(g, attributes.axes);

/** Every copy sends its share back. */
export function expandRule(g: Node, x: Node): Node {
  const repeated = x.shape.flatMap((extent, axis) => (extent === extentAt(g.shape, axis) ? [] : [axis]));
  return reshape(sum(g, repeated), x.shape);
}

/** Zeros where nothing was taken. */
export function sliceRule(g: Node, x: Node, { attributes }: NodeOf<'slice'>): Node {
  const { start, step } = attributes;
  return pad(g, constant(0, g.dtype), {
    lo: start,
    hi: x.shape.map(
      (extent, axis) =>
        extent - extentAt(start, axis) - dilatedExtent(extentAt(g.shape, axis), extentAt(step, axis)),
    ),
    interior: step.map((n) => n - 1),
  });
}

/** The value's part, and for the fill what remains of the sum. */
export function padRule(g: Node, x: Node, { attributes }: NodeOf<'pad'>): readonly [Node, Node] {
  const { lo, interior } = attributes;
  const inner = slice(g, {
    start: lo,
    limit: x.shape.map(
      (extent, axis) => extentAt(lo, axis) + dilatedExtent(extent, extentAt(interior, axis) + 1),
    ),
    step: interior.map((n) => n + 1),
  });
  return [inner, sub(sum(g), sum(inner))];
}

export const windowRule = (g: Node, x: Node, { attributes }: NodeOf<'window'>): Node =>
  windowTranspose(g, attributes, x.shape);

/** Each part gets its section. */
export function concatRule(
  g: Node,
  parts: readonly Node[],
  { attributes }: NodeOf<'concat'>,
): readonly Node[] {
  let start = 0;
  return parts.map((part) => {
    const from = start;
    start += extentAt(part.shape, attributes.axis);
    return sliceAxis(g, attributes.axis, from, start);
  });
}
