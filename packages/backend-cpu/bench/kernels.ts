/**
 * Speed of emitted loop kernels next to plain JavaScript loops, in elements per nanosecond and bytes per second:
 * `npx tsx packages/backend-cpu/bench/kernels.ts`.
 */
import {
  type Instruction,
  KERNEL_FORM_VERSION,
  type LoopKernel,
  type ScalarOp,
  type Stage,
} from '@hadal/core/backend';
import { ENTRY, emitKernel, loadFor } from '../src/emit/index';
import { enableRelaxedSimd } from '../src/engine';

const relaxed = enableRelaxedSimd();
const MEMORY_BYTES = 512 * 2 ** 20;
const memory = new WebAssembly.Memory({ initial: MEMORY_BYTES / 65536, maximum: 65536 });
const ARGUMENTS_AT = 1024;
const FIRST_BUFFER_AT = 65536;
/** Each measurement repeats for about this long, and the best of several counts. */
const MEASURE_MS = 60;
const TRIES = 4;

interface Case {
  readonly name: string;
  readonly kernel: LoopKernel;
  /** Elements of each buffer. */
  readonly lengths: readonly number[];
  readonly elements: number;
  readonly javascript?: (buffers: readonly Float32Array[]) => void;
}

function milliseconds(run: () => void): number {
  run();
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    let count = 0;
    const start = performance.now();
    do {
      run();
      count++;
    } while (performance.now() - start < MEASURE_MS);
    best = Math.min(best, (performance.now() - start) / count);
  }
  return best;
}

async function measure({ name, kernel, lengths, elements, javascript }: Case): Promise<void> {
  await loadFor(kernel);
  const startEmit = performance.now();
  const bytes = emitKernel(kernel, { relaxed });
  const emitted = performance.now();
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const compiled = performance.now();
  const words = new Int32Array(memory.buffer);
  let address = FIRST_BUFFER_AT;
  const buffers = lengths.map((length, index) => {
    words[ARGUMENTS_AT / 4 + index] = address;
    const view = new Float32Array(memory.buffer, address, length);
    for (let i = 0; i < length; i++) view[i] = (i % 97) / 50 - 1;
    address += Math.ceil(length / 16) * 64 + 64;
    return view;
  });
  const run = instance.exports[ENTRY];
  if (typeof run !== 'function') throw new Error('no function was exported');
  const extent = kernel.grid[0];
  const end = typeof extent === 'number' ? extent : 1;
  const wasm = milliseconds(() => run(0, end, ARGUMENTS_AT));
  const script = javascript === undefined ? undefined : milliseconds(() => javascript(buffers));
  const moved = lengths.reduce((sum, length) => sum + 4 * length, 0);
  console.log(
    [
      name.padEnd(34),
      `${(elements / wasm / 1e6).toFixed(2).padStart(7)} elements/ns`,
      `${(moved / wasm / 1e6).toFixed(1).padStart(6)} GB/s`,
      script === undefined ? ''.padStart(20) : `${(script / wasm).toFixed(1).padStart(6)} × JavaScript`,
      `emit ${(emitted - startEmit).toFixed(2)} ms, compile ${(compiled - emitted).toFixed(2)} ms, ${bytes.length} bytes`,
    ].join('  '),
  );
}

const at = (...strides: number[]): { offset: number; terms: { axis: number; stride: number }[] } => ({
  offset: 0,
  terms: strides.map((stride, axis) => ({ axis, stride })).filter(({ stride }) => stride !== 0),
});

function kernelOf(
  name: string,
  grid: readonly number[],
  inputs: number,
  outputs: number,
  vectorAxis: LoopKernel['vectorAxis'],
  stages: readonly Stage[],
): LoopKernel {
  return {
    kind: 'loop',
    version: KERNEL_FORM_VERSION,
    name,
    key: name,
    buffers: [
      ...Array.from({ length: inputs }, () => ({ storage: 'f32' as const, access: 'read' as const })),
      ...Array.from({ length: outputs }, () => ({ storage: 'f32' as const, access: 'update' as const })),
    ],
    scalars: [],
    integers: 0,
    grid,
    stages,
    vectorAxis,
  };
}

