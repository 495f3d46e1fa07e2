import { describe, expect, it } from 'vitest';
import { HostBackend } from '../../src/backend/host';
import type { Buf } from '../../src/backend/interface';
import { KERNEL_FORM_VERSION, type LoopKernel } from '../../src/kernel/form';

/** Keeps its bytes where only it can see them. */
class Sealed extends HostBackend {
  override readonly name: string = 'sealed';
  readonly #memory = new Map<Buf, Uint8Array>();

  protected bytes(buf: Buf): Uint8Array {
    const found = this.#memory.get(buf);
    if (found === undefined) throw new Error('not a buffer of this backend');
    return found;
  }

  override alloc(bytes: number): Buf {
    const buf = { bytes };
    this.#memory.set(buf, new Uint8Array(bytes));
    return buf;
  }

  override free(buf: Buf): void {
    this.#memory.delete(buf);
  }

  override copyIn(buf: Buf, at: number, source: Uint8Array): void {
    this.bytes(buf).set(source, at);
  }

  override copyOut(buf: Buf, at: number, target: Uint8Array): void {
    target.set(this.bytes(buf).subarray(at, at + target.length));
  }
}

/** The same with memory laid open. */
class Open extends Sealed {
  override readonly name = 'open';

  protected override view(buf: Buf, at: number, bytes: number): Uint8Array {
    return this.bytes(buf).subarray(at, at + bytes);
  }
}

const at = { offset: 0, terms: [{ axis: 0, stride: 1 }] };
const double: LoopKernel = {
  kind: 'loop',
  version: KERNEL_FORM_VERSION,
  name: 'double',
  key: 'double',
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
        { op: 'add', to: 1, type: 'f32', from: 'f32', operands: [0, 0] },
      ],
      accumulators: [],
      stores: [{ buffer: 1, address: at, value: 1 }],
    },
  ],
  vectorAxis: 'grid',
};

const bytesOf = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const floatsOf = (bytes: Uint8Array): number[] => Array.from(new Float32Array(bytes.slice().buffer));

describe.each([
  ['memory behind copies', () => new Sealed()],
  ['memory laid open', () => new Open()],
])('a host backend with %s', (_, make) => {
  it('runs kernels on ranges of its buffers and leaves the rest alone', async () => {
    const backend = make();
    const buf = backend.alloc(24);
    backend.write(buf, 0, bytesOf(1, 2, 3, 4, 5, 6));
    const exec = await backend.prepare(double);
    backend.run([
      {
        kind: 'kernel',
        exec,
        bindings: [
          { buf, offset: 0, bytes: 8 },
          { buf, offset: 8, bytes: 8 },
        ],
        scalars: [],
        integers: [],
      },
    ]);
    expect(floatsOf(await backend.read(buf, 0, 24))).toEqual([1, 2, 2, 4, 5, 6]);
  });

  it('copies between ranges in order', async () => {
    const backend = make();
    const buf = backend.alloc(16);
    backend.write(buf, 0, bytesOf(1, 2, 3, 4));
    const range = (offset: number) => ({ buf, offset, bytes: 4 });
    backend.run([
      { kind: 'copy', from: range(0), to: range(4) },
      { kind: 'copy', from: range(4), to: range(12) },
    ]);
    expect(floatsOf(backend.readSync?.(buf, 0, 16) ?? new Uint8Array())).toEqual([1, 1, 3, 1]);
  });

  it('refuses a library call that it never offered', () => {
    const call = {
      kind: 'library' as const,
      name: 'conv',
      key: '',
      integers: [],
      epilogue: { sideInputs: [], scalars: [], body: [], outputs: [] },
      workspaceBytes: 0,
      payload: undefined,
    };
    expect(() => make().prepare(call)).toThrow('no kernel for the library call conv');
  });
});
