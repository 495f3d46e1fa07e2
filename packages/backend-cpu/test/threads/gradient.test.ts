/** The gradient of a convolution of one channel on threads, with the sums of its bias beside it, is that of one thread. */
import { conv2d, gradients, relu, sum, type Tensor, tensor, variable } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { cpu } from '../../src/index';

const values = (count: number, scale: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * scale));

describe('the gradient of a convolution of one channel to 16', () => {
  it('is the same on 1, 2 and 3 threads, bit by bit', async () => {
    const found: number[][] = [];
    for (const threads of [1, 2, 3]) {
      const device = await cpu({ threads });
      const on = (x: Tensor): Promise<Tensor> => x.to(device);
      const images = await on(tensor(values(64 * 784, 0.37), { shape: [64, 28, 28, 1] }));
      const kernel = variable(await on(tensor(values(144, 0.91), { shape: [3, 3, 1, 16] })));
      const bias = variable(await on(tensor(values(16, 1.3))));
      const loss = sum(relu(conv2d(images, kernel.value).add(bias.value)));
      const slopes = gradients(loss, [kernel, bias]);
      const parts = await Promise.all(slopes.map(async (slope) => [...(await slope.data())]));
      found.push(parts.flat().map(Number));
    }
    expect(found[1]).toStrictEqual(found[0]);
    expect(found[2]).toStrictEqual(found[0]);
  });
});
