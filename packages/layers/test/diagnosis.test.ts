/** Each thing that can go wrong with a training is made to go wrong, and named. */
import { interpreter, setDevice, setSeed } from '@hadal/core';
import { adam, sgd } from '@hadal/optimizers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  Constant,
  dense,
  diagnose,
  dropout,
  findBatchSize,
  type History,
  type Sequential,
  sequential,
} from '../src';
import { numbers } from './helpers';

setDevice(interpreter());
beforeEach(() => setSeed(4));

const kindsOf = async (history: History): Promise<string[]> =>
  (await diagnose(history)).map(({ kind }) => kind);
const kindsIn = async (model: Sequential, x: number[][], y: number[][]): Promise<string[]> =>
  (await diagnose(model, x, y)).map(({ kind }) => kind);

/** y = x₀ − x₁ on random points. */
function plane(samples: number, scale = 1): { readonly x: number[][]; readonly y: number[][] } {
  const next = numbers(3);
  const x = Array.from({ length: samples }, () => [scale * (next() - 0.5), scale * (next() - 0.5)]);
  return { x, y: x.map(([a, b]) => [a! - b!]) };
}

function line(rate: number): Sequential {
  const model = sequential([dense(1, { inputShape: [2] })]);
  model.compile({ optimizer: sgd(rate), loss: 'mse' });
  return model;
}

describe('of a run', () => {
  it('divergence, where the rate is far too large', async () => {
    const { x, y } = plane(32, 4);
    const history = await line(2).fit(x, y, { epochs: 4, verbose: 0 });
    expect(await kindsOf(history)).toEqual(['divergence']);
    expect(await kindsOf(await line(2).fit(x, y, { epochs: 60, verbose: 0 }))).toEqual(['divergence']);
  });

  it('slow training, where the rate is far too small', async () => {
    const { x, y } = plane(32);
    const [found] = await diagnose(await line(1e-3).fit(x, y, { epochs: 5, verbose: 0 }));
    expect(found?.kind).toBe('slowTraining');
    expect(found?.remedy).toMatch(/LearningRateFinder/);
  });

  it('underfitting, where a line is to separate quarters of the plane', async () => {
    const { x } = plane(120, 4);
    const y = x.map(([a, b]) => (a! * b! > 0 ? 1 : 0));
    const model = sequential([dense(2, { activation: 'softmax', inputShape: [2] })]);
    model.compile({ optimizer: adam(0.05), loss: 'sparseCategoricalCrossentropy' });
    expect(await kindsOf(await model.fit(x, y, { epochs: 25, verbose: 0 }))).toEqual(['underfitting']);
  });

  it('overfitting, where labels are noise', async () => {
    const next = numbers(9);
    const x = Array.from({ length: 40 }, () => [next(), next(), next(), next()]);
    const y = x.map(() => (next() < 0.5 ? 0 : 1));
    const model = sequential([
      dense(32, { activation: 'tanh', inputShape: [4] }),
      dense(2, { activation: 'softmax' }),
    ]);
    model.compile({ optimizer: adam(0.05), loss: 'sparseCategoricalCrossentropy' });
    const history = await model.fit(x, y, { epochs: 40, validationSplit: 0.4, verbose: 0 });
    expect(await kindsOf(history)).toEqual(['overfitting']);
  });

  it('nothing, where it goes well', async () => {
    const { x, y } = plane(32);
    expect(
      await kindsOf(await line(0.5).fit(x, y, { epochs: 12, validationSplit: 0.25, verbose: 0 })),
    ).toEqual([]);
  });
});

describe('of a model', () => {
  const { x, y } = plane(32);
  const deep = (activation: 'sigmoid' | 'relu', bias = 0): Sequential => {
    const hidden = Array.from({ length: 8 }, (_, index) =>
      dense(8, {
        activation,
        biasInitializer: new Constant(index === 1 ? bias : 0),
        ...(index === 0 ? { inputShape: [2] } : {}),
        ...(activation === 'relu' ? { kernelInitializer: 'heNormal' as const } : {}),
      }),
    );
    const model = sequential([...hidden, dense(1)]);
    model.compile({ optimizer: sgd(0.01), loss: 'mse' });
    return model;
  };

  it('gradients that vanish through many sigmoids', async () => {
    const [found] = await diagnose(deep('sigmoid'), x, y);
    expect(found).toMatchObject({ kind: 'vanishingGradients', where: 'dense/kernel' });
  });

  it('gradients that explode with large inputs and targets', async () => {
    const large = plane(32, 1e4);
    expect(await kindsIn(deep('relu'), large.x, large.y)).toContain('explodingGradients');
  });

  it('units that are silent for every sample', async () => {
    const found = (await diagnose(deep('relu', -50), x, y)).find(({ kind }) => kind === 'deadUnits');
    expect(found).toMatchObject({ where: 'dense_1' });
    expect(found?.message).toMatch(/8 of 8 units of dense_1/);
  });

  it('nothing, where all is well, and asks for a batch', async () => {
    const model = sequential([dense(8, { activation: 'tanh', inputShape: [2] }), dense(1)]);
    model.compile({ loss: 'mse' });
    expect(await kindsIn(model, x, y)).toEqual([]);
    await expect(Reflect.apply(diagnose, undefined, [model])).rejects.toThrow(/diagnose\(model, x, y\)/);
  });
});

describe('a batch size', () => {
  it('is the smallest that is nearly as fast as the fastest, and the model is as it was', async () => {
    const { x, y } = plane(64);
    const model = sequential([dense(4, { inputShape: [2] }), dropout(0.5), dense(1)]);
    model.compile({ optimizer: adam(0.1), loss: 'mse' });
    model.optimizer.build(model.trainableWeights);
    const before = [await model.getWeights(), await model.optimizer.state()];
    // A clock by which a step takes 4 ms and 1 ms for each 16 samples.
    let batches = 0;
    let time = 0;
    const now = (): number => {
      time += batches++ % 2 === 0 ? 0 : 4 + 2 ** Math.floor(batches / 2 - 1) / 2;
      return time;
    };
    const { tried, suggestion } = await findBatchSize(model, x, y, { from: 8, steps: 1, now });
    expect(tried.map(({ batchSize }) => batchSize)).toEqual([8, 16, 32, 64]);
    expect(suggestion).toBe(64);
    const constant = await findBatchSize(model, x, y, { steps: 2, now: () => (time += 1) });
    expect(constant.suggestion).toBe(64);
    expect([await model.getWeights(), await model.optimizer.state()]).toEqual(before);
  });

  it('needs samples and weights', async () => {
    const { x, y } = plane(4);
    await expect(findBatchSize(line(0.1), x, y)).rejects.toThrow(/4 samples are fewer than from, 8/);
    const open = sequential([dense(1)]);
    open.compile({ loss: 'mse' });
    await expect(findBatchSize(open, x, y, { from: 2 })).rejects.toThrow(/no weights yet/);
  });
});
