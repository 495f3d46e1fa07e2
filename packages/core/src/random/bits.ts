/**
 * Random bits in the graph: element i of a draw is the first word of the block that the key makes of (counter, i).
 *
 * A composite, so that a graph carries one node per draw instead of threefry's hundred, and a backend may have a
 * kernel of its own. There is no state in it: the same generator state gives the same bits, in the forward pass and when
 * a gradient needs them again.
 */
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { CompositeAttributes, Node } from '../graph/node';
import { soleInput } from '../ops/inputs';
import { type Shape, sizeOf } from '../shape/shape';
import { graphWords, shiftRight, threefry } from './threefry';

const shapeAttribute = (attributes: CompositeAttributes): readonly number[] => {
  const { shape } = attributes;
  return Array.isArray(shape) ? shape : [];
};

const randomBitsDefinition: CompositeDefinition = {
  name: 'randomBits',
  infer: (_, attributes) => ({ shape: shapeAttribute(attributes), dtype: 'int32' }),
  decompose: (inputs, attributes) => {
    const state = soleInput('randomBits', inputs);
    const shape = shapeAttribute(attributes);
    const word = (index: number): Node => build.sliceAxis(state, 0, index, index + 1);
    const [bits] = threefry(graphWords, [word(0), word(1)], [word(2), build.iota(sizeOf(shape))]);
    return build.reshape(bits, shape);
  },
  vjp: () => [undefined],
};

/** int32 nodes of `shape` with 32 random bits each, from a state [key, key, counter]. */
export const randomBitsNode = (state: Node, shape: Shape): Node =>
  build.applyComposite(randomBitsDefinition, [state], { shape });

/** Step between the uniform numbers: 23 bits, so that all are exact in float32 and none rounds to 1. */
const UNIFORM_STEP = 2 ** -23;

/** Uniform float32 numbers in [0, 1), multiples of 2⁻²³. */
export const uniformNode = (state: Node, shape: Shape): Node =>
  build.mul(build.cast(shiftRight(randomBitsNode(state, shape), 9), 'float32'), UNIFORM_STEP);

/** Uniform float32 numbers in (-1, 1), symmetric about 0, which is not among them. */
export function symmetricUniformNode(state: Node, shape: Shape): Node {
  const doubled = build.mul(uniformNode(state, shape), 2);
  return build.add(doubled, UNIFORM_STEP - 1);
}
