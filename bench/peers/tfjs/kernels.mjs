/** Single operations: products, convolutions, what goes over rows, and small additions one by one. */
import { cannot, probed } from '../protocol.mjs';
import { tf, upload } from './engine.mjs';

/**
 * Calls `step` with the inputs in turn and reads the last results.
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
      tf.dispose(results);
      results = tf.tidy(() => step(inputs[i % inputs.length]));
    }
    /** @type {number[]} */
    const values = [];
    for (const [i, result] of results.entries()) values.push(...probed(await result.data(), probes[i] ?? []));
    tf.dispose(results);
    return values;
  },
});

/** @param {{ spec: import('../protocol.mjs').GemmProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export function gemm({ spec, blocks }) {
  if (spec.dtype !== 'float32') throw cannot(`it has no ${spec.dtype}`);
  const operands = blocks.map(upload);
  const right = operands.at(-1);
  return repeated(operands.slice(0, -1), [spec.probes], (left) => [tf.matMul(left, right)]);
}

/** @param {{ spec: import('../protocol.mjs').ConvProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export function conv({ spec, blocks }) {
  const tensors = blocks.map(upload);
  const images = tensors.slice(0, spec.inputs);
  const [kernel, cotangent] = tensors.slice(spec.inputs);
  if (!spec.backward) return repeated(images, spec.probes, (x) => [tf.conv2d(x, kernel, 1, 'same')]);
  return repeated(images, spec.probes, (x) => {
    /** @type {any} */
    let result;
    const gradient = tf.grads((/** @type {any} */ input, /** @type {any} */ weights) => {
      result = tf.keep(tf.conv2d(input, weights, 1, 'same'));
      return result;
    });
    const gradients = gradient([x, kernel], cotangent);
    const kept = result.clone();
    result.dispose();
    return [kept, ...gradients];
  });
}

/** @param {any} x */
function layerNorm(x) {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).div(variance.add(1e-5).sqrt());
}

/** @type {Record<import('../protocol.mjs').RowsProblem['operation'], (x: any) => any>} */
const rowOperations = {
  chain: (x) => tf.relu(x.mul(1.7).sub(0.3)).mul(x).add(x),
  softmax: (x) => tf.softmax(x),
  layerNorm,
  sum: (x) => tf.sum(x),
};

/** @param {{ spec: import('../protocol.mjs').RowsProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export const rows = ({ spec, blocks }) =>
  repeated(blocks.map(upload), [spec.probes], (x) => [rowOperations[spec.operation](x)]);

/** @param {{ spec: import('../protocol.mjs').EagerProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export function eager({ spec, blocks }) {
  const [first, ...summands] = blocks.map(upload);
  return {
    /** @param {number} count */
    async run(count) {
      let values = new Float32Array();
      for (let repetition = 0; repetition < count; repetition++) {
        let sum = first;
        for (let i = 0; i < spec.length; i++) {
          const next = sum.add(summands[i % summands.length]);
          if (sum !== first) sum.dispose();
          sum = next;
          if (spec.awaited) await sum.data();
        }
        values = await sum.data();
        sum.dispose();
      }
      return [...values];
    },
  };
}
