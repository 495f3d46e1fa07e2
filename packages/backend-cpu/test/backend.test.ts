import { DeviceError } from '@hadal/core';
import { type Binding, type Buf, KERNEL_FORM_VERSION, type LoopKernel } from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { CpuBackend } from '../src/backend';
import { isAvailable } from '../src/engine';
import { cpuBackend } from '../src/index';
import type { Command, Executor, LibraryRecipe } from '../src/protocol/commands';
import { LocalExecutor } from '../src/protocol/local-executor';
import { ProgramWriter, scalarOfWord, scalarWord } from '../src/protocol/program';

/** y[i] = x[i] · scalar + 1 for as many elements as the integer argument says. */
const scaleKernel: LoopKernel = {
  kind: 'loop',
  version: KERNEL_FORM_VERSION,
  name: 'scale',
  key: 'scale',
  buffers: [
    { storage: 'f32', access: 'read' },
    { storage: 'f32', access: 'write' },
  ],
  scalars: ['f32'],
  integers: 1,
  grid: [{ argument: 0 }],
  vectorAxis: 'grid',
  stages: [
    {
      loop: [],
      body: [
        {
          op: 'load',
          to: 0,
          type: 'f32',
          buffer: 0,
          address: { offset: 0, terms: [{ axis: 0, stride: 1 }] },
        },
        { op: 'scalar', to: 1, type: 'f32', index: 0 },
        { op: 'mul', to: 2, type: 'f32', from: 'f32', operands: [0, 1] },
        { op: 'constant', to: 3, type: 'f32', value: 1 },
        { op: 'add', to: 4, type: 'f32', from: 'f32', operands: [2, 3] },
      ],
      accumulators: [],
      stores: [{ buffer: 1, address: { offset: 0, terms: [{ axis: 0, stride: 1 }] }, value: 4 }],
    },
  ],
};

const bytesOf = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const floatsOf = (bytes: Uint8Array): number[] => [...new Float32Array(bytes.slice().buffer)];
const all = (buf: Buf): Binding => ({ buf, offset: 0, bytes: buf.bytes });

async function scale(backend: CpuBackend, values: readonly number[], by: number): Promise<number[]> {
  const x = backend.alloc(values.length * 4);
  const y = backend.alloc(values.length * 4);
  backend.write(x, 0, bytesOf(values));
  const exec = await backend.prepare(scaleKernel);
  const integers = [values.length];
  backend.run([{ kind: 'kernel', exec, bindings: [all(x), all(y)], scalars: [by], integers }]);
  const result = floatsOf(await backend.read(y, 0, y.bytes));
  backend.free(x);
  backend.free(y);
  return result;
}

/** Passes everything through a structured clone, as a worker would. */
class RemoteLikeExecutor implements Executor {
  readonly isShared = false;
  private readonly local = new LocalExecutor(() => ({
    load: () => undefined,
    prepare: () => {
      throw new Error('no library here');
    },
  }));
  readonly reservedBytes = this.local.reservedBytes;
  load(recipe: LibraryRecipe): Promise<void> | undefined {
    return this.local.load(structuredClone(recipe));
  }
  submit(command: Command): void {
    this.local.submit(structuredClone(command));
  }
  grow(end: number, limit: number): number {
    return this.local.grow(end, limit);
  }
  async read(address: number, bytes: number): Promise<Uint8Array> {
    return structuredClone(await this.local.read(address, bytes));
  }
  sync(): Promise<void> {
    return this.local.sync();
  }
  close(): Promise<void> {
    return this.local.close();
  }
}

