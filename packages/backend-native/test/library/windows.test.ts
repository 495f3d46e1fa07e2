/**
 * Convolutions with few filters and max pools that reach beyond the image, which have kernels of their own: right, and with
 * the same bits on any number of threads.
 */
import {
  add,
  conv1d,
  conv2d,
  type Device,
  flip,
  gradients,
  greater,
  interpreter,
  maxPool2d,
  mul,
  sigmoid,
  sum,
  type Tensor,
  where,
} from '@hadal/core';
import { wave } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { native } from '../../src/index';
import { describeNative } from '../support/available';

/** The image and the kernel of a convolution that is strided by one. */
const convolved =
  (
    input: readonly number[],
    window: readonly number[],
    filters: number,
    options: { padding: 'same' | 'valid'; dilation?: number },
  ) =>
  (device: Device): Tensor =>
    (window.length === 1 ? conv1d : conv2d)(
      wave(input, device, 0),
      wave([...window, input.at(-1) ?? 1, filters], device, 1),
      options,
    );

const cases: Readonly<Record<string, (device: Device) => Tensor>> = {
  'three filters': convolved([2, 13, 9, 20], [3, 3], 3, { padding: 'same' }),
  'one filter of 5 by 2, no padding': convolved([3, 8, 21, 8], [5, 2], 1, { padding: 'valid' }),
  'two filters, taps apart': convolved([1, 12, 40, 17], [3, 3], 2, { padding: 'same', dilation: 3 }),
  'four filters along one axis': convolved([3, 50, 16], [5], 4, { padding: 'same' }),
  'an image of several bands': convolved([1, 40, 120, 32], [3, 3], 3, { padding: 'same' }),
  'a view of an image': (device) =>
    conv2d(flip(wave([2, 9, 16, 12], device, 0).transpose([0, 2, 1, 3]), 1), wave([3, 3, 12, 3], device, 1), {
      padding: 'same',
    }),
  'a bias, a shortcut and a sigmoid': (device) => {
    const x = wave([2, 10, 11, 16], device, 0);
    const y = add(conv2d(x, wave([3, 3, 16, 3], device, 1), { padding: 'same' }), wave([3], device, 2));
    return sigmoid(add(y, wave(y.shape, device, 3)));
  },
  'the product with a number for each row': (device) => {
    const y = conv2d(wave([2, 6, 7, 16], device, 0), wave([3, 3, 16, 2], device, 1), { padding: 'same' });
    return mul(y, wave([2, 6, 7, 1], device, 2));
  },
  'the gradient of an image': (device) => {
    const x = wave([4, 12, 12, 3], device, 0);
    const y = conv2d(x, wave([3, 3, 3, 24], device, 1), { padding: 'same' });
    const [gradient] = gradients(sum(mul(y, y)), [x]);
    if (gradient === undefined) throw new Error('a gradient is missing');
    return gradient;
  },
  'a max pool': (device) => maxPool2d(wave([2, 13, 10, 24], device, 0), 3, { strides: 2, padding: 'same' }),
  'a max pool of a view with NaN in it': (device) => {
    const x = wave([2, 9, 11, 19], device, 0).transpose([0, 2, 1, 3]);
    const undefinedAbove = where(greater(x, 0.99), Number.NaN, x);
    const padding = [
      [2, 0],
      [1, 1],
    ] as const;
    return maxPool2d(undefinedAbove, 3, { padding, dilation: [2, 1], strides: [1, 2] });
  },
};

describeNative('a kernel for windows', () => {
  it.each(Object.entries(cases))('computes %s', async (_, compute) => {
    const wanted = await compute(interpreter()).data();
    const found: Buffer[] = [];
    for (const threads of [1, 2, 3]) {
      const values = await compute(await native({ threads })).data();
      found.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
      const numbers = Array.from(wanted, Number);
      const largest = numbers.reduce(
        (most, each) => (Number.isNaN(each) ? most : Math.max(most, Math.abs(each))),
        0,
      );
      const isNear = (value: number, i: number): boolean => {
        const expected = numbers[i] ?? 0;
        return Object.is(value, expected) || Math.abs(value - expected) <= 1e-6 * largest;
      };
      expect(Array.from(values, Number).every(isNear)).toBe(true);
    }
    expect(found.every((bytes) => found[0]?.equals(bytes))).toBe(true);
  });
});
