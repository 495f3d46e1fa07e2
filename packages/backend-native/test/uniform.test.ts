/** Operands that are one number for all points, in every place of an operation: results are those of core's executor. */
import { DeviceError } from '@hadal/core';
import {
  executable,
  KERNEL_FORM_VERSION,
  type LoopKernel,
  type Register,
  type ScalarOp,
} from '@hadal/core/backend';
import { all } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { nativeBackend } from '../src/index';
import { describeNative } from './support/available';

const POINTS = 37;

/** An operation on buffers of which those that `uniform` has a bit for give their first element alone. */
function kernelOf(op: ScalarOp, types: readonly Register[], uniform: number): LoopKernel {
  const from = types[types.length - 1] ?? 'f32';
  const type: Register = ['lt', 'le', 'eq', 'ne'].includes(op) ? 'i32' : from;
  const line = { offset: 0, terms: [{ axis: 0, stride: 1 }] };
  const to = types.length;
  return {
    kind: 'loop',
    version: KERNEL_FORM_VERSION,
    name: op,
    key: `${op} ${types.join()} ${uniform}`,
    buffers: [
      ...types.map((storage) => ({ storage, access: 'read' as const })),
      { storage: type, access: 'write' },
    ],
    scalars: [],
    integers: 0,
    grid: [POINTS],
    vectorAxis: 'grid',
    stages: [
      {
        loop: [],
        body: [
          ...types.map((each, buffer) => ({
            op: 'load' as const,
            to: buffer,
            type: each,
            buffer,
            address: uniform & (1 << buffer) ? { offset: 2, terms: [] } : line,
          })),
          { op, to, type, from, operands: types.map((_, i) => i) },
        ],
        accumulators: [],
        stores: [{ buffer: to, address: line, value: to }],
      },
    ],
  };
}

const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const;

/** Small integers, so that all that is computed is exact. */
const numbers = (type: Register, seed: number): Float32Array | Float64Array | Int32Array =>
  new arrays[type](Array.from({ length: POINTS }, (_, i) => ((i * 7 + seed * 5) % 9) - 3));

async function check(op: ScalarOp, types: readonly Register[], uniform: number): Promise<void> {
  const kernel = kernelOf(op, types, uniform);
  const inputs = types.map(numbers);
  const type = kernel.buffers[types.length]?.storage;
  if (type === undefined || type === 'u8') throw new Error('the kernel has no result');
  const wanted = new arrays[type](POINTS);
  executable(kernel).run([...inputs, wanted], [], []);

  const backend = nativeBackend({ threads: 1 });
  const buffers = [...inputs, wanted].map(({ byteLength }) => backend.alloc(byteLength));
  inputs.forEach((input, i) => {
    const buf = buffers[i];
    if (buf) backend.write(buf, 0, new Uint8Array(input.buffer));
  });
  const out = buffers[types.length];
  if (out === undefined) throw new Error('there is no result');
  const exec = backend.prepare(kernel);
  backend.run([{ kind: 'kernel', exec, bindings: buffers.map(all), scalars: [], integers: [] }]);
  const found = new arrays[type]((await backend.read(out, 0, wanted.byteLength)).slice().buffer);
  expect(Array.from(found)).toEqual(Array.from(wanted));
  await backend.close();
}

const binary: readonly ScalarOp[] = ['add', 'sub', 'mul', 'max', 'idiv', 'lt', 'ne'];

describeNative('uniform operands', () => {
  it.each(['f32', 'f64', 'i32'] as const)('of operations on two %s', async (type) => {
    for (const op of binary) for (const uniform of [0, 1, 2, 3]) await check(op, [type, type], uniform);
  });

  it.each(['f32', 'f64', 'i32'] as const)('of operations on three %s', async (type) => {
    for (let uniform = 0; uniform < 8; uniform++) {
      await check('fma', [type, type, type], uniform);
      await check('select', ['i32', type, type], uniform);
    }
  });

  it('of powers', async () => {
    for (const uniform of [0, 1, 2, 3]) await check('pow', ['f64', 'f64'], uniform);
  });

  it('have to lie within what is bound', () => {
    const backend = nativeBackend({ threads: 1 });
    const exec = backend.prepare(kernelOf('add', ['f32', 'f32'], 2));
    const [x, y, z] = [backend.alloc(4 * POINTS), backend.alloc(8), backend.alloc(4 * POINTS)];
    const bindings = [x, y, z].map(all);
    expect(() => backend.run([{ kind: 'kernel', exec, bindings, scalars: [], integers: [] }])).toThrow(
      DeviceError,
    );
  });
});
