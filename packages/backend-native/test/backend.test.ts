import { DeviceError } from '@hadal/core';
import { expect, it, vi } from 'vitest';
import { nativeBackend } from '../src/index';
import { describeNative } from './support/available';
import { all, bytesOf, floatsOf, scale, scaleKernel } from './support/scale';

describeNative('the native backend', () => {
  it('runs a kernel for any number of elements', async () => {
    const backend = nativeBackend();
    for (const length of [0, 1, 3, 4, 5, 8, 31, 1000]) {
      const values = Array.from({ length }, (_, i) => i);
      expect(await scale(backend, values, 2)).toEqual(values.map((x) => 2 * x + 1));
    }
  });

  it('takes kernels in which buffers share an address object', async () => {
    const backend = nativeBackend();
    const address = { offset: 0, terms: [{ axis: 0, stride: 1 }] };
    const [x, y, z] = [backend.alloc(20), backend.alloc(20), backend.alloc(20)];
    backend.write(x, 0, bytesOf([1, 2, 3, 4, 5]));
    backend.write(y, 0, bytesOf([10, 20, 30, 40, 50]));
    const exec = await backend.prepare({
      ...scaleKernel,
      key: 'add',
      buffers: [{ storage: 'f32', access: 'read' }, ...scaleKernel.buffers],
      scalars: [],
      stages: [
        {
          loop: [],
          body: [
            { op: 'load', to: 0, type: 'f32', buffer: 0, address },
            { op: 'load', to: 1, type: 'f32', buffer: 1, address },
            { op: 'add', to: 2, type: 'f32', from: 'f32', operands: [0, 1] },
          ],
          accumulators: [],
          stores: [{ buffer: 2, address, value: 2 }],
        },
      ],
    });
    backend.run([{ kind: 'kernel', exec, bindings: [all(x), all(y), all(z)], scalars: [], integers: [5] }]);
    expect(floatsOf(await backend.read(z, 0, 20))).toEqual([11, 22, 33, 44, 55]);
  });

  it('compiles equal keys once', async () => {
    const backend = nativeBackend();
    expect(await backend.prepare({ ...scaleKernel, name: 'another name' })).toBe(
      await backend.prepare(scaleKernel),
    );
  });

  it('binds ranges at any multiple of its alignment', async () => {
    const backend = nativeBackend();
    const flat = backend.alloc(400);
    backend.write(flat, 0, bytesOf(Array.from({ length: 100 }, (_, i) => i)));
    const exec = await backend.prepare(scaleKernel);
    const bindings = [
      { buf: flat, offset: 8, bytes: 36 },
      { buf: flat, offset: 208, bytes: 36 },
    ];
    backend.run([{ kind: 'kernel', exec, bindings, scalars: [10], integers: [9] }]);
    const found = floatsOf(await backend.read(flat, 204, 44));
    expect(found).toEqual([51, 21, 31, 41, 51, 61, 71, 81, 91, 101, 61]);
  });

  it('copies between buffers in program order', async () => {
    const backend = nativeBackend();
    const [x, y, z] = [backend.alloc(12), backend.alloc(12), backend.alloc(8)];
    backend.write(x, 0, bytesOf([1, 2, 3]));
    const exec = await backend.prepare(scaleKernel);
    backend.run([
      { kind: 'kernel', exec, bindings: [all(x), all(y)], scalars: [1], integers: [3] },
      { kind: 'copy', from: { buf: y, offset: 4, bytes: 8 }, to: all(z) },
    ]);
    expect(floatsOf(await backend.read(z, 0, 8))).toEqual([3, 4]);
  });

  it('returns bytes that later runs do not change', async () => {
    const backend = nativeBackend();
    const buf = backend.alloc(4);
    backend.write(buf, 0, bytesOf([1]));
    const before = backend.readSync?.(buf, 0, 4) ?? new Uint8Array();
    backend.write(buf, 0, bytesOf([2]));
    expect(floatsOf(before)).toEqual([1]);
  });

  it('refuses to pass its memory limit, and works on after that', async () => {
    const backend = nativeBackend({ memoryLimitBytes: 2 ** 20 });
    expect(() => backend.alloc(2 ** 21)).toThrow(DeviceError);
    expect(await scale(backend, [1], 3)).toEqual([4]);
  });

  it('uses no more memory after 1,000 runs than after one', async () => {
    const backend = nativeBackend();
    await scale(backend, [1, 2, 3], 2);
    const { usedBytes } = backend;
    for (let i = 0; i < 1000; i++) await scale(backend, [1, 2, 3], 2);
    expect(backend.usedBytes).toBe(usedBytes);
  });

  it('refuses buffers and kernels of another backend, and ranges outside of a buffer', async () => {
    const one = nativeBackend();
    const other = nativeBackend();
    const buf = one.alloc(8);
    expect(() => other.write(buf, 0, new Uint8Array(4))).toThrow(/another backend/);
    expect(() => one.write(buf, 5, new Uint8Array(4))).toThrow(/bytes 5 to 9 of a buffer of 8 bytes/);
    const exec = await other.prepare(scaleKernel);
    const bindings = [all(buf), all(buf)];
    expect(() => one.run([{ kind: 'kernel', exec, bindings, scalars: [1], integers: [1] }])).toThrow(
      /not prepared by this backend/,
    );
  });

  it('notices what is freed twice', () => {
    const backend = nativeBackend();
    const buf = backend.alloc(8);
    backend.free(buf);
    expect(() => backend.free(buf)).toThrow(/no range is in use/);
  });

  it('stops a kernel that leaves what is bound', async () => {
    const backend = nativeBackend();
    const buf = backend.alloc(8);
    const exec = backend.prepare(scaleKernel);
    const bindings = [all(buf), all(buf)];
    expect(() => backend.run([{ kind: 'kernel', exec, bindings, scalars: [1], integers: [3] }])).toThrow(
      /outside of the 2 elements/,
    );
    expect(await scale(backend, [1], 3)).toEqual([4]);
  });

  it('refuses numbers of threads that make no sense', () => {
    expect(() => nativeBackend({ threads: 0 })).toThrow(/threads is 0; it must be an integer from 1/);
    vi.stubEnv('HADAL_NATIVE_THREADS', 'many');
    expect(() => nativeBackend()).toThrow(/HADAL_NATIVE_THREADS is many/);
    vi.unstubAllEnvs();
  });
});
