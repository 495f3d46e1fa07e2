/**
 * Scalar operations against JavaScript's: bits where they are exact, units in the last place where they are not. Subnormal
 * numbers are flushed to zero by some drivers, and left out.
 */
import type { ScalarOp } from '@hadal/core/backend';
import { scalarFunction } from '@hadal/core/kernel/scalar-functions';
import { beforeAll, expect, it } from 'vitest';
import { type WebGpuBackend, webgpuBackend } from '../src/index';
import { describeWebGpu } from './support/available';
import { apply, elementwise, evaluate } from './support/kernels';

const SMALLEST_NORMAL = 2 ** -126;
const LARGEST = 3.4028234663852886e38;
const EDGES = [
  0,
  -0,
  Infinity,
  -Infinity,
  NaN,
  1,
  -1,
  0.5,
  -1.5,
  2.5,
  SMALLEST_NORMAL,
  LARGEST,
  -LARGEST,
  2 ** 23 + 1,
];

/** Normal float32 numbers with bit patterns spread evenly, of either sign, and the edge cases. */
function spread(count: number, largest = LARGEST): Float32Array<ArrayBuffer> {
  const end = new Int32Array(Float32Array.of(largest).buffer)[0] ?? 0;
  const step = (end - 0x00800000) / count;
  const bits = Int32Array.from(
    { length: count },
    (_, i) => Math.floor(0x00800000 + i * step) | (i & 1 ? 1 << 31 : 0),
  );
  const floats = new Float32Array(bits.buffer);
  floats.set(EDGES.filter((edge) => !(Math.abs(edge) > largest && Number.isFinite(edge))));
  return floats;
}

const integers = Int32Array.of(
  0,
  1,
  -1,
  2,
  -2,
  3,
  -3,
  7,
  -7,
  31,
  32,
  33,
  40,
  -32,
  1000,
  2 ** 31 - 1,
  -(2 ** 31),
  65537,
);

/** Every one of the first with every one of the second. */
function pairs<T extends Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(
  values: T,
  make: (of: number[]) => T,
) {
  const [left, right]: [number[], number[]] = [[], []];
  for (const a of values)
    for (const b of values) {
      left.push(a);
      right.push(b);
    }
  return [make(left), make(right)] as const;
}

const floats = (values: number[]) => Float32Array.from(values);
const words = (values: number[]) => Int32Array.from(values);
const bitsOf = (value: number): number =>
  Number.isNaN(value) ? NaN : (new Int32Array(Float32Array.of(value).buffer)[0] ?? 0);

/** The distance in float32 numbers; of unlike infinities and NaN it is infinite. */
function unitsApart(found: number, expected: number): number {
  const wanted = Math.fround(expected);
  if (Object.is(found, wanted) || (Number.isNaN(found) && Number.isNaN(wanted))) return 0;
  // What is flushed is as far from a subnormal number as zero is.
  if (Math.abs(wanted) < SMALLEST_NORMAL) return Math.abs(found) <= SMALLEST_NORMAL ? 0 : Infinity;
  if (!Number.isFinite(found) || !Number.isFinite(wanted)) return Infinity;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(wanted))) - 23);
  return Math.abs(found - expected) / unit;
}