const op = (to: number, name: ScalarOp, ...operands: number[]): Instruction => ({
  op: name,
  to,
  type: 'f32',
  from: 'f32',
  operands,
});
const load = (to: number, buffer: number, ...strides: number[]): Instruction => ({
  op: 'load',
  to,
  type: 'f32',
  buffer,
  address: at(...strides),
});
const constant = (to: number, value: number): Instruction => ({ op: 'constant', to, type: 'f32', value });

function elementwise(
  name: string,
  n: number,
  inputs: number,
  body: Instruction[],
  value: number,
): Case['kernel'] {
  return kernelOf(name, [n], inputs, 1, 'grid', [
    { loop: [], body, accumulators: [], stores: [{ buffer: inputs, address: at(1), value }] },
  ]);
}

const SIZES = [1024, 32 * 1024, 8 * 2 ** 20];

for (const n of SIZES) {
  await measure({
    name: `add, ${n}`,
    kernel: elementwise('add', n, 2, [load(0, 0, 1), load(1, 1, 1), op(2, 'add', 0, 1)], 2),
    lengths: [n, n, n],
    elements: n,
    javascript: ([x, y, z]) => {
      if (x && y && z) for (let i = 0; i < n; i++) z[i] = x[i]! + y[i]!;
    },
  });
}

for (const n of SIZES) {
  const chain: Instruction[] = [load(0, 0, 1), load(1, 1, 1), constant(2, 0)];
  let last = 0;
  for (let i = 0; i < 8; i++) {
    chain.push(op(3 + i, i % 2 === 0 ? 'mul' : 'add', last, 1));
    last = 3 + i;
  }
  chain.push(op(20, 'max', last, 2));
  await measure({
    name: `relu of a chain of 8, ${n}`,
    kernel: elementwise('chain', n, 2, chain, 20),
    lengths: [n, n, n],
    elements: n,
    javascript: ([x, y, z]) => {
      if (!x || !y || !z) return;
      for (let i = 0; i < n; i++) {
        const b = y[i]!;
        z[i] = Math.max((((x[i]! * b + b) * b + b) * b + b) * b + b, 0);
      }
    },
  });
}

const SCRIPTS: readonly [ScalarOp, (x: number) => number][] = [
  ['exp', Math.exp],
  ['log', Math.log],
  ['tanh', Math.tanh],
  ['sin', Math.sin],
  ['sqrt', Math.sqrt],
  ['erf', (x) => x],
];
for (const [name, script] of SCRIPTS) {
  const n = 16 * 1024;
  await measure({
    name: `${name}, ${n}`,
    kernel: elementwise(name, n, 1, [load(0, 0, 1), op(1, name, 0)], 1),
    lengths: [n, n],
    elements: n,
    javascript: ([x, y]) => {
      if (x && y) for (let i = 0; i < n; i++) y[i] = script(x[i]!);
    },
  });
}

