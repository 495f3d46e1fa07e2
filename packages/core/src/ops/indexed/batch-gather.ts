/**
 * Picking along an axis with indices of their own for each batch. A composite, so that its gradient adds up within each
 * batch instead of over the flat tensor.
 */
import { ArgumentError, ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { CompositeDefinition } from '../../graph/composite';
import type { CompositeAttributes, Node } from '../../graph/node';
import { extentAt, formatShape, sizeOf } from '../../shape/shape';
import { inputPair } from '../inputs';
import { alignedIndices, clamped, forEachExample, readAlong } from './positions';
import { scatterNode } from './scatter';

export function indexedAxis(where: string, { axis }: CompositeAttributes): number {
  if (typeof axis !== 'number') throw new ArgumentError(where, 'the attribute axis must be a number.');
  return axis;
}

const gatheredShape = (x: Node, indices: Node, axis: number): number[] =>
  x.shape.map((extent, i) => (i === axis ? extentAt(indices.shape, indices.shape.length - 1) : extent));

const batchGatherDefinition: CompositeDefinition = {
  name: 'batchGather',
  infer(inputs, attributes) {
    const [x, indices] = inputPair('batchGather', inputs);
    return { shape: gatheredShape(x, indices, indexedAxis('batchGather', attributes)), dtype: x.dtype };
  },
  decompose(inputs, attributes) {
    const [x, indices] = inputPair('batchGather', inputs);
    const axis = indexedAxis('batchGather', attributes);
    const shape = gatheredShape(x, indices, axis);
    if (sizeOf(shape) === 0) return build.broadcastTo(build.constant(0, x.dtype), shape);
    const inside = clamped(indices, extentAt(x.shape, axis));
    return readAlong(x, alignedIndices(inside, axis, x.shape.length), axis);
  },
  // What was read from a place is added up there; nothing is read from outside.
  vjp({ inputs, attributes, cotangent }) {
    const [x, indices] = inputPair('batchGather', inputs);
    const zeros = build.broadcastTo(build.constant(0, x.dtype), x.shape);
    return [scatterNode('add', zeros, indices, cotangent, indexedAxis('batchGather', attributes)), undefined];
  },
  batch({ inputs, isBatched, attributes, size }) {
    const [x, indices] = inputPair('batchGather', forEachExample(inputs, isBatched, size));
    return batchGatherNode('batchGather', x, indices, indexedAxis('batchGather', attributes) + 1);
  },
};

/**
 * Picks along `axis` at indices [...batch, count], whose batch axes are the leading ones of `x`. The axis gets the extent
 * `count`; indices outside are clamped.
 */
export function batchGatherNode(where: string, x: Node, indices: Node, axis: number): Node {
  if (x.shape[axis] === 0 && sizeOf(gatheredShape(x, indices, axis)) > 0) {
    throw new ShapeError(where, `axis ${axis} of ${formatShape(x.shape)} is empty: nothing can be picked.`);
  }
  if (indices.shape.length === 1) return build.gather(x, indices, axis);
  return build.applyComposite(batchGatherDefinition, [x, indices], { axis });
}
