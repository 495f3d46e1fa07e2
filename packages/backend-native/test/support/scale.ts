/** A small kernel, and what runs it. */
import { type Binding, type Buf, KERNEL_FORM_VERSION, type LoopKernel } from '@hadal/core/backend';
import type { NativeBackend } from '../../src/backend';

/** y[i] = x[i] · scalar + 1 for as many elements as the integer argument says. */
export const scaleKernel: LoopKernel = {
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

export const bytesOf = (values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);
export const floatsOf = (bytes: Uint8Array): number[] => [...new Float32Array(bytes.slice().buffer)];
export const all = (buf: Buf): Binding => ({ buf, offset: 0, bytes: buf.bytes });

/** The values times `by`, plus 1. */
export async function scale(
  backend: NativeBackend,
  values: readonly number[],
  by: number,
): Promise<number[]> {
  const x = backend.alloc(values.length * 4);
  const y = backend.alloc(values.length * 4);
  backend.write(x, 0, bytesOf(values));
  const exec = backend.prepare(scaleKernel);
  const integers = [values.length];
  backend.run([{ kind: 'kernel', exec, bindings: [all(x), all(y)], scalars: [by], integers }]);
  const result = floatsOf(await backend.read(y, 0, y.bytes));
  backend.free(x);
  backend.free(y);
  return result;
}
