/** Products of half floats on the native device: library calls whose sums are rounded once, before what follows them. */
import {
  cast,
  conv,
  type Device,
  type DType,
  explainPlan,
  interpreter,
  matmul,
  relu,
  type Tensor,
  tensor,
} from '@hadal/core';
import { expect, it } from 'vitest';
import { native } from '../../src/index';
import { describeNative } from '../support/available';

/** Distance of neighbours near 1. */
const UNIT = { float16: 2 ** -10, bfloat16: 2 ** -7 } as const;

/** How far a sum may be off, as a part of the largest one, where its terms cancel. */
const LEAST = 1e-6;

function wave(device: Device, shape: number[], dtype: DType): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i * i + size));
  return cast(tensor(values, { shape, device }), dtype);
}

const PROGRAMS: readonly (readonly [string, (device: Device, dtype: DType) => Tensor])[] = [
  ['a product', (device, dtype) => matmul(wave(device, [9, 41], dtype), wave(device, [41, 70], dtype))],
  [
    'a product with a bias and an activation',
    (device, dtype) =>
      relu(
        matmul(wave(device, [9, 64], dtype), wave(device, [64, 33], dtype)).add(wave(device, [33], dtype)),
      ),
  ],
  [
    'a product to which float32 numbers are added',
    (device, dtype) =>
      cast(matmul(wave(device, [5, 64], dtype), wave(device, [64, 40], dtype)), 'float32').add(
        wave(device, [40], 'float32'),
      ),
  ],
  [
    'a convolution',
    (device, dtype) =>
      conv(wave(device, [2, 9, 9, 5], dtype), wave(device, [3, 3, 5, 20], dtype), { padding: 'same' }),
  ],
];

const CASES = PROGRAMS.flatMap(([name, build]) =>
  (['float16', 'bfloat16'] as const).map((dtype) => [name, dtype, build] as const),
);

describeNative('half floats on the native device', () => {
  it.each(CASES)('%s of %s is one call, right to a unit in the last place', async (_name, dtype, build) => {
    const device = await native({ threads: 2 });
    const plan = await explainPlan(build(device, dtype));
    expect(plan).toMatch(/library {2}(dot|conv)/);
    const valuesOn = async (own: Device): Promise<number[]> =>
      Array.from(await build(own, dtype).data(), Number);
    const expected = await valuesOn(interpreter());
    const found = await valuesOn(device);
    expect(found).toHaveLength(expected.length);
    const cancelled = LEAST * Math.max(...expected.map(Math.abs));
    for (const [i, value] of expected.entries()) {
      const allowed = UNIT[dtype] * Math.abs(value) + cancelled;
      expect(Math.abs((found[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(allowed);
    }
    await device.close();
  });
});
