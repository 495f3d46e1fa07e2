/**
 * Softmax and its logarithm along one axis.
 *
 * The maximum is subtracted so that large logits cannot overflow; its gradient cancels, so the rules never
 * differentiate it. Losses build on the same parts in the same form, so that a loss and its gradient share them in
 * one kernel.
 */
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { CompositeAttributes, Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import type { Tensor } from '../tensor';
import { soleInput } from './inputs';
import { floatingNode, type TensorLike, tensorFrom } from './operand';

/** Reads the axis a composite works along. */
export function axisAttribute(attributes: CompositeAttributes): number {
  const { axis } = attributes;
  if (typeof axis !== 'number') throw new ArgumentError('softmax', 'the attribute axis must be a number.');
  return axis;
}

/** x - max x, at most 0. */
export const shiftedLogits = (x: Node, axis: number): Node => build.sub(x, build.maxKeeping(x, [axis]));

/** Σ e^(x - max x) along the axis, which stays with extent 1; at least 1. */
export const totalExponential = (x: Node, axis: number): Node =>
  build.sumKeeping(build.exp(shiftedLogits(x, axis)), [axis]);

/** Softmax over simpler nodes. */
export const softmaxParts = (x: Node, axis: number): Node =>
  build.div(build.exp(shiftedLogits(x, axis)), totalExponential(x, axis));

/** Logarithm of softmax over simpler nodes. */
export const logSoftmaxParts = (x: Node, axis: number): Node =>
  build.sub(shiftedLogits(x, axis), build.log(totalExponential(x, axis)));

const softmaxDefinition: CompositeDefinition = {
  name: 'softmax',
  infer: (inputs) => soleInput('softmax', inputs),
  decompose: (inputs, attributes) => softmaxParts(soleInput('softmax', inputs), axisAttribute(attributes)),
  // dL/dx = y · (g - Σ g · y): cheaper than differentiating the parts, and it needs only the output.
  vjp: ({ output: y, cotangent: g, attributes }) => [
    build.mul(y, build.sub(g, build.sumKeeping(build.mul(g, y), [axisAttribute(attributes)]))),
  ],
};

const logSoftmaxDefinition: CompositeDefinition = {
  name: 'logSoftmax',
  infer: (inputs) => soleInput('logSoftmax', inputs),
  decompose: (inputs, attributes) =>
    logSoftmaxParts(soleInput('logSoftmax', inputs), axisAttribute(attributes)),
  // dL/dx = g - softmax(x) · Σ g, with softmax(x) = e^y.
  vjp: ({ output: y, cotangent: g, attributes }) => [
    build.sub(g, build.mul(build.exp(y), build.sumKeeping(g, [axisAttribute(attributes)]))),
  ],
};

/** Softmax as a node, for functions built on it. */
export const softmaxNode = (x: Node, axis: number): Node =>
  build.applyComposite(softmaxDefinition, [x], { axis });

function along(where: string, definition: CompositeDefinition, x: TensorLike, axis: number): Tensor {
  const node = floatingNode(where, x);
  const attributes = { axis: normalizeAxis(where, axis, node.shape.length) };
  return tensorFrom(where, build.applyComposite(definition, [node], attributes), [x]);
}

/**
 * Turns logits into probabilities along `axis`.
 *
 * @param x    logits of any shape; integers become float32
 * @param axis the axis that sums to 1 afterwards; negative counts from the end (default -1)
 * @returns a tensor of the shape of `x`
 * @throws {AxisError} when `axis` is outside [-rank, rank)
 * @example
 * await softmax(tensor([1, 2, 3])).data(); // Float32Array [0.0900, 0.2447, 0.6652]
 */
export const softmax = (x: TensorLike, axis = -1): Tensor => along('softmax', softmaxDefinition, x, axis);

/**
 * The logarithm of softmax, exact where softmax itself would round to 0.
 *
 * @param x    logits of any shape; integers become float32
 * @param axis the axis along which probabilities sum to 1; negative counts from the end (default -1)
 * @returns a tensor of the shape of `x`
 * @throws {AxisError} when `axis` is outside [-rank, rank)
 * @example
 * await logSoftmax(tensor([0, 0])).data(); // Float32Array [-0.6931, -0.6931]
 */
export const logSoftmax = (x: TensorLike, axis = -1): Tensor =>
  along('logSoftmax', logSoftmaxDefinition, x, axis);
