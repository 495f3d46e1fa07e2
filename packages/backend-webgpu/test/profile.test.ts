/** What profiles say of a GPU: the time of its own clock, dispatch by dispatch. */
import { matmul, ones, profile, setDevice } from '@hadal/core';
import { all, bytesOf, floatsOf, scaleKernel } from '@hadal/testkit';
import { expect, it, vi } from 'vitest';
import { webgpu, webgpuBackend } from '../src/index';
import { describeWebGpu } from './support/available';

const SIZE = 256;

describeWebGpu('a profile on WebGPU', () => {
  it('times dispatches by the timestamps of the device', async () => {
    const device = await webgpu();
    setDevice(device);
    const [x, y] = [await ones([SIZE, SIZE]).realize(), await ones([SIZE, SIZE]).realize()];
    const { entries, medianMs } = await profile(() => matmul(x, y), { runs: 3, warmup: 1 });
    const product = entries.find(({ kind }) => kind === 'library');
    expect(product?.flops).toBe(2 * SIZE ** 3);
    expect(product?.medianMs).toBeGreaterThan(0);
    expect(medianMs).toBeGreaterThanOrEqual(product?.medianMs ?? Number.POSITIVE_INFINITY);
    await device.close();
  });

  it('measures what is dispatched, and makes queries only then', async () => {
    const backend = await webgpuBackend();
    const queries = vi.spyOn(backend.device, 'createQuerySet');
    const exec = await backend.prepare(scaleKernel);
    const [x, y] = [backend.alloc(12), backend.alloc(12)].map(all);
    if (x === undefined || y === undefined) throw new RangeError('there are two buffers');
    backend.write(x.buf, 0, bytesOf([1, 2, 3]));
    const dispatch = { kind: 'kernel', exec, bindings: [x, y], scalars: [2], integers: [3] } as const;
    backend.run([dispatch]);
    expect(queries).not.toHaveBeenCalled();
    expect(await backend.timed?.({ ...dispatch, scalars: [10] })).toBeGreaterThanOrEqual(0);
    expect(queries).toHaveBeenCalledTimes(1);
    expect(floatsOf(await backend.read(y.buf, 0, 12))).toEqual([11, 21, 31]);
    expect(await backend.timed?.({ ...dispatch, integers: [0] })).toBe(0);
    backend.device.destroy();
    await expect(backend.timed?.(dispatch)).rejects.toThrow(/the device was lost/);
  });
});
