import { backendCases, scale } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { isAvailable, webgpuBackend } from '../src/index';
import { describeWebGpu } from './support/available';

/** A thousand runs with their reads. */
const TIMEOUT_MS = 120_000;

describeWebGpu('the WebGPU backend', () => {
  const cases = backendCases({
    backend: () => webgpuBackend(),
    limited: (memoryLimitBytes) => webgpuBackend({ memoryLimitBytes }),
    usedBytes: ({ usedBytes }) => usedBytes,
  });
  it.each(cases)(
    '$group: $name',
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
    TIMEOUT_MS,
  );

  it('notices what is freed twice', async () => {
    const backend = await webgpuBackend();
    const buf = backend.alloc(8);
    backend.free(buf);
    expect(() => backend.free(buf)).toThrow(/was freed/);
  });

  it('copies within a buffer, at any multiple of a word', async () => {
    const backend = await webgpuBackend();
    const buf = backend.alloc(40);
    backend.write(buf, 0, new Uint8Array(Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9).buffer));
    const from = { buf, offset: 4, bytes: 12 };
    backend.run([{ kind: 'copy', from, to: { buf, offset: 28, bytes: 12 } }]);
    const found = new Int32Array((await backend.read(buf, 0, 40)).buffer);
    expect([...found]).toEqual([0, 1, 2, 3, 4, 5, 6, 1, 2, 3]);
  });

  it('refuses a budget that makes no sense', async () => {
    await expect(webgpuBackend({ memoryLimitBytes: 0 })).rejects.toThrow(/memoryLimitBytes is 0/);
  });

  it('computes on a device that the program has, and leaves it alone when it is closed', async () => {
    const { device } = await webgpuBackend();
    const backend = await webgpuBackend({ device });
    expect(await scale(backend, [1, 2], 3)).toEqual([4, 7]);
    await backend.close();
    expect(await scale(await webgpuBackend({ device }), [1, 2], 3)).toEqual([4, 7]);
  });
});

describeWebGpu('the loss of a device', () => {
  it('is an error of whoever waits for it, and of everything after', async () => {
    const backend = await webgpuBackend();
    const reports: string[] = [];
    backend.onLost((reason) => reports.push(reason.message));
    const buf = backend.alloc(8);
    const reading = backend.read(buf, 0, 8);
    backend.device.destroy();
    await expect(reading).rejects.toThrow(/the device was lost/);
    await expect(backend.sync()).rejects.toThrow(/the device was lost/);
    expect(() => backend.run([])).toThrow(/the device was lost/);
    expect(reports).toHaveLength(1);
  });
});

it('says why there is no adapter', async () => {
  const gpu = Object.assign(Object.create(null), { requestAdapter: async () => null });
  expect(await isAvailable({ gpu })).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/found no adapter/),
  });
});

it('says that an adapter is none of hardware, where only such will do', async () => {
  const software = Object.assign(Object.create(null), { info: { isFallbackAdapter: true } });
  const gpu = Object.assign(Object.create(null), { requestAdapter: async () => software });
  expect(await isAvailable({ gpu })).toEqual({ ok: true });
  expect(await isAvailable({ gpu, allowSoftware: false })).toMatchObject({
    reason: expect.stringMatching(/on the processor/),
  });
});
