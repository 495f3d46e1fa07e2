/** Products whose operands may be rounded to bfloat16: within its precision, and of float32 sums. */
import {
  conv2d,
  gradients,
  matmul,
  setDevice,
  sum,
  type Tensor,
  tensor,
  withProductDType,
} from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { native } from '../src';

const device = await native({ threads: 1 });
setDevice(device);

/** Half a unit in the last of the 8 bits of a bfloat16 number, for both operands. */
const ROUNDING = 2 * 2 ** -9;

const waves = (shape: readonly number[], phase: number): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.7 + phase)),
    { shape },
  );

/** The largest difference, relative to what could be summed up. */
async function difference(a: Tensor, b: Tensor): Promise<number> {
  const [left, right] = [await a.data(), await b.data()];
  let largest = 0;
  for (const [index, value] of left.entries()) largest = Math.max(largest, Math.abs(value - right[index]!));
  return largest;
}

describe('products of operands rounded to bfloat16', () => {
  it('and their gradients are within the rounding of their operands', async () => {
    const [x, w] = [waves([37, 65], 0), waves([65, 33], 1)];
    const compute = (): readonly Tensor[] => {
      const y = matmul(x, w);
      return [y, ...gradients(sum(y.mul(y)), [x, w])];
    };
    const [exact, mixed] = [compute(), withProductDType('bfloat16', compute)];
    expect(await difference(mixed[0]!, exact[0]!)).toBeLessThan(65 * ROUNDING);
    for (const at of [1, 2])
      expect(await difference(mixed[at]!, exact[at]!)).toBeLessThan(65 * 65 * ROUNDING);
    expect(mixed[0]!.dtype).toBe('float32');
  });

  it('are exact where operands are bfloat16 numbers, also with what is added afterwards', async () => {
    const [x, w] = [
      waves([16, 48], 2).cast('bfloat16').cast('float32'),
      tensor(new Float32Array(48 * 8).fill(1), { shape: [48, 8] }),
    ];
    const bias = tensor(Float32Array.from({ length: 8 }, (_, i) => i / 3));
    const compute = (): Tensor => matmul(x, w).add(bias).relu();
    expect(await difference(withProductDType('bfloat16', compute), compute())).toBeLessThan(1e-5);
  });

  it('may be convolutions', async () => {
    const [x, w] = [waves([2, 9, 9, 4], 0), waves([3, 3, 4, 8], 1)];
    const mixed = withProductDType('bfloat16', () => conv2d(x, w, { padding: 'same' }));
    expect(await difference(mixed, conv2d(x, w, { padding: 'same' }))).toBeLessThan(36 * ROUNDING);
  });
});
