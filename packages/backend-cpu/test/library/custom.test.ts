/** Operations of other packages that bring a kernel for this backend. */
import { abs, customOp, grad, type Tensor, tensor, vmap } from '@hadal/core';
import { conformanceCases, type OperationFamily, unarySamples } from '@hadal/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type CpuKernel, cpu } from '../../src/index';

let calls = 0;
afterEach(() => {
  calls = 0;
});

const softClip: CpuKernel = ({ inputs: [x], output, attributes }) => {
  calls++;
  const limit = Number(attributes.limit);
  for (let i = 0; i < output.values.length; i++) {
    const value = x?.values[i] ?? Number.NaN;
    output.values[i] = value / (1 + Math.abs(value) / limit);
  }
};

const softClipOp: (inputs: readonly Tensor[], attributes: { limit: number }) => Tensor = customOp<{
  limit: number;
}>({
  name: 'my-package:softClip',
  infer: ([x]) => ({ shape: x?.shape ?? [], dtype: x?.dtype ?? 'float32' }),
  decompose: ([x = tensor(0)], { limit }) => x.div(abs(x).div(limit).add(1)),
  batch: ({ inputs: [x = tensor(0)], attributes }) => softClipOp([x], attributes),
  kernels: { cpu: softClip },
});
const clipped = (x: Tensor): Tensor => softClipOp([x], { limit: 2 });

const family: OperationFamily = {
  name: 'my-package',
  samples: unarySamples('softClip', clipped, { tolerance: 'elementary', derivatives: 2 }),
  goldens: {},
  errors: [],
  checks: [],
};

describe('a kernel of another package', () => {
  it.each(
    conformanceCases({ device: () => cpu(), families: [family], filter: (group) => group === 'softClip' }),
  )('conforms: $name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  it.each(['float32', 'float64'] as const)('computes %s, dense and through views', async (dtype) => {
    const device = await cpu();
    const x = await tensor(
      [
        [-3, -1, 0],
        [1, 3, 1e9],
      ],
      { dtype, device },
    ).realize();
    const wanted = [-1.2, -2 / 3, 0, 2 / 3, 1.2, 2];
    const close = async (found: Tensor, at: readonly number[]): Promise<void> => {
      const values = Array.from(await found.data());
      expect(values.map((value) => value.toFixed(4))).toEqual(at.map((i) => wanted[i]?.toFixed(4)));
    };
    await close(clipped(x), [0, 1, 2, 3, 4, 5]);
    await close(clipped(x.transpose()), [0, 3, 1, 4, 2, 5]);
    await close(clipped(x.slice([0, 1], [2, 3])), [1, 2, 4, 5]);
    expect(calls).toBe(3);
  });

  it('is used within vmap, and its gradient is that of the decomposition', async () => {
    const device = await cpu();
    const x = await tensor([0, 2], { device }).realize();
    const slopes = await vmap(grad(clipped))(x).data();
    expect(slopes[0]).toBeCloseTo(1, 6);
    expect(slopes[1]).toBeCloseTo(0.25, 6);
    await vmap(clipped)(x).data();
    expect(calls).toBe(1);
  });

  it('leaves dtypes that memory holds otherwise to the decomposition', async () => {
    const device = await cpu();
    expect(await clipped(tensor([2], { dtype: 'bfloat16', device })).data()).toHaveLength(1);
    expect(calls).toBe(0);
  });

  it('says what is expected where it is no function', async () => {
    const wrong = customOp({
      name: 'my-package:wrong',
      infer: ([x]) => ({ shape: x?.shape ?? [], dtype: x?.dtype ?? 'float32' }),
      decompose: ([x = tensor(0)]) => x.neg(),
      kernels: { cpu: 'fast' },
    });
    await expect(wrong([tensor([1], { device: await cpu() })]).data()).rejects.toThrow(
      'my-package:wrong: its kernel for the CPU backend is of type string.',
    );
  });

  it('keeps two kernels of one text apart, and tells when one fails', async () => {
    const device = await cpu();
    const made = (factor: number) =>
      customOp({
        name: 'my-package:scaled',
        infer: ([x]) => ({ shape: x?.shape ?? [], dtype: x?.dtype ?? 'float32' }),
        kernels: {
          cpu: (({ inputs: [x], output }) => {
            if (factor === 0) throw new Error('no factor');
            for (let i = 0; i < output.values.length; i++) output.values[i] = (x?.values[i] ?? 0) * factor;
          }) satisfies CpuKernel,
        },
      });
    const x = await tensor([1, 2], { device }).realize();
    expect(await made(2)([x]).data()).toEqual(Float32Array.of(2, 4));
    expect(await made(3)([x]).data()).toEqual(Float32Array.of(3, 6));
    await expect(made(0)([x]).data()).rejects.toThrow('no factor');
    expect(await made(4)([x]).data()).toEqual(Float32Array.of(4, 8));
  });
});
