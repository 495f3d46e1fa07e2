/** Products and indexed operations on the native device: taken as library calls, the same bits on any number of threads. */
import {
  argsort,
  conv,
  cumSum,
  explainPlan,
  gradients,
  relu,
  type Tensor,
  tensor,
  variable,
} from '@hadal/core';
import { expect, it } from 'vitest';
import { native } from '../../src/index';
import { describeNative } from '../support/available';

describeNative('the library of the native device', () => {
  it('takes a convolution with its bias and activation as one call', async () => {
    const device = await native({ threads: 1 });
    const x = tensor(new Float32Array(2 * 8 * 8 * 3), { shape: [2, 8, 8, 3], device });
    const kernel = tensor(new Float32Array(3 * 3 * 3 * 4), { shape: [3, 3, 3, 4], device });
    const bias = tensor(new Float32Array(4), { device });
    const plan = await explainPlan(relu(conv(x, kernel, { padding: 'same' }).add(bias)));
    expect(plan).toMatch(/^ *1 {2}library {2}conv, then add max\n *temporary memory: 0 bytes/);
    await device.close();
  });

  it('trains with equal bits on one, two and three threads', async () => {
    const train = async (threads: number): Promise<number[][]> => {
      const device = await native({ threads });
      const random = (shape: number[]): Tensor => {
        const size = shape.reduce((product, extent) => product * extent, 1);
        return tensor(
          Float32Array.from({ length: size }, (_, i) => Math.sin(i * i)),
          { shape, device },
        );
      };
      const kernel = variable(random([3, 3, 16, 32]));
      const weights = variable(random([32, 10]));
      const x = random([16, 20, 20, 16]);
      const features = relu(conv(x, kernel.value, { padding: 'same' })).mean([1, 2]);
      const loss = features.matmul(weights.value).square().sum();
      const found = gradients(loss, [kernel, weights]);
      const values = await Promise.all(found.map(async (each) => [...(await each.data())]));
      await device.close();
      return values;
    };
    const one = await train(1);
    expect(one.flat().some((value) => value !== 0)).toBe(true);
    expect(await train(2)).toEqual(one);
    expect(await train(3)).toEqual(one);
  });

  it('sorts and sums along an axis', async () => {
    const device = await native();
    const x = tensor([3, 1, 2, 1], { device });
    expect([...(await argsort(x).data())]).toEqual([1, 3, 2, 0]);
    expect([...(await cumSum(x).data())]).toEqual([3, 4, 6, 7]);
    await device.close();
  });
});
