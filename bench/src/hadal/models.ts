/** Training steps and predictions of whole networks. */
import {
  compile,
  gradients,
  mean,
  sigmoidCrossEntropy,
  sparseSoftmaxCrossEntropy,
  square,
  type Tensor,
  variable,
} from '@hadal/core';
import { adam, adamW } from '@hadal/optimizers';
import {
  type Block,
  type Contestant,
  type InferenceProblem,
  probed,
  splitBlocks,
  type TrainingProblem,
} from '../../peers/protocol.mjs';
import { network } from './network';
import { required, upload, uploadIndices } from './upload';

const losses: Readonly<Record<TrainingProblem['loss'], (outputs: Tensor, targets: Tensor) => Tensor>> = {
  crossEntropy: (outputs, targets) => mean(sparseSoftmaxCrossEntropy(outputs, targets)),
  binaryCrossEntropy: (outputs, targets) => mean(sigmoidCrossEntropy(outputs, targets)),
  meanSquaredError: (outputs, targets) => mean(square(outputs.sub(targets))),
};

export async function training(spec: TrainingProblem, blocks: Block[]): Promise<Contestant> {
  const { parameters, batches } = splitBlocks(spec, blocks);
  const data = batches.map(({ images, labels }) => ({
    images: spec.integers ? uploadIndices(images) : upload(images),
    labels: spec.loss === 'crossEntropy' ? uploadIndices(labels) : upload(labels),
  }));
  const weights = parameters.map((each) => variable(upload(each)));
  const { learningRate, weightDecay, ...options } = spec.optimizer;
  const optimizer = weightDecay
    ? adamW(learningRate, { ...options, weightDecay })
    : adam(learningRate, options);
  optimizer.build(weights);
  const initialState = await optimizer.state();
  const step = compile((images: Tensor, labels: Tensor) => {
    const values = weights.map(({ value }) => value);
    const loss = losses[spec.loss](network(spec, values, images), labels);
    optimizer.apply(gradients(loss, weights));
    return loss;
  });
  return {
    async reset() {
      for (const [i, weight] of weights.entries()) weight.assign(upload(required(parameters, i)));
      optimizer.setState(initialState);
      for (const { value } of weights) await value.data();
    },
    async run(count) {
      const values: number[] = [];
      for (let i = 0; i < count; i++) {
        const { images, labels } = required(data, i % data.length);
        values.push(await (await step(images, labels)).item());
      }
      return values;
    },
  };
}

export function inference(spec: InferenceProblem, blocks: readonly Block[]): Contestant {
  const count = blocks.length - spec.batches;
  const weights = blocks.slice(0, count).map((each) => variable(upload(each), { trainable: false }));
  const batches = blocks.slice(count).map(spec.integers ? uploadIndices : upload);
  const predict = compile((x: Tensor) => {
    const values = weights.map(({ value }) => value);
    return network(spec, values, x);
  });
  return {
    async run(repetitions) {
      let values: ArrayLike<number> = [];
      for (let i = 0; i < repetitions; i++) {
        const result = await predict(required(batches, i % batches.length));
        values = await result.data();
        result.dispose();
      }
      return probed(values, spec.probes);
    },
  };
}
