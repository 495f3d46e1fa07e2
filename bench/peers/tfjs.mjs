/**
 * TensorFlow.js on one of its CPU backends: `node tfjs.mjs cpu` or `node tfjs.mjs wasm`, one thread.
 */
import { createRequire } from 'node:module';
import { serveContestant, splitBlocks } from './protocol.mjs';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs');
const backend = process.argv[2] ?? 'cpu';
if (backend === 'wasm') require('@tensorflow/tfjs-backend-wasm').setThreadsCount(1);

tf.enableProdMode();

/** @param {import('./protocol.mjs').Block} block */
const upload = ({ data, shape }) => tf.tensor(data, shape);

/** @param {import('./protocol.mjs').Problem} problem */
function gemm({ spec, blocks }) {
  const [a, b] = blocks.map(upload);
  return {
    /** @param {number} count */
    async run(count) {
      let values;
      for (let i = 0; i < count; i++) {
        const product = tf.matMul(a, b);
        values = await product.data();
        product.dispose();
      }
      return spec.probes.map((/** @type {number} */ at) => values[at]);
    },
  };
}

/** @param {import('./protocol.mjs').Problem} problem */
function eager({ spec, blocks }) {
  const [x, a, b] = blocks.map(upload);
  return {
    /** @param {number} count */
    async run(count) {
      let values = new Float32Array();
      for (let i = 0; i < count * spec.chains; i++) {
        const result = tf.tidy(() => {
          let y = x;
          for (let pair = 0; pair < spec.pairs; pair++) y = y.mul(a).add(b);
          return y;
        });
        values = await result.data();
        result.dispose();
      }
      return [...values];
    },
  };
}

/** @param {import('./protocol.mjs').Problem} problem */
function training({ spec, blocks }) {
  const { parameters, batches } = splitBlocks(spec, blocks);
  const data = batches.map(({ images, labels }) => ({
    images: upload(images),
    targets: tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(labels.data), 'int32'), spec.classes), 'float32'),
  }));
  /** @param {any} images @param {any[]} weights */
  const forward = (images, weights) => {
    let x = images;
    let at = 0;
    for (const layer of spec.layers) {
      if (layer.kind === 'conv') x = tf.relu(tf.add(tf.conv2d(x, weights[at++], 1, 'valid'), weights[at++]));
      else if (layer.kind === 'pool') x = tf.maxPool(x, layer.window, layer.window, 'valid');
      else if (layer.kind === 'flatten') x = tf.reshape(x, [spec.batch, -1]);
      else {
        x = tf.add(tf.matMul(x, weights[at++]), weights[at++]);
        if (layer.relu) x = tf.relu(x);
      }
    }
    return x;
  };
  const variables = parameters.map((each) => tf.variable(upload(each)));
  const { learningRate, beta1, beta2, epsilon } = spec.adam;
  /** @type {any} */
  let optimizer;
  return {
    async reset() {
      tf.tidy(() => {
        for (const [i, variable] of variables.entries()) variable.assign(upload(parameters[i]));
      });
      optimizer?.dispose();
      optimizer = tf.train.adam(learningRate, beta1, beta2, epsilon);
    },
    /** @param {number} count */
    async run(count) {
      const losses = [];
      for (let step = 0; step < count; step++) {
        const { images, targets } = data[step % data.length];
        const loss = optimizer.minimize(
          () => tf.losses.softmaxCrossEntropy(targets, forward(images, variables)),
          true,
          variables,
        );
        losses.push((await loss.data())[0]);
        loss.dispose();
      }
      return losses;
    },
  };
}

await serveContestant(async (problem) => {
  await tf.setBackend(backend);
  await tf.ready();
  return { gemm, eager, training }[problem.spec.kind](problem);
});
