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

/** The step of float64: 52 bits, for the same reason. */
const DOUBLE_STEP = 2 ** -52;
/** Bits of each of the two words that a float64 number is made of. */
const HALF = 26;

/** What the key of the second words has in its first word beside the seed, which is less than 2⁵³. */
const SECOND_WORDS = 2 ** 30;

/** Uniform float64 numbers in [0, 1), multiples of 2⁻⁵²: their first 23 bits are those of float32. */
export function doubleUniformNode(state: Node, shape: Shape): Node {
  const half = (of: Node): Node => build.cast(shiftRight(randomBitsNode(of, shape), 32 - HALF), 'float64');
  const isFirst = build.equal(build.iota(3), 0);
  const second = build.add(state, build.where(isFirst, SECOND_WORDS, build.constant(0, 'int32')));
  return build.mul(build.add(build.mul(half(state), 2 ** HALF), half(second)), DOUBLE_STEP);
}

/** Uniform float64 numbers in (-1, 1), symmetric about 0, which is not among them. */
export const doubleSymmetricUniformNode = (state: Node, shape: Shape): Node =>
  build.add(build.mul(doubleUniformNode(state, shape), 2), DOUBLE_STEP - 1);

/** Uniform float32 numbers in (-1, 1), symmetric about 0, which is not among them. */
export function symmetricUniformNode(state: Node, shape: Shape): Node {
  const doubled = build.mul(uniformNode(state, shape), 2);
  return build.add(doubled, UNIFORM_STEP - 1);
}
