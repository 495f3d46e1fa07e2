/** Layers of sequences in compiled training: the CPU backend computes what the interpreter computes. */
import { cpu } from '@hadal/backend-cpu';
import { type Device, interpreter, setDevice, setSeed } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import {
  bidirectional,
  convLSTM1d,
  dense,
  flatten,
  gru,
  type Layer,
  lstm,
  lstmCell,
  multiHeadAttention,
  reshape,
  rnn,
  sequential,
  simpleRNN,
  transformerEncoder,
} from '../src';
import { expectClose } from './golden';

const networks: Readonly<Record<string, () => Layer[]>> = {
  'an LSTM and a GRU': () => [lstm(3, { inputShape: [5, 2], returnSequences: true }), gru(3)],
  'a simple network': () => [simpleRNN(3, { inputShape: [5, 2] })],
  'stacked cells in both directions': () => [
    bidirectional(rnn([lstmCell(2), lstmCell(3)]), { inputShape: [5, 2] }),
  ],
  'an LSTM with another activation': () => [lstm(3, { inputShape: [5, 2], activation: 'relu' })],
  'a convolutional LSTM': () => [
    reshape([5, 2, 1], { inputShape: [5, 2] }),
    convLSTM1d(2, 2, { padding: 'same' }),
    flatten(),
  ],
  'attention and a Transformer': () => [
    dense(4, { inputShape: [5, 2] }),
    multiHeadAttention(2, 3, { useCausalMask: true }),
    transformerEncoder(6, 2, { normalizeFirst: true }),
    flatten(),
  ],
};

const x = Array.from({ length: 6 }, (_, i) =>
  Array.from({ length: 5 }, (_, step) => [Math.sin(i + step), Math.cos(i * step)]),
);
const y = x.map((steps) => [steps[0]![0]! > steps[4]![1]! ? 1 : 0]);

async function trained(device: Device, layers: readonly Layer[]): Promise<readonly number[]> {
  setDevice(device);
  setSeed(5);
  const model = sequential([...layers, dense(1)]);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  await model.fit(x, y, { epochs: 3, batchSize: 3, shuffle: false, verbose: 0 });
  return [...(await (await model.predict(x)).data())];
}

describe('compiled training of layers of sequences', () => {
  it.each(Object.entries(networks))('%s', async (_name, make) => {
    const expected = await trained(interpreter(), make());
    const device = await cpu();
    expectClose(await trained(device, make()), expected, 1e-5);
    expect(expected.every(Number.isFinite)).toBe(true);
  });
});
