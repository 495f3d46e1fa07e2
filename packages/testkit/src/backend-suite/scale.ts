/** A small kernel for tests of backends, and what runs it. */
import {
  type Backend,
  type Binding,
  type Buf,
  type Exec,
  KERNEL_FORM_VERSION,
  type LoopKernel,
} from '@hadal/core/backend';

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

/** Numbers as the bytes of float32. */
export const bytesOf = (values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);
/** The inverse of `bytesOf`. */
export const floatsOf = (bytes: Uint8Array): number[] => [...new Float32Array(bytes.slice().buffer)];
/** A whole buffer as a binding. */
export const all = (buf: Buf): Binding => ({ buf, offset: 0, bytes: buf.bytes });

/** The values times `by`, plus 1; frees what it allocates. `exec` is the kernel where it has been prepared before. */
export async function scale(
  backend: Backend,
  values: readonly number[],
  by: number,
  exec?: Exec,
): Promise<number[]> {
  const prepared = exec ?? (await backend.prepare(scaleKernel));
  const x = backend.alloc(values.length * 4);
  const y = backend.alloc(values.length * 4);
  backend.write(x, 0, bytesOf(values));
  const bindings = [all(x), all(y)];
  backend.run([{ kind: 'kernel', exec: prepared, bindings, scalars: [by], integers: [values.length] }]);
  const result = floatsOf(await backend.read(y, 0, y.bytes));
  backend.free(x);
  backend.free(y);
  return result;
}