{
  const n = 100_000;
  const body = [
    load(0, 0, 1),
    load(1, 1, 1),
    load(2, 2, 1),
    load(3, 3, 1),
    constant(4, 0.9),
    constant(5, 0.1),
    constant(6, 0.999),
    constant(7, 0.001),
    constant(8, 1e-7),
    constant(9, 1e-3),
    op(10, 'mul', 2, 4),
    op(11, 'mul', 1, 5),
    op(12, 'add', 10, 11),
    op(13, 'mul', 3, 6),
    op(14, 'mul', 1, 1),
    op(15, 'mul', 14, 7),
    op(16, 'add', 13, 15),
    op(17, 'sqrt', 16),
    op(18, 'add', 17, 8),
    op(19, 'div', 12, 18),
    op(20, 'mul', 19, 9),
    op(21, 'sub', 0, 20),
  ];
  const adam = kernelOf('adam', [n], 1, 3, 'grid', [
    {
      loop: [],
      body: body.map((each) => (each.op === 'load' ? { ...each, buffer: [1, 0, 2, 3][each.to] ?? 0 } : each)),
      accumulators: [],
      stores: [
        { buffer: 1, address: at(1), value: 21 },
        { buffer: 2, address: at(1), value: 12 },
        { buffer: 3, address: at(1), value: 16 },
      ],
    },
  ]);
  await measure({
    name: `Adam step, ${n}`,
    kernel: adam,
    lengths: [n, n, n, n],
    elements: n,
    javascript: ([g, p, m, v]) => {
      if (!g || !p || !m || !v) return;
      for (let i = 0; i < n; i++) {
        m[i] = m[i]! * 0.9 + g[i]! * 0.1;
        v[i] = v[i]! * 0.999 + g[i]! * g[i]! * 0.001;
        p[i] = p[i]! - (m[i]! / (Math.sqrt(v[i]!) + 1e-7)) * 1e-3;
      }
    },
  });
}

const single = (buffer: number, value: number): Stage => ({
  loop: [],
  body: [],
  accumulators: [],
  stores: [{ buffer, address: at(1), value }],
});

for (const [rows, columns] of [
  [1, 1 << 20],
  [1000, 128],
  [10000, 10],
] as const) {
  await measure({
    name: `sum of rows [${rows}, ${columns}]`,
    kernel: kernelOf('rows', [rows], 1, 1, 'loop', [
      {
        loop: [columns],
        body: [load(0, 0, columns, 1)],
        accumulators: [{ kind: 'sum', type: 'f32', value: 0, to: 1 }],
        stores: [],
      },
      single(1, 1),
    ]),
    lengths: [rows * columns, rows],
    elements: rows * columns,
    javascript: ([x, y]) => {
      if (!x || !y) return;
      for (let r = 0; r < rows; r++) {
        let sum = 0;
        for (let c = 0; c < columns; c++) sum += x[r * columns + c]!;
        y[r] = sum;
      }
    },
  });
}

for (const [rows, columns] of [
  [1000, 128],
  [10000, 10],
  [20000, 32],
] as const) {
  await measure({
    name: `sum of columns [${rows}, ${columns}]`,
    kernel: kernelOf('columns', [columns], 1, 1, 'grid', [
      {
        loop: [rows],
        body: [load(0, 0, 1, columns)],
        accumulators: [{ kind: 'sum', type: 'f32', value: 0, to: 1 }],
        stores: [],
      },
      single(1, 1),
    ]),
    lengths: [rows * columns, columns],
    elements: rows * columns,
    javascript: ([x, y]) => {
      if (!x || !y) return;
      y.fill(0);
      for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) y[c] = y[c]! + x[r * columns + c]!;
    },
  });
}

for (const [rows, columns] of [
  [1000, 10],
  [1000, 128],
] as const) {
  const row = (to: number): Instruction => load(to, 0, columns, 1);
  await measure({
    name: `softmax of rows [${rows}, ${columns}]`,
    kernel: kernelOf('softmax', [rows], 1, 1, 'loop', [
      {
        loop: [columns],
        body: [row(0)],
        accumulators: [{ kind: 'max', type: 'f32', value: 0, to: 1 }],
        stores: [],
      },
      {
        loop: [columns],
        body: [row(2), op(3, 'sub', 2, 1), op(4, 'exp', 3)],
        accumulators: [{ kind: 'sum', type: 'f32', value: 4, to: 5 }],
        stores: [],
      },
      { loop: [], body: [op(6, 'recip', 5)], accumulators: [], stores: [] },
      {
        loop: [columns],
        body: [row(7), op(8, 'sub', 7, 1), op(9, 'exp', 8), op(10, 'mul', 9, 6)],
        accumulators: [],
        stores: [{ buffer: 1, address: at(columns, 1), value: 10 }],
      },
    ]),
    lengths: [rows * columns, rows * columns],
    elements: rows * columns,
  });
}
