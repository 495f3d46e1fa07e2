import {
  type Accumulator,
  type Instruction,
  KERNEL_FORM_VERSION,
  type LoopKernel,
  OPTIONAL_SCALAR_OPS,
  type ScalarOp,
  type Store,
  validateKernel,
} from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { enableRelaxedSimd } from '../src/engine';
import { type KernelRun, numbersIn, runEmitted, runReference } from './support/run-kernel';

type Type = 'f32' | 'i32';

const REQUIRED: readonly ScalarOp[] = [
  'add',
  'mul',
  'max',
  'idiv',
  'mod',
  'lt',
  'ne',
  'select',
  'convert',
  'bitcast',
  'exp2',
  'log2',
  'sin',
  'sqrt',
  'recip',
  'and',
  'or',
  'xor',
  'shl',
  'shr',
];
const ALL_OPS: readonly ScalarOp[] = [...REQUIRED, ...OPTIONAL_SCALAR_OPS];
const INTEGER_ONLY: readonly ScalarOp[] = ['and', 'or', 'xor', 'shl', 'shr'];
const FLOAT_ONLY: readonly ScalarOp[] = [
  'exp2',
  'log2',
  'sin',
  'sqrt',
  'recip',
  'exp',
  'log',
  'cos',
  'tanh',
  'erf',
  'rsqrt',
  'fma',
];
const COMPARISONS: readonly ScalarOp[] = ['lt', 'le', 'eq', 'ne'];
const UNARY = new Set<ScalarOp>([
  ...FLOAT_ONLY.filter((op) => op !== 'fma'),
  'convert',
  'bitcast',
  'neg',
  'abs',
  'sign',
  'floor',
  'ceil',
  'round',
]);

const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3,
  7,
  -7,
  1e-3,
  20,
  88,
  -88,
  1e9,
  -1e9,
  3e9,
  1e-40,
  NaN,
];
const MORE_FLOATS = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const INTEGERS = [
  0,
  1,
  -1,
  2,
  3,
  5,
  7,
  -7,
  31,
  32,
  33,
  100,
  -100,
  65536,
  2 ** 31 - 1,
  -(2 ** 31),
  -(2 ** 31) + 1,
];

/** A kernel that applies `op` to every pair (or triple) of values; `uniform` operands are scalars at run time. */
function operationRun(op: ScalarOp, from: Type, uniform: boolean): KernelRun {
  const type: Type = COMPARISONS.includes(op)
    ? 'i32'
    : op === 'convert' || op === 'bitcast'
      ? from === 'f32'
        ? 'i32'
        : 'f32'
      : from;
  const values = from === 'f32' ? [...FLOATS, ...MORE_FLOATS] : INTEGERS;
  const arity = op === 'fma' || op === 'select' ? 3 : UNARY.has(op) ? 1 : 2;
  const pairs = arity === 1 ? values.map((a) => [a, a]) : values.flatMap((a) => values.map((b) => [a, b]));
  const typed = (list: readonly number[]): Float32Array | Int32Array =>
    from === 'f32' ? Float32Array.from(list) : Int32Array.from(list);
  const first = typed(pairs.map(([a]) => a ?? 0));
  const second = typed(pairs.map(([, b]) => b ?? 0));
  const third = typed(pairs.map((_, i) => values[i % values.length] ?? 0));
  const condition = Int32Array.from(pairs, (_, i) => i % 3);
  const operandTypes: readonly Type[] =
    op === 'select' ? ['i32', from, from] : [from, from, from].slice(0, arity);
  const arrays = op === 'select' ? [condition, first, second] : [first, second, third].slice(0, arity);
  // A uniform operand depends on the outer axis only, so it is computed as a scalar.
  const terms = [{ axis: uniform ? 0 : 1, stride: 1 }];
  const body: Instruction[] = operandTypes.map((operandType, index) => ({
    op: 'load',
    to: index,
    type: operandType,
    buffer: index,
    address: { offset: 0, terms },
  }));
  body.push({ op, to: arity, type, from, operands: operandTypes.map((_, index) => index) });
  const count = pairs.length;
  const store: Store = {
    buffer: arity,
    address: { offset: 0, terms: [{ axis: uniform ? 0 : 1, stride: 1 }] },
    value: arity,
  };
  const kernel: LoopKernel = {
    kind: 'loop',
    version: KERNEL_FORM_VERSION,
    name: op,
    key: op,
    buffers: [
      ...operandTypes.map((storage) => ({ storage, access: 'read' as const })),
      { storage: type, access: 'write' },
    ],
    scalars: [],
    integers: 0,
    grid: uniform ? [count, 1] : [1, count],
    vectorAxis: 'grid',
    stages: [{ loop: [], body, accumulators: [], stores: [store] }],
  };
  const result = type === 'f32' ? new Float32Array(count) : new Int32Array(count);
  return { kernel, memory: [...arrays, result], scalars: [], integers: [] };
}

