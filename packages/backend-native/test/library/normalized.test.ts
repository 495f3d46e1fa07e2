/**
 * Convolutions that are normalized, joined with a shortcut and rectified on their way to memory: right, and with the same
 * bits on any number of threads. Small kernels and large ones, which are computed tap by tap.
 */
import {
  add,
  batchNormalization,
  conv2d,
  type Device,
  interpreter,
  relu,
  type Tensor,
  tensor,
} from '@hadal/core';
import { expect, it } from 'vitest';
import { native } from '../../src/index';
import { describeNative } from '../support/available';

interface Case {
  readonly input: readonly [number, number, number, number];
  readonly filters: number;
  readonly window: number;
  readonly strides: number;
}

const wave = (shape: readonly number[], device: Device, phase: number, above = 0): Tensor => {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    Float32Array.from({ length }, (_, i) => above + Math.sin(i * 0.7 + phase)),
    { shape, device },
  );
};

async function block(
  { input, filters, window, strides }: Case,
  device: Device,
): Promise<Float32Array<ArrayBufferLike>> {
  const x = wave(input, device, 0);
  const y = conv2d(x, wave([window, window, input[3], filters], device, 1), { strides, padding: 'same' });
  const statistic = (phase: number, above?: number): Tensor => wave([filters], device, phase, above);
  const normalized = batchNormalization(y, statistic(2), statistic(3, 2), {
    scale: statistic(4),
    offset: statistic(5),
  });
  const values = await relu(add(normalized, wave(y.shape, device, 6))).data();
  if (!(values instanceof Float32Array)) throw new Error('float32 values are a Float32Array');
  return values;
}

const cases: readonly Case[] = [
  { input: [1, 20, 20, 5], filters: 40, window: 3, strides: 1 },
  { input: [2, 14, 9, 3], filters: 10, window: 3, strides: 2 },
  { input: [1, 7, 7, 96], filters: 96, window: 3, strides: 1 },
  { input: [2, 9, 8, 72], filters: 117, window: 3, strides: 2 },
];

describeNative('a convolution with normalization, shortcut and rectifier', () => {
  it.each(cases)('of $input with $filters filters of $window by $window, strides $strides', async (each) => {
    const wanted = await block(each, interpreter());
    const found: Buffer[] = [];
    for (const threads of [1, 2, 3]) {
      const values = await block(each, await native({ threads }));
      found.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
      const largest = wanted.reduce((a, b) => Math.max(a, b), 0);
      const worst = values.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (wanted[i] ?? Number.NaN))),
        0,
      );
      expect(worst / largest).toBeLessThan(3e-6);
    }
    expect(found.every((bytes) => found[0]?.equals(bytes))).toBe(true);
  });
});
