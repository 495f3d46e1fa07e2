/** Code that few programs need is loaded by the first kernel that does; this file starts without it. */
import { type Instruction, KERNEL_FORM_VERSION, type LoopKernel, type ScalarOp } from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { cpuBackend } from '../src/index';

/** y[i] = op(x[i]) for four elements. */
function unaryKernel(op: ScalarOp): LoopKernel {
  const address = { offset: 0, terms: [{ axis: 0, stride: 1 }] };
  const body: Instruction[] = [
    { op: 'load', to: 0, type: 'f32', buffer: 0, address },
    { op, to: 1, type: 'f32', from: 'f32', operands: [0] },
  ];
  return {
    kind: 'loop',
    version: KERNEL_FORM_VERSION,
    name: op,
    key: op,
    buffers: [
      { storage: 'f32', access: 'read' },
      { storage: 'f32', access: 'write' },
    ],
    scalars: [],
    integers: 0,
    grid: [4],
    vectorAxis: 'grid',
    stages: [{ loop: [], body, accumulators: [], stores: [{ buffer: 1, address, value: 1 }] }],
  };
}

describe('preparing a kernel', () => {
  it('waits for the code of rare operations once, and is synchronous before and after', async () => {
    const backend = cpuBackend();
    expect(backend.prepare(unaryKernel('exp'))).not.toBeInstanceOf(Promise);
    const [first, second] = [backend.prepare(unaryKernel('sin')), backend.prepare(unaryKernel('sin'))];
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toBe(await second);
    expect(backend.prepare(unaryKernel('sin'))).toBe(await first);
    expect(backend.prepare(unaryKernel('tanh'))).not.toBeInstanceOf(Promise);

    const [x, y] = [backend.alloc(16), backend.alloc(16)];
    backend.write(x, 0, new Uint8Array(Float32Array.of(0, 0.5, 1, 2).buffer));
    const bindings = [x, y].map((buf) => ({ buf, offset: 0, bytes: 16 }));
    backend.run([{ kind: 'kernel', exec: await first, bindings, scalars: [], integers: [] }]);
    const found = new Float32Array((await backend.read(y, 0, 16)).buffer);
    for (const [i, value] of [0, 0.5, 1, 2].entries()) expect(found[i]).toBeCloseTo(Math.sin(value), 6);
  });
});
