/**
 * jax-js on WebAssembly. Node gives it no Worker, so it runs on one thread.
 *
 * Its convolutions are channels-first; weights and images are laid out for it before the clock starts.
 */
import { jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { probed, serveContestant, splitBlocks } from './protocol.mjs';

/** @param {import('./protocol.mjs').Block} block */
const upload = ({ data, shape }) => np.array(data).reshape(shape);

/** @param {{ spec: import('./protocol.mjs').GemmProblem, blocks: import('./protocol.mjs').Block[] }} problem */
function gemm({ spec, blocks }) {
  if (spec.dtype !== 'float32') throw new Error(`it has no ${spec.dtype}`);
  const operands = blocks.map(upload);
  const right = operands.at(-1);
  return {
    /** @param {number} count */
    async run(count) {
      let product;
      for (let i = 0; i < count; i++) {
        product?.dispose();
        product = np.matmul(operands[i % spec.inputs].ref, right.ref);
        // A product that nobody reads would not be computed.
        await product.blockUntilReady();
      }
      return probed(await product.data(), spec.probes);
    },
  };
}

/** @param {{ spec: import('./protocol.mjs').EagerProblem, blocks: import('./protocol.mjs').Block[] }} problem */
function eager({ spec, blocks }) {
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
  const isImage = spec.input.length === 3;
  const data = batches.map(({ images, labels }) => ({
    images: isImage ? np.transpose(upload(images), [0, 3, 1, 2]) : upload(images),
    targets: nn.oneHot(np.array([...labels.data], { dtype: np.int32 }), classesOf(spec)),
  }));
  const initial = parameters.map((each) => {
    const value = upload(each);
    return each.shape.length === 4 ? np.transpose(value, [3, 2, 0, 1]) : value;
  });
  /** @param {any[]} weights @param {any} images @param {any} targets */
  const lossOf = (weights, images, targets) => {
    let x = images;
    let at = 0;
    for (const layer of spec.layers) {
      if (layer.kind === 'conv') {
        x = lax.conv(x, weights[at++], [1, 1], 'VALID');
        x = nn.relu(x.add(weights[at++].reshape([1, layer.filters, 1, 1])));
      } else if (layer.kind === 'pool') {
        x = lax.reduceWindow(x, np.max, [layer.window, layer.window], [layer.window, layer.window]);
      } else if (layer.kind === 'flatten') {
        x = np.transpose(x, [0, 2, 3, 1]).reshape([spec.batch, -1]);
      } else if (layer.kind === 'dense') {
        x = np.matmul(x, weights[at++]).add(weights[at++]);
        if (layer.relu) x = nn.relu(x);
      } else throw new Error(`its program has no layer ${layer.kind}`);
    }
    return nn
      .logSoftmax(x)
      .mul(targets)
      .sum()
      .mul(-1 / spec.batch);
  };
  const { learningRate, beta1, beta2, epsilon } = spec.optimizer;
  const step = jit(
    (
      /** @type {any[]} */ weights,
      /** @type {any[]} */ m,
      /** @type {any[]} */ v,
      /** @type {any} */ rate1,
      /** @type {any} */ rate2,
      /** @type {any} */ images,
      /** @type {any} */ targets,
    ) => {
      const [loss, gradients] = valueAndGrad(lossOf)(
        weights.map((each) => each.ref),
        images,
        targets,
      );
      const nextM = m.map((each, i) => each.mul(beta1).add(gradients[i].ref.mul(1 - beta1)));
      const nextV = v.map((each, i) => each.mul(beta2).add(np.square(gradients[i]).mul(1 - beta2)));
      const next = weights.map((each, i) => {
        const mean = nextM[i].ref.mul(rate1.ref);
        const scale = np.sqrt(nextV[i].ref.mul(rate2.ref)).add(epsilon);
        return each.sub(mean.div(scale).mul(learningRate));
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
      const losses = [];
      for (let i = 0; i < count; i++) {
        const { images, targets } = data[i % data.length];
        const rate1 = np.array(1 / (1 - beta1 ** (i + 1)));
        const rate2 = np.array(1 / (1 - beta2 ** (i + 1)));
        const [weights, m, v] = state;
        const [loss, ...next] = step(weights, m, v, rate1, rate2, images.ref, targets.ref);
        state = next;
        losses.push((await loss.data())[0]);
      }
      return losses;
    },
  };
}

await serveContestant(async ({ spec, blocks }) => {
  if (spec.kind === 'gemm') return gemm({ spec, blocks });
  if (spec.kind === 'eager') return eager({ spec, blocks });
  if (spec.kind === 'training') return training({ spec, blocks });
  throw new Error(`its program has no problem ${spec.kind}`);
});
