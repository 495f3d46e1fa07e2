/** Layers that draw random numbers: what they do in training, in distribution. */
import { interpreter, ones, setDevice, setSeed, type Tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import {
  alphaDropout,
  dropout,
  gaussianDropout,
  gaussianNoise,
  type Layer,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  stochasticDepth,
} from '../src';
import { collectingContext } from '../src/layer/context';

setDevice(interpreter());

const train = (layer: Layer, x: Tensor): Tensor => layer.apply(x, collectingContext(true));

async function moments(x: Tensor): Promise<{ readonly mean: number; readonly variance: number }> {
  const values = Array.from(await x.data(), Number);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

describe('in training', () => {
  it.each([
    ['dropout', dropout(0.25, { seed: 1 }), 1, 0.25 / 0.75],
    ['gaussianDropout', gaussianDropout(0.25, { seed: 1 }), 1, 0.25 / 0.75],
    ['gaussianNoise', gaussianNoise(0.5, { seed: 1 }), 1, 0.25],
  ] as const)('%s keeps the mean and has the variance of its rate', async (_name, layer, mean, variance) => {
    const found = await moments(train(layer, ones([100, 100])));
    expect(found.mean).toBeCloseTo(mean, 1);
    expect(found.variance).toBeCloseTo(variance, 1);
  });

  it('alphaDropout keeps mean 0 and variance 1', async () => {
    setSeed(5);
    const { randomNormal } = await import('@hadal/core');
    const found = await moments(train(alphaDropout(0.2, { seed: 2 }), randomNormal([100, 100])));
    expect(found.mean).toBeCloseTo(0, 1);
    expect(found.variance).toBeCloseTo(1, 1);
  });

  it.each([
    ['spatialDropout1d', spatialDropout1d(0.5, { seed: 3 }), [4, 5, 6], [4, 1, 6]],
    ['spatialDropout2d', spatialDropout2d(0.5, { seed: 3 }), [3, 2, 2, 6], [3, 1, 1, 6]],
    [
      'spatialDropout2d with channels first',
      spatialDropout2d(0.5, { seed: 3, dataFormat: 'channelsFirst' }),
      [3, 6, 2, 2],
      [3, 6, 1, 1],
    ],
    ['spatialDropout3d', spatialDropout3d(0.5, { seed: 3 }), [2, 2, 2, 2, 6], [2, 1, 1, 1, 6]],
    ['stochasticDepth', stochasticDepth(0.5, { seed: 3 }), [16, 3, 2], [16, 1, 1]],
    [
      'dropout with a noise shape',
      dropout(0.5, { seed: 3, noiseShape: [null, 1, null] }),
      [4, 5, 6],
      [4, 1, 6],
    ],
  ] as const)('%s drops together what belongs together', async (_name, layer, shape, decided) => {
    const y = await train(layer, ones(shape)).realize();
    const decisions = y.slice(0, [...decided]);
    expect(await y.sub(decisions).abs().sum().item()).toBe(0);
    const values = new Set(Array.from(await decisions.data(), Number));
    expect(values).toEqual(new Set([0, 2]));
  });

  it('a rate of 1 leaves nothing and a rate of 0 everything', async () => {
    expect(
      await train(spatialDropout1d(1), ones([2, 2, 2]))
        .sum()
        .item(),
    ).toBe(0);
    expect(
      await train(stochasticDepth(0), ones([2, 2]))
        .sum()
        .item(),
    ).toBe(4);
  });

  it('a noise shape that does not fit is named', () => {
    expect(() => train(dropout(0.5, { noiseShape: [null, 2] }), ones([3, 4]))).toThrow(
      /noiseShape \[null,2\]/,
    );
  });
});
