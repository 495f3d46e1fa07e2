/**
 * jax-js on WebAssembly. Node gives it no Worker, so it runs on one thread.
 *
 * Its convolutions are channels-first; weights and images are laid out for it before the clock starts.
 */
import { jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { serveContestant, splitBlocks } from './protocol.mjs';

/** @param {import('./protocol.mjs').Block} block */
const upload = ({ data, shape }) => np.array(data).reshape(shape);

/** @param {import('./protocol.mjs').Problem} problem */
function gemm({ spec, blocks }) {
  const [a, b] = blocks.map(upload);
  return {
    /** @param {number} count */
    async run(count) {
      let values;
      for (let i = 0; i < count; i++) values = await np.matmul(a.ref, b.ref).data();
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
        let y = x.ref;
        for (let pair = 0; pair < spec.pairs; pair++) y = y.mul(a.ref).add(b.ref);
        values = await y.data();
      }
      return [...values];
    },
  };
}

/** @param {import('./protocol.mjs').Problem} problem */
function training({ spec, blocks }) {
  const { parameters, batches } = splitBlocks(spec, blocks);
  const isImage = spec.input.length === 3;
  const data = batches.map(({ images, labels }) => ({
    images: isImage ? np.transpose(upload(images), [0, 3, 1, 2]) : upload(images),
    targets: nn.oneHot(np.array([...labels.data], { dtype: np.int32 }), spec.classes),
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
      } else {
        x = np.matmul(x, weights[at++]).add(weights[at++]);
        if (layer.relu) x = nn.relu(x);
      }
    }
    return nn
      .logSoftmax(x)
      .mul(targets)
      .sum()
      .mul(-1 / spec.batch);
  };
  const { learningRate, beta1, beta2, epsilon } = spec.adam;
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

const prepared = { gemm, eager, training };
await serveContestant(async (problem) => prepared[problem.spec.kind](problem));
