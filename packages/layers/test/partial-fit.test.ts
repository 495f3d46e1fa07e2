/** Learning from a stream, part by part. */
import { ArgumentError, interpreter, setDevice, setSeed } from '@hadal/core';
import { exponentialDecay, sgd } from '@hadal/optimizers';
import { beforeEach, describe, expect, it } from 'vitest';
import { dense, type Sequential, sequential } from '../src';
import { spirals } from './helpers';

setDevice(interpreter());
beforeEach(() => setSeed(5));

const network = (): Sequential => {
  const model = sequential([
    dense(8, { activation: 'tanh', inputShape: [2] }),
    dense(2, { activation: 'softmax' }),
  ]);
  model.compile({
    optimizer: sgd(exponentialDecay(0.5, 4, 0.5), { momentum: 0.9 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
};

/** Parts of 24 samples, as they arrive. */
const parts = [1, 2, 3].map((seed) => spirals(24, seed));
const weightsOf = async (model: Sequential) => (await model.getWeights()).map(({ data }) => [...data]);

describe('partialFit', () => {
  it('makes the updates of its batches in the order of arrival, optimizer and schedule going on', async () => {
    const parted = network();
    const single = network();
    single.setWeights(await parted.getWeights());
    for (const { x, y } of parts) {
      await parted.partialFit(x, y, { batchSize: 8 });
      for (let from = 0; from < 24; from += 8) {
        await single.trainOnBatch(
          { ...x, data: x.data.slice(2 * from, 2 * (from + 8)), shape: [8, 2] },
          { ...y, data: y.data.slice(from, from + 8), shape: [8] },
        );
      }
    }
    expect(await weightsOf(parted)).toEqual(await weightsOf(single));
  });

  it('judges a part before it learns from it, and each part alone', async () => {
    const model = network();
    for (const { x, y } of parts) {
      const before = await model.evaluate(x, y, { batchSize: 24, verbose: 0 });
      const { loss, accuracy } = await model.partialFit(x, y, { batchSize: 24 });
      expect(loss).toBeCloseTo(before.loss ?? Number.NaN, 5);
      expect(accuracy).toBe(before.accuracy);
    }
  });

  it('weighs samples and classes', async () => {
    const [weighted, left] = [network(), network()];
    left.setWeights(await weighted.getWeights());
    const before = await weightsOf(left);
    const { x, y } = parts[0]!;
    await left.partialFit(x, y, { sampleWeight: new Float32Array(24) });
    expect(await weightsOf(left)).toEqual(before);
    await weighted.partialFit(x, y, { classWeight: { 1: 0 }, batchSize: 24 });
    expect(await weightsOf(weighted)).not.toEqual(before);
  });

  it('says by its name that something is missing', async () => {
    const model = sequential([dense(1, { inputShape: [2] })]);
    await expect(model.partialFit([[1, 2]], [[1]])).rejects.toThrow(/^partialFit: the model is not compiled/);
    await expect(network().partialFit([[1, 2]] as never)).rejects.toThrow(ArgumentError);
  });
});
