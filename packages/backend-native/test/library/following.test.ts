/** What a product or a convolution takes along, and when a pool is a call of its own: counted, and against the interpreter. */
import {
  batchNormalization,
  conv2d,
  type Device,
  explainPlan,
  gelu,
  gradients,
  interpreter,
  matmul,
  maxPool,
  relu,
  silu,
  sum,
  type Tensor,
} from '@hadal/core';
import { requireClose, toleranceOf, wave } from '@hadal/testkit';
import { beforeAll, expect, it } from 'vitest';
import { native } from '../../src/index';
import { describeNative } from '../support/available';

type Build = (device: Device) => readonly Tensor[];

const product = (device: Device): Tensor => matmul(wave([30, 20], device, 0), wave([20, 40], device, 1));
const convolution = (device: Device, images: number): Tensor =>
  conv2d(wave([images, 8, 8, 5], device, 0), wave([3, 3, 5, 40], device, 1), { padding: 'same' });
const normalized = (x: Tensor, device: Device): Tensor =>
  batchNormalization(x, wave([40], device, 2), wave([40], device, 3).square(), {
    scale: wave([40], device, 4),
    offset: wave([40], device, 5),
  });

const ALONE: readonly (readonly [string, Build])[] = [
  ['a product with GELU', (device) => [gelu(product(device))]],
  ['a product with its tanh approximation', (device) => [gelu(product(device), { approximate: true })]],
  ['a product with SiLU', (device) => [silu(product(device).add(wave([40], device, 2)))]],
  ['a product with a polynomial', (device) => [((y) => y.mul(y).add(y).mul(y))(product(device))]],
  ['a pool without padding', (device) => [maxPool(wave([3, 9, 8, 20], device, 0), 2)]],
  ['a pool of overlapping windows', (device) => [maxPool(wave([2, 9, 9, 17], device, 0), 3, { strides: 2 })]],
];

const TOGETHER: readonly (readonly [string, number, Build])[] = [
  // The reciprocal root of the variance is a kernel of its own.
  [
    'a convolution of one image with its normalization',
    2,
    (device) => [relu(normalized(convolution(device, 1), device))],
  ],
  [
    'a convolution of images with its normalization',
    2,
    (device) => [relu(normalized(convolution(device, 3), device))],
  ],
  ['a product that is wanted beside its GELU', 2, (device) => ((y) => [y, gelu(y)])(product(device))],
  [
    'a pool whose gradient is wanted, with the positions of its maxima',
    2,
    (device) => {
      const x = wave([2, 8, 8, 16], device, 0);
      const pooled = maxPool(x, 2);
      return [pooled, ...gradients(sum(pooled.mul(wave([2, 4, 4, 16], device, 1))), [x])];
    },
  ],
];

describeNative('in one call', () => {
  let device: Device;
  beforeAll(async () => {
    device = await native({ threads: 1 });
  });

  /** Lines of the plan: kernels and library calls. */
  const stepsOf = async (build: Build): Promise<string[]> =>
    (await explainPlan(...build(device))).split('\n').filter((line) => /^ +\d/.test(line));
  const check = async (build: Build): Promise<void> => {
    const wanted = build(interpreter());
    for (const [index, found] of build(device).entries()) {
      const expected = wanted[index] ?? found;
      requireClose(
        { shape: found.shape, values: await found.data() },
        { shape: expected.shape, values: await expected.data() },
        toleranceOf('float32', 'contraction'),
      );
    }
  };

  it.each(ALONE)('is %s', async (_, build) => {
    const steps = await stepsOf(build);
    expect(steps).toHaveLength(1);
    expect(steps[0]).toContain('library');
    await check(build);
  });

  it.each(TOGETHER)('and others: %s', async (_, count, build) => {
    expect(await stepsOf(build)).toHaveLength(count);
    await check(build);
  });
});
