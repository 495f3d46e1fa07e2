/**
 * The hostile backend notices when core breaks a rule of the interface.
 */
import { KERNEL_FORM_VERSION, type LoopKernel, type ScalarInstruction } from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { HostileBackend } from '../src/index';

const at = { offset: 0, terms: [{ axis: 0, stride: 1 }] };

const doubling = (op: ScalarInstruction['op'] = 'add'): LoopKernel => ({
  kind: 'loop',
  version: KERNEL_FORM_VERSION,
  name: 'doubling',
  key: `doubling by ${op}`,
  buffers: [
    { storage: 'f32', access: 'read' },
    { storage: 'f32', access: 'write' },
  ],
  scalars: [],
  integers: 0,
  grid: [2],
  stages: [
    {
      loop: [],
      body: [
        { op: 'load', to: 0, type: 'f32', buffer: 0, address: at },
        { op, to: 1, type: 'f32', from: 'f32', operands: [0, 0] },
      ],
      accumulators: [],
      stores: [{ buffer: 1, address: at, value: 1 }],
    },
  ],
  vectorAxis: 'grid',
});

const floats = (bytes: Uint8Array): number[] => Array.from(new Float32Array(bytes.slice().buffer));
const bytes = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

async function run(from: number, to: number, kernel = doubling()): Promise<number[]> {
  const backend = new HostileBackend();
  const buf = backend.alloc(1024);
  backend.write(buf, 0, bytes(1, 2));
  const exec = await backend.prepare(kernel);
  const range = (offset: number) => ({ buf, offset, bytes: 8 });
  backend.run([{ kind: 'kernel', exec, bindings: [range(from), range(to)], scalars: [], integers: [] }]);
  return floats(await backend.read(buf, to, 8));
}

describe('the hostile backend', () => {
  it('computes what is asked of it', async () => {
    expect(await run(0, 256)).toEqual([2, 4]);
  });

  it('hands out memory full of NaN', async () => {
    const backend = new HostileBackend();
    expect(floats(await backend.read(backend.alloc(8), 0, 8))).toEqual([Number.NaN, Number.NaN]);
  });

  it('copies what is written at once', async () => {
    const backend = new HostileBackend();
    const buf = backend.alloc(8);
    const source = bytes(1, 2);
    backend.write(buf, 0, source);
    source.fill(0);
    expect(floats(await backend.read(buf, 0, 8))).toEqual([1, 2]);
  });

  it('cannot read at once', () => {
    expect('readSync' in new HostileBackend()).toBe(false);
  });

  it('refuses ranges that are not aligned', async () => {
    await expect(run(0, 128)).rejects.toThrow('not a multiple of 256');
  });

  it('refuses to write where it reads', async () => {
    await expect(run(0, 0)).rejects.toThrow('writes to a range that it binds twice');
  });

  it('refuses ranges outside of a buffer', async () => {
    await expect(run(0, 1024)).rejects.toThrow('lie outside of a buffer of 1024');
  });

  it('refuses operations that it did not list', async () => {
    await expect(run(0, 256, doubling('sub'))).rejects.toThrow('uses the optional operation sub');
  });

  it('refuses buffers that were freed', async () => {
    const backend = new HostileBackend();
    const buf = backend.alloc(8);
    backend.free(buf);
    await expect(backend.read(buf, 0, 8)).rejects.toThrow('used after it was freed');
  });

  it('refuses to prepare a kernel twice', async () => {
    const backend = new HostileBackend();
    await backend.prepare(doubling());
    await expect(backend.prepare(doubling())).rejects.toThrow('prepared once per key');
  });
});
