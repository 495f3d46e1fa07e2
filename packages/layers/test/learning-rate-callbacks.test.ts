/** Callbacks that change the learning rate, and the one that looks for it. */
import { interpreter, setDevice, setSeed } from '@hadal/core';
import { adam, exponentialDecay, sgd } from '@hadal/optimizers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  Callback,
  dense,
  LearningRateFinder,
  LearningRateScheduler,
  type Logs,
  loadModel,
  memoryStorage,
  ReduceLROnPlateau,
  type Sequential,
  sequential,
} from '../src';
import { classifier, spirals } from './helpers';

setDevice(interpreter());
beforeEach(() => setSeed(2));

const { x, y } = spirals(20);

/** Puts figures into the logs, one for each epoch. */
class Script extends Callback {
  constructor(readonly scores: readonly number[]) {
    super();
  }
  override epochFigures(epoch: number) {
    return { score: this.scores[epoch] ?? Number.NaN };
  }
}

/** Remembers the rate that was logged for each epoch. */
class Rates extends Callback {
  readonly rates: (number | undefined)[] = [];
  override onEpochEnd(_epoch: number, logs: Logs): void {
    this.rates.push(logs.learning_rate);
  }
}

function line(learningRate: number): Sequential {
  const model = sequential([dense(1, { inputShape: [1] })]);
  model.compile({ optimizer: sgd(learningRate), loss: 'mse' });
  return model;
}

const ratesWith = async (scores: readonly number[], plateau: ReduceLROnPlateau): Promise<number[]> => {
  const rates = new Rates();
  const callbacks = [new Script(scores), plateau, rates];
  await line(1).fit([[1]], [[1]], { epochs: scores.length, verbose: 0, callbacks });
  return rates.rates.map((rate) => rate ?? Number.NaN);
};

describe('reducing the rate on a plateau', () => {
  const options = { monitor: 'score', mode: 'min', factor: 0.5, patience: 2 } as const;

  it('multiplies it once nothing has improved for patience epochs, and counts anew', async () => {
    const rates = await ratesWith([3, 2, 2, 2, 2, 2, 1, 1, 1], new ReduceLROnPlateau(options));
    expect(rates).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25]);
  });

  it('counts nothing while it cools down', async () => {
    const rates = await ratesWith([2, 2, 2, 2, 2, 2, 2], new ReduceLROnPlateau({ ...options, cooldown: 2 }));
    expect(rates).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25]);
  });

  it('takes changes of less than minDelta for none, and stops at minLr', async () => {
    const plateau = new ReduceLROnPlateau({ ...options, patience: 1, minDelta: 0.1, minLr: 0.4 });
    expect(await ratesWith([2, 1.95, 1.94, 1.93], plateau)).toEqual([1, 1, 0.5, 0.4]);
  });

  it('continues where a checkpoint left it', async () => {
    const scores = [2, 2, 2, 2, 2, 2, 2];
    const whole = await ratesWith(scores, new ReduceLROnPlateau({ ...options, patience: 3 }));
    const rates = new Rates();
    const callbacks = () => [new Script(scores), new ReduceLROnPlateau({ ...options, patience: 3 }), rates];
    const storage = memoryStorage();
    const first = line(1);
    await first.fit([[1]], [[1]], { epochs: 2, verbose: 0, callbacks: callbacks() });
    await first.save(storage);
    const second = await loadModel(storage);
    await second.fit([[1]], [[1]], { epochs: 7, resume: true, verbose: 0, callbacks: callbacks() });
    expect(rates.rates).toEqual(whole);
  });

  it('says what is wrong with its options, and with a schedule', async () => {
    expect(() => new ReduceLROnPlateau({ factor: 1 })).toThrow(/factor is 1; expected a number in \(0, 1\)/);
    const model = line(1);
    model.compile({ optimizer: sgd(exponentialDecay(1, 10, 0.5)), loss: 'mse' });
    const plateau = new ReduceLROnPlateau({ monitor: 'loss', minDelta: 100, patience: 1 });
    await expect(model.fit([[1]], [[1]], { epochs: 3, verbose: 0, callbacks: [plateau] })).rejects.toThrow(
      /follows the schedule ExponentialDecay/,
    );
  });
});

describe('a schedule by epochs', () => {
  it('gives each epoch its rate, from the one before, and logs it', async () => {
    const scheduler = new LearningRateScheduler((epoch, rate) => (epoch === 0 ? rate : rate / 2));
    const model = line(1);
    const { history } = await model.fit([[1]], [[1]], { epochs: 3, verbose: 0, callbacks: [scheduler] });
    expect(history.learning_rate).toEqual([1, 0.5, 0.25]);
    expect(model.optimizer.learningRate).toBe(0.25);
  });

  it('refuses rates that are none', async () => {
    const callbacks = [new LearningRateScheduler(() => Number.NaN)];
    await expect(line(1).fit([[1]], [[1]], { verbose: 0, callbacks })).rejects.toThrow(/learningRate is NaN/);
  });
});

describe('looking for a learning rate', () => {
  it('tries rates in equal proportion, suggests one that learns, and puts everything back', async () => {
    const model = classifier();
    model.compile({ optimizer: adam(0.123), loss: 'sparseCategoricalCrossentropy' });
    model.optimizer.build(model.trainableWeights);
    const weights = await model.getWeights();
    const state = await model.optimizer.state();
    const finder = new LearningRateFinder({ minLr: 1e-5, maxLr: 10, steps: 40 });
    await model.fit(x, y, { epochs: 50, batchSize: 10, verbose: 0, callbacks: [finder] });
    const rates = finder.tried.map(({ learningRate }) => learningRate);
    expect(rates.length).toBeGreaterThan(20);
    expect(rates[0]).toBe(1e-5);
    for (const [index, rate] of rates.slice(1).entries()) {
      expect(rate / (rates[index] ?? 0)).toBeCloseTo(10 ** (6 / 39), 6);
    }
    expect(finder.suggestion).toBeGreaterThan(1e-4);
    expect(finder.suggestion).toBeLessThan(1);
    expect(await model.getWeights()).toEqual(weights);
    expect(await model.optimizer.state()).toEqual(state);
    expect(model.optimizer.learningRate).toBeCloseTo(0.123, 6);
  });

  it.each([1, 2, 3])('is not led by the chances of the first batches (seed %i)', async (seed) => {
    setSeed(seed);
    const model = classifier();
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    const finder = new LearningRateFinder();
    await model.fit(x, y, { epochs: 100, batchSize: 5, verbose: 0, callbacks: [finder] });
    expect(finder.suggestion).toBeGreaterThan(1e-3);
    expect(finder.suggestion).toBeLessThan(1);
  });

  it('ends when the loss diverges', async () => {
    const model = line(1);
    const finder = new LearningRateFinder({ minLr: 0.01, maxLr: 1000, steps: 50 });
    await model.fit([[3], [1]], [[1], [5]], { epochs: 100, batchSize: 2, verbose: 0, callbacks: [finder] });
    expect(finder.tried.length).toBeLessThan(49);
    expect(finder.tried.length).toBeGreaterThan(5);
  });
});
