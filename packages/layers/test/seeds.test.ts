/** Weights that are drawn from a seed: the same for the same code, whatever else is drawn. */
import { interpreter, randomUniform, setDevice, setSeed } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { dense, dropout, gru, input, type Model, model, RandomNormal, sequential, withSeed } from '../src';

setDevice(interpreter());

const network = (): Model => {
  const sequence = input([5, 3]);
  const features = gru(4).apply(sequence);
  return model({
    inputs: sequence,
    outputs: dense(2, { kernelInitializer: 'heNormal' }).apply(dropout(0.5).apply(features)),
  });
};

const weightsOf = async (made: Model): Promise<number[][]> =>
  (await made.getWeights()).map(({ data }) => Array.from(data, Number));

describe('a network that is built with a seed', () => {
  it('has the same weights every time, and others with another seed', async () => {
    const first = await weightsOf(withSeed(7, network));
    await randomUniform([9]).data();
    expect(await weightsOf(withSeed(7, network))).toEqual(first);
    expect(await weightsOf(withSeed(8, network))).not.toEqual(first);
  });

  it('has different weights in layers that are alike', async () => {
    const [first, , second] = await weightsOf(
      withSeed(7, () => sequential([dense(3, { inputShape: [3] }), dense(3)])),
    );
    expect(second).not.toEqual(first);
  });

  it('leaves what is drawn elsewhere as it was', async () => {
    setSeed(1);
    const before = await randomUniform([4]).data();
    setSeed(1);
    withSeed(7, network);
    expect(await randomUniform([4]).data()).toEqual(before);
  });

  it('leaves initializers alone that have a seed of their own', async () => {
    const seeded = (): Model =>
      sequential([dense(3, { inputShape: [3], kernelInitializer: new RandomNormal({ seed: 5 }) })]);
    expect(await weightsOf(withSeed(1, seeded))).toEqual(await weightsOf(withSeed(2, seeded)));
  });

  it('has the same weights also where the shape of the input is known later', async () => {
    const open = (): Model => sequential([dense(3), dense(1)]);
    const x = [
      [1, 2],
      [3, 4],
    ];
    const [predicting, training, building] = [withSeed(3, open), withSeed(3, open), withSeed(3, open)];
    await predicting.predict(x);
    training.compile({ optimizer: 'sgd', loss: 'mse' });
    await training.evaluate(x, [1, 2], { verbose: 0 });
    building.build([null, 2]);
    const first = await weightsOf(predicting);
    expect(first.map(({ length }) => length)).toEqual([6, 3, 3, 1]);
    expect(await weightsOf(training)).toEqual(first);
    expect(await weightsOf(building)).toEqual(first);
    expect(await weightsOf(withSeed(3, () => sequential([dense(3, { inputShape: [2] }), dense(1)])))).toEqual(
      first,
    );
  });
});
