/**
 * Softmax over some of the elements: those where a mask holds. Everything else gets probability 0, and a row without
 * any element is 0 throughout, where softmax of minus infinities would be NaN.
 *
 * A composite with softmax's own gradient, y · (g - Σ g · y), which reads only the output and so has no trouble with
 * what is masked.
 */
import * as build from '../../graph/build';
import type { CompositeDefinition } from '../../graph/composite';
import type { Node } from '../../graph/node';
import { normalizeAxis } from '../../shape/axis';
import { broadcastShapes } from '../../shape/broadcast';
import type { Tensor } from '../../tensor';
import { finite, truth } from '../comparison';
import { inputPair } from '../inputs';
import { floatingNode, operandNode, type TensorLike, tensorFrom } from '../operand';
import { axisAttribute } from '../softmax';

const maskedSoftmaxDefinition: CompositeDefinition = {
  name: 'maskedSoftmax',
  infer: (inputs) => inputPair('maskedSoftmax', inputs)[0],
  decompose: (inputs, attributes) => {
    const [x, mask] = inputPair('maskedSoftmax', inputs);
    const axes = [axisAttribute(attributes)];
    const greatest = build.maxKeeping(build.where(mask, x, Number.NEGATIVE_INFINITY), axes);
    // Nothing is left of a row whose greatest element is -∞; -∞ - (-∞) must not be computed for it.
    const shifted = build.sub(x, build.where(finite(greatest), greatest, 0));
    const exponential = build.where(mask, build.exp(shifted), 0);
    const total = build.sumKeeping(exponential, axes);
    return build.div(exponential, build.where(build.equal(total, 0), 1, total));
  },
  vjp: ({ output: y, cotangent: g, attributes }) => {
    const share = build.sumKeeping(build.mul(g, y), [axisAttribute(attributes)]);
    return [build.mul(y, build.sub(g, share)), undefined];
  },
};

/** Softmax of `x` where the bool `mask`, which broadcasts with it, holds. */
export function maskedSoftmaxNode(where: string, x: Node, mask: Node, axis: number): Node {
  const shape = broadcastShapes(where, x.shape, mask.shape);
  const operands = [build.broadcastTo(x, shape), build.broadcastTo(mask, shape)];
  return build.applyComposite(maskedSoftmaxDefinition, operands, {
    axis: normalizeAxis(where, axis, shape.length),
  });
}

/**
 * Softmax over the elements where `mask` holds; the others get probability 0. A row in which it holds nowhere gives 0
 * everywhere, and no gradient.
 *
 * @param x    logits of any shape; integers become float32
 * @param mask bool (or numbers, of which those that are not 0 count), broadcasting with `x`
 * @param axis the axis along which the result sums to 1; negative counts from the end (default -1)
 * @returns a tensor of the shape in which `x` and `mask` meet
 * @throws {AxisError} when `axis` does not exist in that shape
 * @throws {ShapeError} when `x` and `mask` do not broadcast
 * @example
 * const mask = tensor([[true, true, false], [false, false, false]]);
 * await maskedSoftmax(tensor([0, 0, 9]), mask).array(); // [[0.5, 0.5, 0], [0, 0, 0]]
 */
export function maskedSoftmax(x: TensorLike, mask: TensorLike, axis = -1): Tensor {
  const where = 'maskedSoftmax';
  const allowed = truth(operandNode(where, mask));
  return tensorFrom(where, maskedSoftmaxNode(where, floatingNode(where, x), allowed, axis), [x, mask]);
}
