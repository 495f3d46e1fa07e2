/** Single operations: products, convolutions, what goes over rows, and small additions one by one. */
import { jit, lax, nn, numpy as np, vjp } from '@jax-js/jax';
import { cannot, probed } from '../protocol.mjs';
import { upload, uploadImages, uploadParameter } from './engine.mjs';

/**
 * Calls `step` with the inputs in turn; each result is computed, since one that nobody reads would not be.
 *
 * @param {any[]} inputs
 * @param {number[][]} probes
 * @param {(input: any) => any[]} step
 */
const repeated = (inputs, probes, step) => ({
  /** @param {number} count */
  async run(count) {
    /** @type {any[]} */
    let results = [];
    for (let i = 0; i < count; i++) {
      for (const result of results) result.dispose();
      results = step(inputs[i % inputs.length].ref);
      for (const result of results) await result.blockUntilReady();
    }
    /** @type {number[]} */
    const values = [];
    for (const [i, result] of results.entries()) values.push(...probed(await result.data(), probes[i] ?? []));
    return values;
  },
});

/** @param {{ spec: import('../protocol.mjs').GemmProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export function gemm({ spec, blocks }) {
  if (spec.dtype !== 'float32') throw cannot(`it has no ${spec.dtype}`);
  const operands = blocks.map(upload);
  const right = operands.at(-1);
  return repeated(operands.slice(0, -1), [spec.probes], (left) => [np.matmul(left, right.ref)]);
}

/** Channels last again, as the probes count. @param {any} images */
const channelsLast = (images) => np.transpose(images, [0, 2, 3, 1]);

/** @param {any} x @param {any} kernel */
const convolution = (x, kernel) => lax.conv(x, kernel, [1, 1], 'SAME');

/** @param {{ spec: import('../protocol.mjs').ConvProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export function conv({ spec, blocks }) {
  const images = blocks.slice(0, spec.inputs).map(uploadImages);
  const [kernelBlock, cotangentBlock] = blocks.slice(spec.inputs);
  if (!kernelBlock) throw new Error('The problem has no kernel.');
  const kernel = uploadParameter(kernelBlock);
  const forward = jit((/** @type {any} */ x, /** @type {any} */ w) => channelsLast(convolution(x, w)));
  if (!spec.backward) return repeated(images, spec.probes, (x) => [forward(x, kernel.ref)]);
  if (!cotangentBlock) throw new Error('The problem has no cotangent.');
  const cotangent = uploadImages(cotangentBlock);
  const both = jit((/** @type {any} */ x, /** @type {any} */ w, /** @type {any} */ g) => {
    const [y, pullback] = vjp(convolution, [x, w]);
    const [forImages, forKernel] = pullback(g);
    return [channelsLast(y), channelsLast(forImages), np.transpose(forKernel, [2, 3, 1, 0])];
  });
  return repeated(images, spec.probes, (x) => both(x, kernel.ref, cotangent.ref));
}

/** @type {Record<import('../protocol.mjs').RowsProblem['operation'], (x: any) => any>} */
const rowOperations = {
  chain: (x) => nn.relu(x.ref.mul(1.7).sub(0.3)).mul(x.ref).add(x),
  softmax: (x) => nn.softmax(x, -1),
  layerNorm: (x) => nn.standardize(x, -1, { epsilon: 1e-5 }),
  sum: (x) => np.sum(x),
};

/** @param {{ spec: import('../protocol.mjs').RowsProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export function rows({ spec, blocks }) {
  const operation = jit(rowOperations[spec.operation]);
  return repeated(blocks.map(upload), [spec.probes], (x) => [operation(x)]);
}

/** @param {{ spec: import('../protocol.mjs').EagerProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export function eager({ spec, blocks }) {
  const [first, ...summands] = blocks.map(upload);
  return {
    /** @param {number} count */
    async run(count) {
      let values = new Float32Array();
      for (let repetition = 0; repetition < count; repetition++) {
        let sum = first.ref;
        for (let i = 0; i < spec.length; i++) {
          sum = sum.add(summands[i % summands.length].ref);
          if (spec.awaited) await sum.blockUntilReady();
        }
        values = await sum.data();
      }
      return [...values];
    },
  };
}
