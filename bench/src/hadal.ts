/**
 * Hadal under measurement: written as a user would write it, and speaking the protocol of the peers.
 */
import { cpu } from '@hadal/backend-cpu';
import {
  compile,
  conv2d,
  gradients,
  matmul,
  maxPool2d,
  mean,
  setDevice,
  sparseSoftmaxCrossEntropy,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from '@hadal/core';
import { adam } from '@hadal/optimizers';
import {
  type Block,
  type Contestant,
  type EagerProblem,
  type GemmProblem,
  serveContestant,
  splitBlocks,
  type TrainingProblem,
} from '../peers/protocol.mjs';

const upload = ({ data, shape }: Block): Tensor => tensor(data, { shape });

function gemm(spec: GemmProblem, blocks: readonly Block[]): Contestant {
  const [a, b] = blocks.map(upload);
  if (!a || !b) throw new Error('The problem has no two operands.');
  const product = compile((left: Tensor, right: Tensor) => matmul(left, right));
  return {
    async run(count) {
      let values: ArrayLike<number> = [];
      for (let i = 0; i < count; i++) values = await (await product(a, b)).data();
      return spec.probes.map((at) => values[at] ?? Number.NaN);
    },
  };
}

function eager(spec: EagerProblem, blocks: readonly Block[]): Contestant {
  const [x, a, b] = blocks.map(upload);
  if (!x || !a || !b) throw new Error('The problem has no three operands.');
  return {
    async run(count) {
      let values: ArrayLike<number> = [];
      for (let i = 0; i < count * spec.chains; i++) {
        let y = x;
        for (let pair = 0; pair < spec.pairs; pair++) y = y.mul(a).add(b);
        values = await y.data();
      }
      return Array.from(values);
    },
  };
}

/** The logits of a batch; `weights` are kernel and bias of each layer that has them, in order. */
function network(spec: TrainingProblem, weights: readonly Variable[], images: Tensor): Tensor {
  const values = weights.map(({ value }) => value);
  const next = (): Tensor => {
    const value = values.shift();
    if (!value) throw new Error('The problem has too few parameters.');
    return value;
  };
  let x = images;
  for (const layer of spec.layers) {
    switch (layer.kind) {
      case 'conv':
        x = conv2d(x, next()).add(next()).relu();
        break;
      case 'pool':
        x = maxPool2d(x, layer.window);
        break;
      case 'flatten':
        x = x.reshape([spec.batch, -1]);
        break;
      case 'dense':
        x = x.matmul(next()).add(next());
        if (layer.relu) x = x.relu();
        break;
    }
  }
  return x;
}

async function training(spec: TrainingProblem, blocks: Block[]): Promise<Contestant> {
  const { parameters, batches } = splitBlocks(spec, blocks);
  const data = batches.map(({ images, labels }) => ({
    images: upload(images),
    labels: tensor(Int32Array.from(labels.data)),
  }));
  const weights = parameters.map((each) => variable(upload(each)));
  const { learningRate, ...options } = spec.adam;
  const optimizer = adam(learningRate, options);
  optimizer.build(weights);
  const initialState = await optimizer.state();
  const step = compile((images: Tensor, labels: Tensor) => {
    const loss = mean(sparseSoftmaxCrossEntropy(network(spec, weights, images), labels));
    optimizer.apply(gradients(loss, weights));
    return loss;
  });
  return {
    async reset() {
      for (const [i, weight] of weights.entries()) weight.assign(upload(parameters[i]!));
      optimizer.setState(initialState);
      for (const { value } of weights) await value.data();
    },
    async run(count) {
      const losses: number[] = [];
      for (let i = 0; i < count; i++) {
        const { images, labels } = data[i % data.length]!;
        losses.push(await (await step(images, labels)).item());
      }
      return losses;
    },
  };
}

setDevice(await cpu());
await serveContestant(async ({ spec, blocks }) => {
  switch (spec.kind) {
    case 'gemm':
      return gemm(spec, blocks);
    case 'eager':
      return eager(spec, blocks);
    case 'training':
      return training(spec, blocks);
  }
});