/** Relative tolerance of functions that are not exact. */
const APPROXIMATE: Partial<Record<ScalarOp, number>> = {
  exp: 3e-7,
  exp2: 3e-7,
  log: 3e-7,
  log2: 3e-7,
  sin: 3e-7,
  cos: 3e-7,
  tanh: 5e-7,
  erf: 5e-7,
  pow: 3e-7,
  rsqrt: 3e-7,
};

function wrongResults(run: KernelRun, relaxed: boolean): string[] {
  validateKernel(run.kernel);
  const expected = runReference(run).at(-1) ?? new Uint8Array();
  const found = runEmitted(run, relaxed).at(-1) ?? new Uint8Array();
  const output = run.memory.length - 1;
  const wanted = numbersIn(run.kernel, output, expected);
  const given = numbersIn(run.kernel, output, found);
  const tolerance = run.kernel.name === 'fma' ? 3e-7 : (APPROXIMATE[run.kernel.name as ScalarOp] ?? 0);
  return wanted.flatMap((value, i) => {
    const result = given[i] ?? Number.NaN;
    // Beyond this quotient, remainders are computed from a rounded one.
    const [dividend, divisor] = run.memory;
    const isHuge = Math.abs((dividend?.[i] ?? 0) / (divisor?.[i] ?? 1)) > 2 ** 29;
    if (run.kernel.name === 'mod' && output === 2 && dividend instanceof Float32Array && isHuge) return [];
    const close =
      Math.abs(value - result) <= Math.max(tolerance * Math.abs(value), tolerance === 0 ? 0 : 3e-45);
    if (Object.is(value, result) || value === result || close) return [];
    const operands = run.memory.slice(0, -1).map((array) => array[i]);
    return [`${run.kernel.name}(${operands.join(', ')}) = ${result}, not ${value}`];
  });
}

const cases = ALL_OPS.flatMap((op) =>
  (['f32', 'i32'] as const)
    .filter((from) => (from === 'f32' ? !INTEGER_ONLY.includes(op) : !FLOAT_ONLY.includes(op)))
    .map((from) => ({ op, from })),
);

describe.each(enableRelaxedSimd() ? [true, false] : [false])('operations with relaxed SIMD %s', (relaxed) => {
  it.each(cases)('computes $op of $from on lanes as the executor does', ({ op, from }) => {
    expect(wrongResults(operationRun(op, from, false), relaxed)).toEqual([]);
  });

  it.each(cases)('computes $op of $from on scalars as the executor does', ({ op, from }) => {
    expect(wrongResults(operationRun(op, from, true), relaxed)).toEqual([]);
  });
});

const KINDS: readonly Accumulator['kind'][] = ['sum', 'prod', 'max', 'min', 'argmax', 'argmin'];

