/** Training steps and predictions of whole networks. */
import { jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { probed, splitBlocks } from '../protocol.mjs';
import { upload, uploadExamples, uploadIndices, uploadParameter } from './engine.mjs';
import { forward } from './network.mjs';

/** @param {import('../protocol.mjs').Network} spec */
function classesOf({ layers }) {
  const last = layers.at(-1);
  if (last?.kind !== 'dense') throw new Error('a classifier ends with a dense layer');
  return last.units;
}

/** @type {Record<import('../protocol.mjs').TrainingProblem['loss'], (outputs: any, targets: any) => any>} */
const losses = {
  crossEntropy(outputs, targets) {
    const rows = outputs.shape
      .slice(0, -1)
      .reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    return nn
      .logSoftmax(outputs)
      .mul(targets)
      .sum()
      .mul(-1 / rows);
  },
  // log(1 + e^x) - x · target, without overflow: max(x, 0) - x · target + log(1 + e^-|x|)
  binaryCrossEntropy(outputs, targets) {
    const tail = np.log1p(np.exp(np.abs(outputs.ref).mul(-1)));
    return np.mean(nn.relu(outputs.ref).sub(outputs.mul(targets)).add(tail));
  },
  meanSquaredError: (outputs, targets) => np.mean(np.square(outputs.sub(targets))),
};

/** @param {{ spec: import('../protocol.mjs').TrainingProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export function training({ spec, blocks }) {
  const { parameters, batches } = splitBlocks(spec, blocks);
  const data = batches.map(({ images, labels }) => ({
    inputs: uploadExamples(spec, images),
    targets:
      spec.loss === 'crossEntropy' ? nn.oneHot(uploadIndices(labels), classesOf(spec)) : upload(labels),
  }));
  const initial = parameters.map(uploadParameter);
  /** @param {any[]} weights @param {any} inputs @param {any} targets */
  const lossOf = (weights, inputs, targets) =>
    losses[spec.loss](forward(spec, weights, inputs, true), targets);
  const { learningRate, beta1, beta2, epsilon, weightDecay } = spec.optimizer;
  const step = jit(
    (
      /** @type {any[]} */ weights,
      /** @type {any[]} */ m,
      /** @type {any[]} */ v,
      /** @type {any} */ rate1,
      /** @type {any} */ rate2,
      /** @type {any} */ inputs,
      /** @type {any} */ targets,
    ) => {
      const [loss, gradients] = valueAndGrad(lossOf)(
        weights.map((each) => each.ref),
        inputs,
        targets,
      );
      const nextM = m.map((each, i) => each.mul(beta1).add(gradients[i].ref.mul(1 - beta1)));
      const nextV = v.map((each, i) => each.mul(beta2).add(np.square(gradients[i]).mul(1 - beta2)));
      const next = weights.map((each, i) => {
        const mean = nextM[i].ref.mul(rate1.ref);
        const scale = np.sqrt(nextV[i].ref.mul(rate2.ref)).add(epsilon);
        const kept = weightDecay ? each.mul(1 - learningRate * weightDecay) : each;
        return kept.sub(mean.div(scale).mul(learningRate));
      });
      rate1.dispose();
      rate2.dispose();
      return [loss, next, nextM, nextV];
    },
  );
  /** Weights and the two moments of Adam. @type {any[][]} */
  let state = [];
  return {
    async reset() {
      tree.dispose(state);
      const zeros = () => initial.map((each) => np.zeros(each.shape));
      state = [tree.ref(initial), zeros(), zeros()];
    },
    /** @param {number} count */
    async run(count) {
      const values = [];
      for (let i = 0; i < count; i++) {
        const { inputs, targets } = data[i % data.length];
        const rate1 = np.array(1 / (1 - beta1 ** (i + 1)));
        const rate2 = np.array(1 / (1 - beta2 ** (i + 1)));
        const [weights, m, v] = state;
        const [loss, ...next] = step(weights, m, v, rate1, rate2, inputs.ref, targets.ref);
        state = next;
        values.push((await loss.data())[0]);
      }
      return values;
    },
  };
}

/** @param {{ spec: import('../protocol.mjs').InferenceProblem, blocks: import('../protocol.mjs').Block[] }} problem */
export function inference({ spec, blocks }) {
  const count = blocks.length - spec.batches;
  const weights = blocks.slice(0, count).map(uploadParameter);
  const batches = blocks.slice(count).map((block) => uploadExamples(spec, block));
  const predict = jit((/** @type {any[]} */ values, /** @type {any} */ x) => forward(spec, values, x, false));
  return {
    /** @param {number} repetitions */
    async run(repetitions) {
      let values = new Float32Array();
      for (let i = 0; i < repetitions; i++)
        values = await predict(tree.ref(weights), batches[i % batches.length].ref).data();
      return probed(values, spec.probes);
    },
  };
}
