/**
 * TensorFlow.js on one of its CPU backends: `node tfjs.mjs cpu 1` or `node tfjs.mjs wasm 1`, the number being that of
 * threads, which only wasm has.
 */
import { createRequire } from 'node:module';
import { probed, serveContestant, splitBlocks } from './protocol.mjs';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs');
const backend = process.argv[2] ?? 'cpu';
if (backend === 'wasm')
  require('@tensorflow/tfjs-backend-wasm').setThreadsCount(Number(process.argv[3] ?? 1));

tf.enableProdMode();

/** @param {import('./protocol.mjs').Block} block */
const upload = ({ data, shape }) => tf.tensor(data, shape);

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

/** @param {{ spec: import('./protocol.mjs').GemmProblem, blocks: import('./protocol.mjs').Block[] }} problem */
function gemm({ spec, blocks }) {
  if (spec.dtype !== 'float32') throw new Error(`it has no ${spec.dtype}`);
  const operands = blocks.map(upload);
  const right = operands.at(-1);
  return repeated(operands.slice(0, -1), [spec.probes], (left) => [tf.matMul(left, right)]);
}

/** @param {{ spec: import('./protocol.mjs').ConvProblem, blocks: import('./protocol.mjs').Block[] }} problem */
function conv({ spec, blocks }) {
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

/** @type {Record<import('./protocol.mjs').RowsProblem['operation'], (x: any) => any>} */
const rowOperations = {
  chain: (x) => tf.relu(x.mul(1.7).sub(0.3)).mul(x).add(x),
  softmax: (x) => tf.softmax(x),
  layerNorm,
  sum: (x) => tf.sum(x),
};

/** @param {{ spec: import('./protocol.mjs').RowsProblem, blocks: import('./protocol.mjs').Block[] }} problem */
const rows = ({ spec, blocks }) =>
  repeated(blocks.map(upload), [spec.probes], (x) => [rowOperations[spec.operation](x)]);

/** @param {{ spec: import('./protocol.mjs').EagerProblem, blocks: import('./protocol.mjs').Block[] }} problem */
function eager({ spec, blocks }) {
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

/**
 * The result of a network.
 *
 * @param {import('./protocol.mjs').Network} spec
 * @param {any[]} weights
 * @param {any} input
 */
function forward(spec, weights, input) {
  let x = input;
  let at = 0;
  for (const layer of spec.layers) {
    if (layer.kind === 'conv') x = tf.relu(tf.add(tf.conv2d(x, weights[at++], 1, 'valid'), weights[at++]));
    else if (layer.kind === 'pool') x = tf.maxPool(x, layer.window, layer.window, 'valid');
    else if (layer.kind === 'flatten') x = tf.reshape(x, [spec.batch, -1]);
    else if (layer.kind === 'dense') {
      x = tf.add(tf.matMul(x, weights[at++]), weights[at++]);
      if (layer.relu) x = tf.relu(x);
    } else throw new Error(`its program has no layer ${layer.kind}`);
  }
  return x;
}

/** @param {import('./protocol.mjs').Network} spec */
function classesOf({ layers }) {
  const last = layers.at(-1);
  if (last?.kind !== 'dense') throw new Error('a classifier ends with a dense layer');
  return last.units;
}

/** @param {{ spec: import('./protocol.mjs').TrainingProblem, blocks: import('./protocol.mjs').Block[] }} problem */
function training({ spec, blocks }) {
  if (spec.loss !== 'crossEntropy') throw new Error(`its program has no loss ${spec.loss}`);
  const { parameters, batches } = splitBlocks(spec, blocks);
  const data = batches.map(({ images, labels }) => ({
    images: upload(images),
    targets: tf.cast(
      tf.oneHot(tf.tensor1d(Int32Array.from(labels.data), 'int32'), classesOf(spec)),
      'float32',
    ),
  }));
  const variables = parameters.map((each) => tf.variable(upload(each)));
  const { learningRate, beta1, beta2, epsilon } = spec.optimizer;
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
          () => tf.losses.softmaxCrossEntropy(targets, forward(spec, variables, images)),
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

/** @param {{ spec: import('./protocol.mjs').InferenceProblem, blocks: import('./protocol.mjs').Block[] }} problem */
function inference({ spec, blocks }) {
  const tensors = blocks.map(upload);
  const count = blocks.length - spec.batches;
  const weights = tensors.slice(0, count);
  return {
    /** @param {number} repetitions */
    async run(repetitions) {
      let values = new Float32Array();
      for (let i = 0; i < repetitions; i++) {
        const result = tf.tidy(() => forward(spec, weights, tensors[count + (i % spec.batches)]));
        values = await result.data();
        result.dispose();
      }
      return probed(values, spec.probes);
    },
  };
}

await serveContestant(async ({ spec, blocks }) => {
  await tf.setBackend(backend);
  await tf.ready();
  if (spec.kind === 'gemm') return gemm({ spec, blocks });
  if (spec.kind === 'conv') return conv({ spec, blocks });
  if (spec.kind === 'rows') return rows({ spec, blocks });
  if (spec.kind === 'eager') return eager({ spec, blocks });
  if (spec.kind === 'training') return training({ spec, blocks });
  return inference({ spec, blocks });
});
