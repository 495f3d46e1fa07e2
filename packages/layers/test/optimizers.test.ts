/** Models that train with optimizers around optimizers, and with updates over several batches. */
import { interpreter, setDevice, setSeed } from '@hadal/core';
import { adam, lookahead, lossScaleOptimizer, muon, type Optimizer, sam, sgd } from '@hadal/optimizers';
import { beforeEach, describe, expect, it } from 'vitest';
import { dense, loadModel, type Model, memoryStorage, sequential } from '../src';
import { spirals } from './helpers';

setDevice(interpreter());
beforeEach(() => setSeed(3));

const { x, y } = spirals(48);

function make(optimizer: Optimizer): Model {
  setSeed(5);
  const model = sequential([
    dense(24, { activation: 'tanh', inputShape: [2] }),
    dense(2, { activation: 'softmax' }),
  ]);
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

const makers: readonly [string, () => Optimizer][] = [
  ['lookahead', () => lookahead(adam(0.05), { syncPeriod: 4 })],
  ['SAM', () => sam(sgd(0.2, { momentum: 0.9 }))],
  ['dynamic loss scaling', () => lossScaleOptimizer(adam(0.05), { dynamicGrowthSteps: 3 })],
  ['SAM around lookahead around dynamic loss scaling', () => sam(lookahead(lossScaleOptimizer(adam(0.05))))],
  ['Muon', () => muon(0.05)],
  ['gradient accumulation', () => adam(0.1, { gradientAccumulationSteps: 2 })],
];

describe.each(makers)('with %s', (_, optimizer) => {
  it('a model learns, and figures count every sample once', async () => {
    const model = make(optimizer());
    const { history } = await model.fit(x, y, { epochs: 40, batchSize: 16, verbose: 0 });
    const first = history.loss[0] ?? 0;
    expect(first).toBeLessThan(2);
    expect(history.accuracy?.[0]).toBeLessThanOrEqual(1);
    expect(history.loss.at(-1)).toBeLessThan(first * 0.75);
  });

  it('a saved run resumes exactly', async () => {
    const settings = { batchSize: 16, verbose: 0 } as const;
    const whole = make(optimizer());
    await whole.fit(x, y, { ...settings, epochs: 4 });
    const storage = memoryStorage();
    const first = make(optimizer());
    await first.fit(x, y, { ...settings, epochs: 2 });
    await first.save(storage);
    setSeed(999);
    const second = await loadModel(storage);
    await second.fit(x, y, { ...settings, epochs: 4, resume: true });
    expect(await second.getWeights()).toEqual(await whole.getWeights());
    expect(await second.optimizer.state()).toEqual(await whole.optimizer.state());
  });
});
