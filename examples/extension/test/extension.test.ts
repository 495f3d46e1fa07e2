/** The extensions learn, and are saved and loaded like what is built in. */
import { cpu } from '@hadal/backend-cpu';
import { setDevice, tensor } from '@hadal/core';
import { loadModel, memoryStorage, sequential } from '@hadal/layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { forecast } from '../src/forecast';
import { Coverage, maxout, Pinball } from '../src/index';

beforeAll(async () => setDevice(await cpu()));

describe('a package of extensions', () => {
  it('trains far below constant quantiles, and continues from its file exactly', async () => {
    const { loss, baseline, difference, resumedDifference } = await forecast();
    expect(loss).toBeLessThan(0.5 * baseline);
    expect([difference, resumedDifference]).toStrictEqual([0, 0]);
  });

  it('has a loss and a metric of the values their definitions give', async () => {
    expect(await new Pinball([0.1, 0.9]).apply(tensor([[1]]), tensor([[0, 0]])).item()).toBeCloseTo(0.5, 6);
    const coverage = new Coverage();
    coverage.updateState(tensor([[1], [2], [3], [4]]), tensor([0, 0, 4, 0].map((low) => [low, 3.5])));
    expect(await coverage.value()).toBe(0.5);
  });

  it('is known only where it is listed', async () => {
    const model = sequential([maxout(3, { inputShape: [2] })]);
    const storage = memoryStorage();
    await model.save(storage);
    await expect(loadModel(storage)).rejects.toThrow(/Maxout/);
  });
});
