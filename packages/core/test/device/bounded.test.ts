/** What is kept for reuse is bounded: memory by the budget, plans and kernels by the cache. */
import { PlainBackend } from '@hadal/testkit';
import { describe, expect, it, vi } from 'vitest';
import {
  compile,
  createDevice,
  type Device,
  gradients,
  type Tensor,
  tensor,
  variable,
} from '../../src/index';

const KIB = 1024;
const MIB = 1024 * KIB;

describe('a loop that makes garbage', () => {
  const loops: readonly [string, (device: Device, stepBytes: number) => () => Promise<unknown>][] = [
    [
      'reads',
      (device, stepBytes) => {
        const x = tensor(new Float32Array(stepBytes / 8), { device });
        return async () => (await x.add(1).realize()).mul(2).data();
      },
    ],
    [
      'calls a compiled function',
      (device, stepBytes) => {
        const step = compile((x: Tensor) => [x.add(1), x.mul(2)]);
        const x = tensor(new Float32Array(stepBytes / 8), { device });
        return () => step(x);
      },
    ],
    ['uploads', (device, stepBytes) => () => tensor(new Float32Array(stepBytes / 4), { device }).realize()],
  ];
  it.each(loops)('stays within the budget and a step when it %s', async (_, make) => {
    const budgetBytes = MIB;
    const stepBytes = 64 * KIB;
    const device = createDevice(new PlainBackend(), { budgetBytes });
    const step = make(device, stepBytes);
    for (let i = 0; i < 200; i++) {
      await step();
      const { usedBytes, pooledBytes, peakBytes } = device.memory();
      expect(usedBytes).toBeLessThanOrEqual(budgetBytes + stepBytes);
      expect(usedBytes + pooledBytes).toBeLessThanOrEqual(peakBytes + budgetBytes / 2);
    }
    expect(device.memory().peakBytes).toBeLessThanOrEqual(budgetBytes + 2 * stepBytes);
  });

  it('is not held up by what is in use, even where that is more than the budget', async () => {
    const device = createDevice(new PlainBackend(), { budgetBytes: MIB });
    const held = await tensor(new Float32Array(MIB), { device }).realize();
    for (let i = 0; i < 100; i++) {
      await tensor(new Float32Array(16 * KIB), { device }).realize();
      expect(device.memory().usedBytes).toBeLessThanOrEqual(4 * MIB + MIB + 2 * 64 * KIB);
    }
    expect(held.realized).toBe(true);
  });
});

describe('a program whose temporary memory is larger than the budget', () => {
  const budgetBytes = 64 * KIB;

  it('finds the memory of its last run again', async () => {
    const backend = new PlainBackend();
    const device = createDevice(backend, { budgetBytes });
    const x = await tensor(new Float32Array(128 * 128), { device, shape: [128, 128] }).realize();
    const step = compile((by: Tensor) => x.matmul(x).add(by).matmul(x).sum());
    await (await step(1)).data();
    expect(device.memory().pooledBytes).toBeGreaterThanOrEqual(budgetBytes);
    const alloc = vi.spyOn(backend, 'alloc');
    for (let i = 0; i < 5; i++) await (await step(2)).data();
    expect(alloc.mock.calls.filter(([bytes]) => bytes >= budgetBytes)).toEqual([]);
  });

  it('gives it back where other memory is needed', async () => {
    const device = createDevice(new PlainBackend(), { budgetBytes });
    for (const extent of [100, 120, 140, 110, 130]) {
      const x = tensor(new Float32Array(extent * extent), { device, shape: [extent, extent] });
      await (await x.matmul(x).add(1).matmul(x).sum()).data();
      await device.collect();
      const { usedBytes, pooledBytes, peakBytes } = device.memory();
      expect(usedBytes + pooledBytes).toBeLessThanOrEqual(peakBytes + budgetBytes / 2);
    }
  });
});

describe('updates of a compiled step', () => {
  it('overwrite the variable where it is, and need no second one', async () => {
    const device = createDevice(new PlainBackend());
    const v = variable(tensor(new Float32Array(10_000), { device }));
    const step = compile((by: Tensor) => {
      v.assign(v.value.mul(0.5).add(by));
    });
    await step(1);
    await device.collect();
    const buffer = v.storage.buffer;
    const allocate = vi.spyOn(device, 'allocate');
    const leaseScratch = vi.spyOn(device, 'leaseScratch');
    for (let i = 0; i < 50; i++) await step(1);
    expect(v.storage.buffer).toBe(buffer);
    // The number given to each step, and no temporary memory.
    expect(new Set(allocate.mock.calls.map(([, length]) => length))).toEqual(new Set([1]));
    expect(leaseScratch).not.toHaveBeenCalled();
    await device.collect();
    expect(device.memory().usedBytes).toBeLessThan(1.2 * 4 * 10_000);
    expect((await v.value.data())[0]).toBeCloseTo(2, 5);
  });
});

describe('plans and kernels', () => {
  it('for ever new shapes stay within the cache, and work when they come back', async () => {
    const cacheBytes = 512 * KIB;
    const device = createDevice(new PlainBackend(), { cacheBytes, budgetBytes: MIB });
    const mean = (length: number): Promise<number> =>
      tensor(new Float32Array(length).fill(length), { device }).mean().item();
    for (let length = 1; length <= 3000; length++) {
      expect(await mean(length)).toBeCloseTo(length, 0);
      expect(device.statistics().cachedBytes).toBeLessThanOrEqual(2 * cacheBytes + 16 * KIB);
    }
    const { plans, kernels } = device.statistics();
    expect(plans).toBe(3000);
    // The last is still there, the first has to be made again.
    expect(await mean(3000)).toBeCloseTo(3000, 0);
    expect(device.statistics().plans).toBe(plans);
    expect(await mean(7)).toBeCloseTo(7, 4);
    expect(device.statistics().plans).toBe(plans + 1);
    // Lengths are arguments of kernels: another length is another plan of the same kernel.
    expect(kernels).toBe(1);
  }, 120_000);

  it('and memory stay bounded over two thousand uncompiled steps with gradients of two hundred shapes', async () => {
    const [cacheBytes, budgetBytes] = [MIB, MIB];
    const device = createDevice(new PlainBackend(), { cacheBytes, budgetBytes });
    const w = variable(tensor([0.5], { device }));
    const errors: number[] = [];
    for (let i = 0; i < 2000; i++) {
      const x = tensor(new Float32Array((i % 200) + 1).fill(1), { device });
      const loss = x.mul(w.value).sub(2).square().sum();
      const [gradient] = gradients(loss, [w]);
      if (gradient === undefined) throw new Error('one gradient was asked for');
      w.assign(w.value.sub(gradient.mul(0.1 / x.size)));
      errors.push(await loss.item());
      const { usedBytes, pooledBytes } = device.memory();
      expect(usedBytes + pooledBytes).toBeLessThan(2 * budgetBytes);
      expect(device.statistics().cachedBytes).toBeLessThanOrEqual(2 * cacheBytes + 64 * KIB);
    }
    expect(errors.at(-1)).toBeCloseTo(0, 5);
    await device.collect();
    expect(device.memory().usedBytes).toBeLessThan(64 * KIB);
  }, 120_000);
});