describeWebGpu('scalar operations', () => {
  let backend: WebGpuBackend;
  beforeAll(async () => {
    backend = await webgpuBackend();
  });

  it.each<[ScalarOp, number, number]>([
    ['exp', 3, LARGEST],
    ['exp2', 3, LARGEST],
    ['log', 6, LARGEST],
    ['log2', 6, LARGEST],
    ['sin', 8, LARGEST],
    ['cos', 8, LARGEST],
    ['tanh', 8, LARGEST],
    ['erf', 12, LARGEST],
    ['sqrt', 2, LARGEST],
    ['rsqrt', 3, LARGEST],
    ['recip', 3, 2 ** 125],
    ['floor', 0, LARGEST],
    ['ceil', 0, LARGEST],
    ['round', 0, LARGEST],
    ['abs', 0, LARGEST],
    ['neg', 0, LARGEST],
    ['sign', 0, LARGEST],
  ])('%s is within %d units in the last place', async (op, most, largest) => {
    const values = spread(4096, largest);
    const exact = scalarFunction(op, 'f32');
    const found = await apply(backend, op, [values]);
    const apart = [...values].map((value, i) => unitsApart(found[i] ?? 0, exact(value, 0)));
    const worst = apart.indexOf(Math.max(...apart));
    expect(apart[worst], `${op}(${values[worst]}) = ${found[worst]}`).toBeLessThanOrEqual(most);
  });

  it.each<[ScalarOp, number]>([
    ['add', 0],
    ['sub', 0],
    ['mul', 0],
    ['div', 3],
    ['max', 0],
    ['min', 0],
    ['lt', 0],
    ['le', 0],
    ['eq', 0],
    ['ne', 0],
  ])('%s of any two edge cases is within %d units in the last place', async (op, most) => {
    const [left, right] = pairs(floats([...EDGES, 3, -3, 0.1, 1e-3, 7.25]), floats);
    const isComparison = ['lt', 'le', 'eq', 'ne'].includes(op);
    const exact =
      {
        add: (a: number, b: number) => a + b,
        sub: (a: number, b: number) => a - b,
        mul: (a: number, b: number) => a * b,
      }[op as string] ?? scalarFunction(op, 'f32');
    const found = await apply(backend, op, [left, right], isComparison ? 'i32' : 'f32');
    [...left].forEach((a, i) => {
      const b = right[i] ?? 0;
      const off = unitsApart(found[i] ?? 0, exact(a, b));
      expect(off, `${op}(${a}, ${b}) = ${found[i]}`).toBeLessThanOrEqual(most);
    });
  });

  it.each<ScalarOp>(['idiv', 'mod'])('%s of floats is that of the exact quotient', async (op) => {
    const [left, right] = pairs(
      floats([0, 1, -1, 7, -7, 0.1, 0.3, 1e6, -12345.678, 3, -3, 2 ** 20 + 0.5]),
      floats,
    );
    const exact = scalarFunction(op, 'f32');
    const found = await apply(backend, op, [left, right]);
    [...left].forEach((a, i) => {
      const b = right[i] ?? 0;
      expect(unitsApart(found[i] ?? 0, exact(a, b)), `${op}(${a}, ${b}) = ${found[i]}`).toBeLessThanOrEqual(
        1,
      );
    });
  });

  it('pow is that of IEEE 754 for edge cases, and close elsewhere', async () => {
    const [left, right] = pairs(
      floats([0, -0, 1, -1, 2, -2, 0.5, 3, -3, 10, 1.5, Infinity, -Infinity, NaN, 0.1, 33]),
      floats,
    );
    const exact = scalarFunction('pow', 'f32');
    const found = await apply(backend, 'pow', [left, right]);
    [...left].forEach((a, i) => {
      const b = right[i] ?? 0;
      expect(unitsApart(found[i] ?? 0, exact(a, b)), `${a} ** ${b} = ${found[i]}`).toBeLessThanOrEqual(24);
    });
  });

  it.each<ScalarOp>([
    'add',
    'sub',
    'mul',
    'div',
    'idiv',
    'mod',
    'pow',
    'max',
    'min',
    'and',
    'or',
    'xor',
    'shl',
    'shr',
    'lt',
    'le',
    'eq',
    'ne',
  ])('%s of integers wraps, rounds down and takes any divisor or count', async (op) => {
    const [left, right] = pairs(integers, words);
    const wrapping =
      { add: (a: number, b: number) => a + b, sub: (a: number, b: number) => a - b, mul: Math.imul }[
        op as string
      ] ?? scalarFunction(op, 'i32');
    const found = await apply(backend, op, [left, right]);
    expect([...found]).toEqual([...left].map((a, i) => wrapping(a, right[i] ?? 0) | 0));
  });

  it('converts to integers by truncation, clamped, with 0 for NaN', async () => {
    const values = Float32Array.of(
      0.9,
      -0.9,
      1.5,
      -1.5,
      2147483520,
      2147483648,
      -2147483648,
      1e20,
      -1e20,
      Infinity,
      -Infinity,
      NaN,
    );
    expect([...(await apply(backend, 'convert', [values], 'i32'))]).toEqual([
      0, 0, 1, -1, 2147483520, 2147483647, -2147483648, 2147483647, -2147483648, 2147483647, -2147483648, 0,
    ]);
  });

  it('reinterprets bits', async () => {
    const bits = Int32Array.of(0, 1 << 31, 0x3f800000, 0x7f800000, 12345 << 10);
    const found = new Float32Array(
      await evaluate(
        backend,
        elementwise(
          'bits',
          ['i32'],
          [{ op: 'bitcast', to: 1, type: 'f32', from: 'i32', operands: [0] }],
          'f32',
        ),
        [bits],
        [bits.length],
        bits.length,
      ),
    );
    expect([...found].map(bitsOf)).toEqual([...bits]);
  });

  it('adds numbers one after another, not to each other', async () => {
    const values = Float32Array.of(2 ** -24 * 1.6, 2 ** -24 * 7.2, 0.25);
    const kernel = elementwise(
      'align',
      ['f32'],
      [
        { op: 'constant', to: 1, type: 'f32', value: 0.5 },
        { op: 'add', to: 2, type: 'f32', from: 'f32', operands: [0, 1] },
        { op: 'constant', to: 3, type: 'f32', value: -0.5 },
        { op: 'add', to: 4, type: 'f32', from: 'f32', operands: [2, 3] },
      ],
      'f32',
    );
    const found = new Float32Array(await evaluate(backend, kernel, [values], [3], 3));
    expect([...found]).toEqual([2 ** -23, 7 * 2 ** -24, 0.25]);
  });

  it('multiplies by a zero in the code as by any other', async () => {
    const values = floats(EDGES);
    for (const zero of [0, -0]) {
      for (const operands of [
        [0, 1],
        [1, 0],
      ]) {
        const kernel = elementwise(
          `mul ${operands} ${Object.is(zero, -0) ? '-0' : zero}`,
          ['f32'],
          [
            { op: 'constant', to: 1, type: 'f32', value: zero },
            { op: 'mul', to: 2, type: 'f32', from: 'f32', operands },
          ],
          'f32',
        );
        const found = new Float32Array(
          await evaluate(backend, kernel, [values], [values.length], values.length),
        );
        expect([...found].map(bitsOf)).toEqual([...values].map((value) => bitsOf(value * zero)));
      }
    }
  });

  it('knows that infinities and NaN less or over themselves are NaN', async () => {
    const values = floats(EDGES);
    for (const [op, exact] of [
      ['sub', (value: number) => value - value],
      ['div', (value: number) => value / value],
    ] as const) {
      const body = [{ op, to: 1, type: 'f32', from: 'f32', operands: [0, 0] } as const];
      const kernel = elementwise(`${op} of itself`, ['f32'], body, 'f32');
      const found = new Float32Array(
        await evaluate(backend, kernel, [values], [values.length], values.length),
      );
      expect([...found].map(bitsOf)).toEqual([...values].map((value) => bitsOf(exact(value))));
    }
  });

  it('compares with a number in the code as with any other', async () => {
    const values = floats(EDGES);
    for (const [op, limit] of [
      ['max', 0],
      ['max', -0],
      ['min', 0],
      ['min', -0],
      ['max', 1],
      ['min', 1],
    ] as const) {
      const kernel = elementwise(
        `${op} ${Object.is(limit, -0) ? '-0' : limit}`,
        ['f32'],
        [
          { op: 'constant', to: 1, type: 'f32', value: limit },
          { op, to: 2, type: 'f32', from: 'f32', operands: [0, 1] },
        ],
        'f32',
      );
      const found = new Float32Array(
        await evaluate(backend, kernel, [values], [values.length], values.length),
      );
      expect([...found].map(bitsOf)).toEqual([...values].map((value) => bitsOf(Math[op](value, limit))));
    }
  });
});
