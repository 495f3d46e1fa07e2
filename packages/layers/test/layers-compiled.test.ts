/** Layers with state of their own in compiled training: what a device computes is what the interpreter computes. */
import { cpu } from '@hadal/backend-cpu';
import { type Device, interpreter, setDevice, setSeed, type Tensor, tensor } from '@hadal/core';
import { sgd } from '@hadal/optimizers';
import { describe, expect, it } from 'vitest';
import {
  batchNormalization,
  conv1d,
  dense,
  embedding,
  globalAveragePooling1d,
  groupNormalization,
  type Sequential,
  sequential,
  spatialDropout1d,
  spectralNormalization,
} from '../src';

const numbers = (): Tensor =>
  tensor(
    Int32Array.from({ length: 48 }, (_, i) => (i * i * 7 + 3 * i) % 9),
    { shape: [12, 4] },
  );
const targets = Array.from({ length: 12 }, (_, i) => [Math.sin(i)]);

const make = (): Sequential =>
  sequential([
    embedding(9, 4, { maskZero: true, inputShape: [4] }),
    batchNormalization({ momentum: 0.5 }),
    conv1d(6, 2, { padding: 'causal', activation: 'relu' }),
    groupNormalization({ groups: 2 }),
    spatialDropout1d(0.2, { seed: 4 }),
    globalAveragePooling1d(),
    spectralNormalization(dense(5, { activation: 'tanh', kernelConstraint: 'maxNorm' })),
    dense(1),
  ]);

async function train(device: Device): Promise<{ readonly losses: number[]; readonly weights: number[][] }> {
  setDevice(device);
  setSeed(21);
  const model = make();
  model.compile({ optimizer: sgd(0.1), loss: 'mse' });
  const { history } = await model.fit(numbers(), targets, {
    epochs: 12,
    batchSize: 6,
    shuffle: false,
    verbose: 0,
  });
  const weights = (await model.getWeights()).map(({ data }) => Array.from(data, Number));
  return { losses: [...(history.loss ?? [])], weights };
}

describe('layers with state', () => {
  it('train on a device as on the interpreter, and the loss falls', async () => {
    const expected = await train(interpreter());
    const actual = await train(await cpu());
    setDevice(interpreter());
    expect(expected.losses.at(-1)!).toBeLessThan(expected.losses[0]!);
    for (const [index, loss] of expected.losses.entries()) expect(actual.losses[index]).toBeCloseTo(loss, 4);
    for (const [index, weight] of expected.weights.entries()) {
      for (const [at, value] of weight.entries()) expect(actual.weights[index]![at]).toBeCloseTo(value, 3);
    }
  });
});
