/** Sums of an operand beside the product that reads it: right, and with the same bits on any number of threads. */
import { conv2d, type Device, gradients, interpreter, matmul, sum, type Tensor, tensor } from '@hadal/core';
import { expect, it } from 'vitest';
import { native } from '../../src/index';
import { describeNative } from '../support/available';

const wave = (shape: readonly number[], device: Device, phase: number): Tensor => {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    Float32Array.from({ length }, (_, i) => Math.sin(i * 0.7 + phase)),
    { shape, device },
  );
};

/** A layer's input, weights and bias, by their shapes. */
type Shapes = readonly [readonly number[], readonly number[], readonly number[]];

/** The gradients of weights and bias. */
function layer([input, weights, bias]: Shapes, device: Device): Tensor[] {
  const [x, w, b] = [wave(input, device, 0), wave(weights, device, 1), wave(bias, device, 2)];
  const y = (weights.length === 4 ? conv2d(x, w, { padding: 'same' }) : matmul(x, w)).add(b);
  return gradients(sum(y.mul(y)), [w, b]);
}

const shapes: readonly Shapes[] = [
  // Tiles that pack for themselves, that share what they pack, and long sums in parts.
  [[40, 30], [30, 33], [33]],
  [[700, 900], [900, 130], [130]],
  [[9000, 70], [70, 65], [65]],
  // Few rows.
  [[600, 3], [3, 40], [40]],
  [[50, 1], [1, 2100], [2100]],
  [[7, 11, 5], [5, 9], [9]],
  [[4, 40, 40, 3], [3, 3, 3, 16], [16]],
  [[2, 9, 9, 20], [3, 3, 20, 33], [33]],
];

describeNative('the gradient of a bias beside that of the weights', () => {
  it.each(shapes)('of %s by %s', async (...each) => {
    const wanted = await layer(each, interpreter())[1]?.data();
    const found: Buffer[] = [];
    for (const threads of [1, 2, 3]) {
      const values = await layer(each, await native({ threads }))[1]?.data();
      if (values === undefined || wanted === undefined) throw new Error('a gradient is missing');
      found.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
      const largest = Array.from(wanted, Math.abs).reduce((a, b) => Math.max(a, b), 0);
      const worst = Array.from(values, (value, i) => Math.abs(value - (wanted[i] ?? Number.NaN)));
      expect(Math.max(...worst) / largest).toBeLessThan(1e-5);
    }
    expect(found.every((bytes) => found[0]?.equals(bytes))).toBe(true);
  });
});
