/** Training steps and predictions of whole networks. */
import { probed, splitBlocks } from '../protocol.mjs';
import { tf, upload, uploadIndices } from './engine.mjs';
import { forward } from './network.mjs';

/** @param {import('../protocol.mjs').Network} spec */
function classesOf({ layers }) {
  const last = layers.at(-1);
  if (last?.kind !== 'dense') throw new Error('a classifier ends with a dense layer');
  return last.units;
}

/** @param {any} classes @param {number} count one-hot rows of all of them */
const hot = (classes, count) => tf.cast(tf.oneHot(tf.reshape(classes, [-1]), count), 'float32');

/** @type {Record<import('../protocol.mjs').TrainingProblem['loss'], (outputs: any, targets: any) => any>} */
const losses = {
  crossEntropy: (outputs, targets) =>
    tf.losses.softmaxCrossEntropy(targets, tf.reshape(outputs, [-1, outputs.shape.at(-1)])),
  binaryCrossEntropy: (outputs, targets) => tf.losses.sigmoidCrossEntropy(targets, outputs),
  meanSquaredError: (outputs, targets) => tf.losses.meanSquaredError(targets, outputs),
};

/** @param {{ spec: import('../protocol.mjs').TrainingProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export function training({ spec, blocks }) {
  const { parameters, batches } = splitBlocks(spec, blocks);
  const data = batches.map(({ images, labels }) => ({
    inputs: spec.integers ? uploadIndices(images) : upload(images),
    targets: spec.loss === 'crossEntropy' ? hot(uploadIndices(labels), classesOf(spec)) : upload(labels),
  }));
  const variables = parameters.map((each) => tf.variable(upload(each)));
  const { learningRate, beta1, beta2, epsilon, weightDecay } = spec.optimizer;
  /** @type {any} */
  let optimizer;
  /** Its Adam has no weight decay: that of AdamW is a factor for what the update starts from. */
  const decay = () => {
    if (weightDecay)
      for (const variable of variables) variable.assign(variable.mul(1 - learningRate * weightDecay));
  };
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
      const values = [];
      for (let step = 0; step < count; step++) {
        const { inputs, targets } = data[step % data.length];
        const loss = tf.tidy(() => {
          const { value, grads } = tf.variableGrads(
            () => losses[spec.loss](forward(spec, variables, inputs, true), targets),
            variables,
          );
          decay();
          optimizer.applyGradients(grads);
          return value;
        });
        values.push((await loss.data())[0]);
        loss.dispose();
      }
      return values;
    },
  };
}

/** @param {{ spec: import('../protocol.mjs').InferenceProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export function inference({ spec, blocks }) {
  const count = blocks.length - spec.batches;
  const weights = blocks.slice(0, count).map(upload);
  const batches = blocks.slice(count).map(spec.integers ? uploadIndices : upload);
  return {
    /** @param {number} repetitions */
    async run(repetitions) {
      let values = new Float32Array();
      for (let i = 0; i < repetitions; i++) {
        const result = tf.tidy(() => forward(spec, weights, batches[i % batches.length], false));
        values = await result.data();
        result.dispose();
      }
      return probed(values, spec.probes);
    },
  };
}
