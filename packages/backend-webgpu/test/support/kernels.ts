/** Kernels of one scalar operation, and what runs them. */
import {
  type Backend,
  type Instruction,
  KERNEL_FORM_VERSION,
  type LoopKernel,
  type Register,
  type ScalarOp,
} from '@hadal/core/backend';
import { all } from '@hadal/testkit';

export type Values = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

type Word = 'f32' | 'i32';

const typeOf = (values: Values): Word => (values instanceof Float32Array ? 'f32' : 'i32');

/** The body gets its inputs in registers 0, 1 …; what its last instruction assigns is stored. */
export function elementwise(
  name: string,
  inputs: readonly Word[],
  body: readonly Instruction[],
  type: Word,
): LoopKernel {
  const address = { offset: 0, terms: [{ axis: 0, stride: 1 }] };
  const value = body.at(-1)?.to ?? 0;
  return {
    kind: 'loop',
    version: KERNEL_FORM_VERSION,
    name,
    key: name,
    buffers: [
      ...inputs.map((storage) => ({ storage, access: 'read' as const })),
      { storage: type, access: 'write' as const },
    ],
    scalars: [],
    integers: 1,
    grid: [{ argument: 0 }],
    vectorAxis: 'grid',
    stages: [
      {
        loop: [],
        body: [
          ...inputs.map((each, i) => ({ op: 'load' as const, to: i, type: each, buffer: i, address })),
          ...body,
        ],
        accumulators: [],
        stores: [{ buffer: inputs.length, address, value }],
      },
    ],
  };
}

/** Runs a kernel whose last buffer is what it gives, as many elements as the first has. */
export async function evaluate(
  backend: Backend,
  kernel: LoopKernel,
  inputs: readonly Values[],
  integers: readonly number[],
  count: number,
): Promise<ArrayBuffer> {
  const buffers = inputs.map((input) => {
    const buf = backend.alloc(input.byteLength);
    backend.write(buf, 0, new Uint8Array(input.buffer));
    return buf;
  });
  const out = backend.alloc(count * 4);
  const exec = await backend.prepare(kernel);
  const bindings = [...buffers, out].map(all);
  backend.run([{ kind: 'kernel', exec, bindings, scalars: [], integers }]);
  const bytes = await backend.read(out, 0, count * 4);
  for (const buf of [...buffers, out]) backend.free(buf);
  return new Uint8Array(bytes).buffer;
}

/** One operation on all elements of its inputs. */
export async function apply(
  backend: Backend,
  op: ScalarOp,
  inputs: readonly Values[],
  type: Register = typeOf(inputs[0] ?? new Float32Array()),
): Promise<Values> {
  const [first] = inputs;
  if (first === undefined || type === 'f64') throw new RangeError('there are no inputs of 32 bits');
  const from = typeOf(inputs.at(-1) ?? first);
  const operands = inputs.map((_, i) => i);
  const body = [{ op, to: inputs.length, type, from, operands } as const];
  const kernel = elementwise(`${op} ${from} ${type}`, inputs.map(typeOf), body, type);
  const found = await evaluate(backend, kernel, inputs, [first.length], first.length);
  return type === 'f32' ? new Float32Array(found) : new Int32Array(found);
}
