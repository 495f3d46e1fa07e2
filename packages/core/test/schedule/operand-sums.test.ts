/** Which sums a library call gives beside its result, on a backend whose library can. */
import { LibraryBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import {
  add,
  createDevice,
  type Device,
  explainPlan,
  gradients,
  interpreter,
  matmul,
  sum,
  type Tensor,
  tensor,
} from '../../src/index';

const device = createDevice(new LibraryBackend());

const filled = (shape: readonly number[], on: Device): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 1.7) + 0.1),
    { shape, device: on },
  );

const linesOf = async (build: (on: Device) => readonly Tensor[]): Promise<string[]> =>
  (await explainPlan(...build(device))).split('\n').filter((line) => /^ +\d/.test(line));

/** The results on the device against those of the interpreter, relative to the largest. */
async function worstError(build: (on: Device) => readonly Tensor[]): Promise<number> {
  const expected = build(interpreter());
  let worst = 0;
  for (const [index, result] of build(device).entries()) {
    const values = await result.data();
    const wanted = (await expected[index]?.data()) ?? [];
    const largest = Array.from(wanted, Math.abs).reduce((a, b) => Math.max(a, b), 1e-30);
    values.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - (wanted[i] ?? Number.NaN)) / largest);
    });
  }
  return worst;
}

/** The gradients of a layer's weights and bias, whose cotangent other calls read too. */
const layer =
  (inputs: readonly number[], units: number) =>
  (on: Device): Tensor[] => {
    const x = filled(inputs, on);
    const w = filled([inputs.at(-1) ?? 0, units], on);
    const b = filled([units], on);
    const y = add(matmul(x, w), b);
    return gradients(sum(y.mul(y)), [w, b]);
  };

describe('a sum of what a product reads', () => {
  it.each([
    ['one axis', [33, 5], 7],
    ['so many rows that they would be summed in two passes', [5000, 3], 4],
    ['several axes', [6, 70, 5], 8],
  ])('comes with the product, over %s', async (_, inputs, units) => {
    const build = layer(inputs, units);
    const lines = await linesOf(build);
    expect(lines.filter((line) => line.includes('dot and sums'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('kernel') && line.includes('sum'))).toEqual([]);
    expect(await worstError(build)).toBeLessThan(1e-5);
  });

  it('comes with one product only where several read the same', async () => {
    const build = (on: Device): Tensor[] => {
      const g = filled([20, 6], on).mul(2);
      const [a, b] = [filled([20, 3], on), filled([20, 4], on)];
      return [matmul(a.transpose(), g), matmul(b.transpose(), g), sum(g, { axis: 0 })];
    };
    const lines = await linesOf(build);
    expect(lines.filter((line) => line.includes('and sums'))).toHaveLength(1);
    expect(await worstError(build)).toBeLessThan(1e-5);
  });

  it('is computed before a product that depends on it', async () => {
    const build = (on: Device): Tensor[] => {
      const g = filled([20, 6], on).mul(2);
      const scale = sum(g, { axis: 0 });
      return [matmul(filled([3, 20], on).mul(sum(scale)), g), scale];
    };
    expect((await linesOf(build)).filter((line) => line.includes('and sums'))).toEqual([]);
    expect(await worstError(build)).toBeLessThan(1e-5);
  });

  it.each<[string, (g: Tensor, a: Tensor) => readonly Tensor[]]>([
    ['of other axes', (g, a) => [matmul(a, g), sum(g, { axis: 1 })]],
    [
      'of a part of the rows',
      (g, a) => [matmul(a.slice([0, 2], [3, 20]), g.slice([2, 0], [20, 20])), sum(g, { axis: 0 })],
    ],
    ['of rows turned around', (g, a) => [matmul(a, g.transpose()), sum(g, { axis: 0 })]],
  ])('stays a kernel: %s', async (_, build) => {
    const onDevice = (on: Device): readonly Tensor[] =>
      build(filled([20, 20], on).mul(2), filled([3, 20], on));
    expect((await linesOf(onDevice)).filter((line) => line.includes('and sums'))).toEqual([]);
    expect(await worstError(onDevice)).toBeLessThan(1e-5);
  });

  it('is given to whoever goes on with it', async () => {
    const build = (on: Device): Tensor[] => {
      const g = filled([20, 6], on).mul(2);
      const bias = sum(g, { axis: 0 });
      return [bias.mul(3).add(1), matmul(filled([3, 20], on), g).add(bias)];
    };
    expect(await worstError(build)).toBeLessThan(1e-5);
  });
});