/** Reduces [rows, 2, columns / 2] to [rows] over the last two axes, or [columns, rows] over the first. */
function reductionRun(
  kind: Accumulator['kind'],
  type: Type,
  values: readonly number[][],
  along: 'grid' | 'loop',
): KernelRun {
  const rows = values.length;
  const columns = values[0]?.length ?? 0;
  const array = type === 'f32' ? new Float32Array(rows * columns) : new Int32Array(rows * columns);
  values.forEach((row, r) => {
    row.forEach((value, c) => {
      array[along === 'loop' ? r * columns + c : c * rows + r] = value;
    });
  });
  const isPosition = kind === 'argmax' || kind === 'argmin';
  const resultType = isPosition ? 'i32' : type;
  const strides = along === 'loop' ? [columns, columns / 2, 1] : [1, (rows * columns) / 2, rows];
  const terms = strides.map((stride, axis) => ({ axis, stride })).filter(({ stride }) => stride > 0);
  const kernel: LoopKernel = {
    kind: 'loop',
    version: KERNEL_FORM_VERSION,
    name: kind,
    key: kind,
    buffers: [
      { storage: type, access: 'read' },
      { storage: resultType, access: 'write' },
    ],
    scalars: [],
    integers: 1,
    grid: [rows],
    vectorAxis: along,
    stages: [
      {
        // Short loops of known length are written out instead.
        loop: [2, columns <= 8 ? columns / 2 : { argument: 0 }],
        body: [{ op: 'load', to: 0, type, buffer: 0, address: { offset: 0, terms } }],
        accumulators: [{ kind, type, value: 0, to: 1 }],
        stores: [],
      },
      {
        loop: [],
        body: [],
        accumulators: [],
        stores: [{ buffer: 1, address: { offset: 0, terms: [{ axis: 0, stride: 1 }] }, value: 1 }],
      },
    ],
  };
  const result = resultType === 'f32' ? new Float32Array(rows) : new Int32Array(rows);
  return { kernel, memory: [array, result], scalars: [], integers: [columns / 2] };
}

describe.each(['grid', 'loop'] as const)('reductions with lanes along the %s', (along) => {
  it.each(KINDS)('finds the %s of rows of every length', (kind) => {
    for (let half = 0; half <= 41; half += half < 20 ? 1 : 7) {
      for (const type of ['f32', 'i32'] as const) {
        const values = Array.from({ length: 5 }, (_, row) =>
          Array.from({ length: 2 * half }, (_, i) => ((i * 7 + row * 3) % 11) - (kind === 'prod' ? 0 : 5)),
        );
        const ones = (row: number[]): number[] => row.map((value, i) => (i < 12 ? (value % 2) + 1 : 1));
        const capped = kind === 'prod' ? values.map(ones) : values;
        expect(wrongResults(reductionRun(kind, type, capped, along), false), `${type} ${half}`).toEqual([]);
      }
    }
  });

  it.each(['max', 'min', 'argmax', 'argmin'] as const)('lets a NaN win the %s wherever it stands', (kind) => {
    for (const length of [8, 26]) {
      const values = Array.from({ length }, (_, row) =>
        Array.from({ length }, (_, i) => (i === row || (row % 3 === 0 && i > row) ? Number.NaN : i % 5)),
      );
      expect(wrongResults(reductionRun(kind, 'f32', values, along), false)).toEqual([]);
    }
  });

  it.each(['argmax', 'argmin'] as const)('gives the first position of equal extremes: %s', (kind) => {
    const values = Array.from({ length: 30 }, (_, row) =>
      Array.from({ length: 30 }, (_, i) =>
        i >= row && (i - row) % 4 === 0 ? (kind === 'argmax' ? 9 : -9) : 0,
      ),
    );
    const same = [Array.from({ length: 30 }, () => Number.NEGATIVE_INFINITY)];
    expect(wrongResults(reductionRun(kind, 'f32', values, along), false)).toEqual([]);
    expect(wrongResults(reductionRun(kind, 'f32', same, along), false)).toEqual([]);
  });
});
