/**
 * The float32 functions against those of the C library in float64, which float64 kernels use: largest errors in units in
 * the last place. Subnormal numbers are flushed to zero, and left out.
 */
import { KERNEL_FORM_VERSION, type LoopKernel, type Register, type ScalarOp } from '@hadal/core/backend';
import { all } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { nativeBackend } from '../src/index';
import { describeNative } from './support/available';

const SMALLEST_NORMAL = 2 ** -126;

const kernelOf = (op: ScalarOp, type: Register, operands: number): LoopKernel => ({
  kind: 'loop',
  version: KERNEL_FORM_VERSION,
  name: op,
  key: `${op} ${type}`,
  buffers: Array.from({ length: operands + 1 }, (_, i) => ({
    storage: type,
    access: i < operands ? ('read' as const) : ('write' as const),
  })),
  scalars: [],
  integers: 1,
  grid: [{ argument: 0 }],
  vectorAxis: 'grid',
  stages: [
    {
      loop: [],
      body: [
        ...Array.from({ length: operands }, (_, i) => ({
          op: 'load' as const,
          to: i,
          type,
          buffer: i,
          address: { offset: 0, terms: [{ axis: 0, stride: 1 }] },
        })),
        { op, to: operands, type, from: type, operands: Array.from({ length: operands }, (_, i) => i) },
      ],
      accumulators: [],
      stores: [
        { buffer: operands, address: { offset: 0, terms: [{ axis: 0, stride: 1 }] }, value: operands },
      ],
    },
  ],
});

type Floats = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

async function evaluate<T extends Floats>(
  op: ScalarOp,
  inputs: readonly T[],
  make: (bytes: ArrayBuffer) => T,
): Promise<T> {
  const backend = nativeBackend({ threads: 1 });
  const [first] = inputs;
  if (first === undefined) throw new Error('there are no inputs');
  const bytes = first.byteLength;
  const buffers = inputs.map((input) => {
    const buf = backend.alloc(bytes);
    backend.write(buf, 0, new Uint8Array(input.buffer));
    return buf;
  });
  const out = backend.alloc(bytes);
  const exec = backend.prepare(kernelOf(op, first.BYTES_PER_ELEMENT === 8 ? 'f64' : 'f32', inputs.length));
  const bindings = [...buffers, out].map(all);
  backend.run([{ kind: 'kernel', exec, bindings, scalars: [], integers: [first.length] }]);
  const found = make(new Uint8Array(await backend.read(out, 0, bytes)).buffer);
  await backend.close();
  return found;
}

/** Normal float32 numbers with bit patterns spread evenly, of either sign, and the edge cases. */
function spread(count: number): Float32Array<ArrayBuffer> {
  const bits = new Int32Array(count);
  const step = (0x7f800000 - 0x00800000) / count;
  for (let i = 0; i < count; i++) bits[i] = Math.floor(0x00800000 + i * step) | (i & 1 ? -0x80000000 : 0);
  const floats = new Float32Array(bits.buffer);
  floats.set([0, -0, Infinity, -Infinity, NaN, 1, -1, SMALLEST_NORMAL, 3.4028234663852886e38]);
  return floats;
}

const dense = (low: number, high: number, count: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

function unitsApart(found: number, exact: number): number {
  const wanted = Math.fround(exact);
  if (Object.is(found, wanted) || found === wanted || (Number.isNaN(found) && Number.isNaN(wanted))) return 0;
  if (Math.abs(exact) < SMALLEST_NORMAL && Math.abs(found) <= SMALLEST_NORMAL) return 0;
  // Beyond the largest float32, Infinity counts as the next number.
  const finite = (x: number): number => (Math.abs(x) === Infinity ? Math.sign(x) * 2 ** 128 : x);
  return (
    Math.abs(finite(found) - finite(exact)) / 2 ** (Math.floor(Math.log2(Math.abs(finite(wanted)))) - 23)
  );
}

async function worstOf(
  op: ScalarOp,
  inputs: readonly Float32Array<ArrayBuffer>[],
): Promise<{ units: number; at: number[] }> {
  const found = await evaluate(op, inputs, (bytes) => new Float32Array(bytes));
  const wide = inputs.map((input) => Float64Array.from(input));
  const exact = await evaluate(op, wide, (bytes) => new Float64Array(bytes));
  let worst = { units: 0, at: [Number.NaN] };
  found.forEach((value, i) => {
    const units = unitsApart(value, exact[i] ?? Number.NaN);
    if (!(units <= worst.units)) worst = { units, at: inputs.map((input) => input[i] ?? Number.NaN) };
  });
  return worst;
}

const COUNT = 200_000;

const functions: readonly [ScalarOp, number, readonly [number, number]][] = [
  ['exp', 2, [-110, 92]],
  ['exp2', 2, [-155, 130]],
  ['log', 2, [0.5, 2]],
  ['log2', 2, [0.5, 2]],
  ['sin', 2, [-1000, 1000]],
  ['cos', 2, [-1000, 1000]],
  ['tanh', 4, [-10, 10]],
  ['erf', 4, [-4, 4]],
];

describeNative('float32 functions', () => {
  it.each(functions)(
    '%s is right within %i units, for every size of argument',
    async (op, units, [low, high]) => {
      const everywhere = await worstOf(op, [spread(COUNT)]);
      const inside = await worstOf(op, [dense(low, high, COUNT)]);
      expect(everywhere.units, `at ${everywhere.at}`).toBeLessThanOrEqual(units);
      expect(inside.units, `at ${inside.at}`).toBeLessThanOrEqual(units);
    },
  );

  it('pow is right within 2 units, at edges too', async () => {
    const edges = [0, -0, 1, -1, 2, -2, 0.5, 3, -3, 2.5, Infinity, -Infinity, NaN, 16777216, 16777217];
    const pairs = edges.flatMap((x) => edges.map((y) => [x, y] as const));
    const inputs = [0, 1].map((at) => Float32Array.from(pairs, (pair) => pair[at] ?? Number.NaN));
    const atEdges = await worstOf('pow', inputs);
    expect(atEdges.units, `at ${atEdges.at}`).toBeLessThanOrEqual(1);
    const bases = dense(0.01, 30, COUNT);
    const exponents = Float32Array.from({ length: COUNT }, (_, i) => ((i * 7919) % 2001) / 100 - 10);
    const worst = await worstOf('pow', [bases, exponents]);
    expect(worst.units, `at ${worst.at}`).toBeLessThanOrEqual(2);
  });
});
