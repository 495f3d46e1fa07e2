/**
 * Arrays of a problem in jax-js. Whatever is given to a function of jax-js is consumed by it: `ref` keeps an array for
 * another use.
 */
import { numpy as np } from '@jax-js/jax';

/** @param {import('../protocol.mjs').Block} block */
export const upload = ({ data, shape }) => np.array(data).reshape(shape);

/** Indices, which problems hold as floats. @param {import('../protocol.mjs').Block} block */
export const uploadIndices = ({ data, shape }) =>
  np.array(Int32Array.from(data), { dtype: np.int32 }).reshape(shape);

/** Images as its convolutions take them, channels first. @param {import('../protocol.mjs').Block} block */
export const uploadImages = (block) => np.transpose(upload(block), [0, 3, 1, 2]);

/** A parameter; kernels of convolutions come as [filters, channels, height, width]. @param {import('../protocol.mjs').Block} block */
export const uploadParameter = (block) =>
  block.shape.length === 4 ? np.transpose(upload(block), [3, 2, 0, 1]) : upload(block);

/**
 * Examples of a network.
 *
 * @param {import('../protocol.mjs').Network} spec
 * @param {import('../protocol.mjs').Block} block
 */
export function uploadExamples(spec, block) {
  if (spec.integers) return uploadIndices(block);
  return spec.input.length === 3 ? uploadImages(block) : upload(block);
}