describe('the CPU backend', () => {
  it('is available in this runtime', async () => {
    expect(await isAvailable()).toEqual({ ok: true });
  });

  it('runs a kernel for any number of elements', async () => {
    const backend = cpuBackend();
    for (const length of [0, 1, 3, 4, 5, 8, 31, 1000]) {
      const values = Array.from({ length }, (_, i) => i);
      expect(await scale(backend, values, 2)).toEqual(values.map((x) => 2 * x + 1));
    }
  });

  it('takes kernels in which buffers share an address object', async () => {
    const backend = cpuBackend();
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
    const backend = cpuBackend();
    expect(await backend.prepare({ ...scaleKernel, name: 'another name' })).toBe(
      await backend.prepare(scaleKernel),
    );
  });

  it('binds ranges at any multiple of its alignment', async () => {
    const backend = cpuBackend();
    const flat = backend.alloc(400);
    backend.write(flat, 0, bytesOf(Array.from({ length: 100 }, (_, i) => i)));
    const exec = await backend.prepare(scaleKernel);
    const bindings = [
      { buf: flat, offset: 4, bytes: 36 },
      { buf: flat, offset: 204, bytes: 36 },
    ];
    backend.run([{ kind: 'kernel', exec, bindings, scalars: [10], integers: [9] }]);
    const found = floatsOf(await backend.read(flat, 200, 44));
    expect(found).toEqual([50, 11, 21, 31, 41, 51, 61, 71, 81, 91, 60]);
  });

  it('copies between buffers in program order', async () => {
    const backend = cpuBackend();
    const [x, y, z] = [backend.alloc(12), backend.alloc(12), backend.alloc(8)];
    backend.write(x, 0, bytesOf([1, 2, 3]));
    const exec = await backend.prepare(scaleKernel);
    backend.run([
      { kind: 'kernel', exec, bindings: [all(x), all(y)], scalars: [1], integers: [3] },
      { kind: 'copy', from: { buf: y, offset: 4, bytes: 8 }, to: all(z) },
    ]);
    expect(floatsOf(await backend.read(z, 0, 8))).toEqual([3, 4]);
  });

  it('keeps contents while memory grows', async () => {
    const backend = cpuBackend();
    const first = backend.alloc(16);
    backend.write(first, 0, bytesOf([1, 2, 3, 4]));
    const large = backend.alloc(100 * 2 ** 20);
    backend.write(large, large.bytes - 4, bytesOf([5]));
    expect(floatsOf(await backend.read(first, 0, 16))).toEqual([1, 2, 3, 4]);
    expect(floatsOf(await backend.read(large, large.bytes - 4, 4))).toEqual([5]);
  });

  it('returns bytes that later runs do not change', async () => {
    const backend = cpuBackend();
    const buf = backend.alloc(4);
    backend.write(buf, 0, bytesOf([1]));
    const before = backend.readSync?.(buf, 0, 4) ?? new Uint8Array();
    backend.write(buf, 0, bytesOf([2]));
    expect(floatsOf(before)).toEqual([1]);
  });

  it('refuses to pass its memory limit, and works on after that', async () => {
    const backend = cpuBackend({ memoryLimitBytes: 2 ** 20 });
    expect(() => backend.alloc(2 ** 21)).toThrow(DeviceError);
    expect(await scale(backend, [1], 3)).toEqual([4]);
  });

  it('uses no more memory after 1,000 runs than after one', async () => {
    const backend = cpuBackend();
    await scale(backend, [1, 2, 3], 2);
    const { usedBytes } = backend;
    for (let i = 0; i < 1000; i++) await scale(backend, [1, 2, 3], 2);
    expect(backend.usedBytes).toBe(usedBytes);
  });

  it('refuses buffers and kernels of another backend, and ranges outside of a buffer', async () => {
    const one = cpuBackend();
    const other = cpuBackend();
    const buf = one.alloc(8);
    expect(() => other.write(buf, 0, new Uint8Array(4))).toThrow(/another backend/);
    expect(() => one.write(buf, 5, new Uint8Array(4))).toThrow(/bytes 5 to 9 of a buffer of 8 bytes/);
    const exec = await other.prepare(scaleKernel);
    const bindings = [all(buf), all(buf)];
    expect(() => one.run([{ kind: 'kernel', exec, bindings, scalars: [1], integers: [1] }])).toThrow(
      /not prepared by this backend/,
    );
  });

  it('refuses a memory limit that 32-bit addresses cannot reach', () => {
    expect(() => cpuBackend({ memoryLimitBytes: 2 ** 33 })).toThrow(/memoryLimitBytes is 8589934592/);
  });
});

describe('the protocol between host and executor', () => {
  it('is data only: a backend works when every command is cloned', async () => {
    const options = { relaxed: false, memoryLimitBytes: 2 ** 26 };
    const backend = new CpuBackend(new RemoteLikeExecutor(), undefined, options);
    expect(backend.readSync).toBeUndefined();
    expect(await scale(backend, [1, 2, 3, 4, 5], 3)).toEqual([4, 7, 10, 13, 16]);
  });

  it('carries float scalars as their bits', () => {
    for (const value of [0, -0, 1.5, -3e38, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(scalarOfWord('f32', scalarWord('f32', value))).toBe(Math.fround(value));
    }
    expect(scalarOfWord('i32', scalarWord('i32', -7))).toBe(-7);
  });

  it('keeps programs of any length', () => {
    const writer = new ProgramWriter();
    for (let i = 0; i < 1000; i++) writer.copy(i, i + 1, i + 2);
    const program = writer.finish();
    expect([...program.slice(-4)]).toEqual([2, 999, 1000, 1001]);
    expect(writer.finish()).toHaveLength(0);
  });

  it('names an unknown step', () => {
    const executor = new LocalExecutor(() => ({
      load: () => undefined,
      prepare: () => {
        throw new Error('no library here');
      },
    }));
    expect(() => executor.submit({ kind: 'run', program: Int32Array.of(9) })).toThrow(/unknown step 9/);
  });
});
