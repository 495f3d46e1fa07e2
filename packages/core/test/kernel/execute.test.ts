import { describe, expect, it } from 'vitest';
import type { Register, TypedArray } from '../../src/dtype';
import { executable } from '../../src/kernel/execute';
import {
  type Instruction,
  KERNEL_FORM_VERSION,
  type LoopKernel,
  type ScalarOp,
  type Stage,
} from '../../src/kernel/form';
import { validateKernel } from '../../src/kernel/validate';

const kernelOf = (parts: Partial<LoopKernel>): LoopKernel => ({
  kind: 'loop',
  version: KERNEL_FORM_VERSION,
  name: 'test',
  key: 'test',
  buffers: [],
  scalars: [],
  integers: 0,
  grid: [],
  stages: [],
  vectorAxis: 'none',
  ...parts,
});

const stageOf = (parts: Partial<Stage>): Stage => ({
  loop: [],
  body: [],
  accumulators: [],
  stores: [],
  ...parts,
});

function run(
  kernel: LoopKernel,
  memory: TypedArray[],
  scalars: readonly number[] = [],
  integers: readonly number[] = [],
): TypedArray[] {
  validateKernel(kernel);
  executable(kernel).run(memory, scalars, integers);
  return memory;
}

const STORAGES = { f32: Float32Array, f64: Float64Array, i32: Int32Array };

/** Applies one scalar operation to columns of operands. */
function apply(
  op: ScalarOp,
  from: Register,
  type: Register,
  columns: readonly (readonly number[])[],
): number[] {
  const count = columns[0]?.length ?? 0;
  const isSelect = op === 'select';
  const registers = columns.map((_, index): Register => (isSelect && index === 0 ? 'i32' : from));
  const at = { offset: 0, terms: [{ axis: 0, stride: 1 }] };
  const loads = registers.map(
    (register, index): Instruction => ({
      op: 'load',
      to: index,
      type: register,
      buffer: index,
      address: at,
    }),
  );
  const to = columns.length;
  const kernel = kernelOf({
    buffers: [
      ...registers.map((storage) => ({ storage, access: 'read' as const })),
      { storage: type, access: 'write' as const },
    ],
    grid: [count],
    stages: [
      stageOf({
        body: [...loads, { op, to, type, from, operands: registers.map((_, index) => index) }],
        stores: [{ buffer: to, address: at, value: to }],
      }),
    ],
    vectorAxis: 'grid',
  });
  const memory: TypedArray[] = columns.map((column, index) =>
    STORAGES[registers[index] ?? 'f32'].from(column),
  );
  memory.push(new STORAGES[type](count));
  return Array.from(run(kernel, memory)[to] ?? []);
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe('scalar operations of the executor', () => {
  it('round f32 after every instruction', () => {
    expect(apply('add', 'f32', 'f32', [[2 ** 24], [1]])).toEqual([2 ** 24]);
    expect(apply('recip', 'f32', 'f32', [[3]])).toEqual([Math.fround(1 / 3)]);
    expect(apply('recip', 'f64', 'f64', [[3]])).toEqual([1 / 3]);
  });

  it('wrap i32', () => {
    expect(apply('add', 'i32', 'i32', [[2 ** 31 - 1], [1]])).toEqual([-(2 ** 31)]);
    expect(apply('mul', 'i32', 'i32', [[123456789], [987654321]])).toEqual([Math.imul(123456789, 987654321)]);
  });

  it('floor division and modulo, 0 for a zero divisor', () => {
    const pairs = [
      [7, -7, 7, -7, 3],
      [2, 2, -2, -2, 0],
    ];
    expect(apply('idiv', 'i32', 'i32', pairs)).toEqual([3, -4, -4, 3, 0]);
    expect(apply('mod', 'i32', 'i32', pairs)).toEqual([1, 1, -1, -1, 0]);
  });

  it('propagate NaN in max and min, and compare it false but for ne', () => {
    const pairs = [
      [nan, 1, 1],
      [1, nan, 2],
    ];
    expect(apply('max', 'f32', 'f32', pairs)).toEqual([nan, nan, 2]);
    expect(apply('min', 'f32', 'f32', pairs)).toEqual([nan, nan, 1]);
    expect(apply('lt', 'f32', 'i32', pairs)).toEqual([0, 0, 1]);
    expect(apply('le', 'f32', 'i32', pairs)).toEqual([0, 0, 1]);
    expect(apply('eq', 'f32', 'i32', pairs)).toEqual([0, 0, 0]);
    expect(apply('ne', 'f32', 'i32', pairs)).toEqual([1, 1, 1]);
  });

  it('saturate on the way to integers', () => {
    const x = [1.9, -1.9, 3e9, -3e9, nan];
    expect(apply('convert', 'f32', 'i32', [x])).toEqual([1, -1, 2 ** 31 - 1, -(2 ** 31), 0]);
    expect(apply('convert', 'i32', 'f32', [[2 ** 24 + 1]])).toEqual([2 ** 24]);
  });

  it('reinterpret bits', () => {
    expect(apply('bitcast', 'f32', 'i32', [[1]])).toEqual([0x3f800000]);
    expect(apply('bitcast', 'i32', 'f32', [[0x40000000]])).toEqual([2]);
  });

  it('shift by the low five bits and keep the sign', () => {
    expect(apply('shl', 'i32', 'i32', [[1], [33]])).toEqual([2]);
    expect(apply('shr', 'i32', 'i32', [[-8], [1]])).toEqual([-4]);
  });

  it('select and fuse with three operands', () => {
    expect(
      apply('select', 'f32', 'f32', [
        [1, 0, -3],
        [5, 5, 5],
        [6, 6, 6],
      ]),
    ).toEqual([5, 6, 5]);
    expect(apply('fma', 'f32', 'f32', [[2], [3], [4]])).toEqual([10]);
  });

  it('know roots and logarithms at the edge', () => {
    expect(apply('sqrt', 'f32', 'f32', [[-1, 0, 4]])).toEqual([nan, 0, 2]);
    expect(apply('log2', 'f32', 'f32', [[-1, 0, 8]])).toEqual([nan, -infinity, 3]);
    expect(apply('exp2', 'f32', 'f32', [[-infinity, 0, 3]])).toEqual([0, 1, 8]);
  });
});

/** Row statistics over [rows, columns]: sum, then argmax, then x · sum stored. Exercises stages and both lane orders. */
const rowKernel = (rows: number, columns: number): LoopKernel => {
  const element = {
    offset: 0,
    terms: [
      { axis: 0, stride: columns },
      { axis: 1, stride: 1 },
    ],
  };
  const row = { offset: 0, terms: [{ axis: 0, stride: 1 }] };
  return kernelOf({
    buffers: [
      { storage: 'f32', access: 'read' },
      { storage: 'i32', access: 'write' },
      { storage: 'f32', access: 'write' },
    ],
    grid: [rows],
    stages: [
      stageOf({
        loop: [columns],
        body: [{ op: 'load', to: 0, type: 'f32', buffer: 0, address: element }],
        accumulators: [
          { kind: 'sum', type: 'f32', value: 0, to: 1 },
          { kind: 'argmax', type: 'f32', value: 0, to: 2 },
        ],
      }),
      stageOf({
        body: [{ op: 'add', to: 3, type: 'f32', from: 'f32', operands: [1, 1] }],
        stores: [{ buffer: 1, address: row, value: 2 }],
      }),
      stageOf({
        loop: [columns],
        body: [
          { op: 'load', to: 4, type: 'f32', buffer: 0, address: element },
          { op: 'mul', to: 5, type: 'f32', from: 'f32', operands: [4, 3] },
        ],
        stores: [{ buffer: 2, address: element, value: 5 }],
      }),
    ],
    vectorAxis: 'loop',
  });
};

describe('loops and stages', () => {
  for (const [rows, columns] of [
    [1, 1],
    [2, 700],
    [300, 3],
    [3, 1],
  ] as const) {
    it(`agree with plain loops over ${rows} × ${columns}`, () => {
      const x = Float32Array.from({ length: rows * columns }, (_, i) => ((i * 7919) % 101) - 50);
      const [, places, scaled] = run(rowKernel(rows, columns), [
        x,
        new Int32Array(rows),
        new Float32Array(rows * columns),
      ]);
      for (let row = 0; row < rows; row++) {
        const values = Array.from(x.slice(row * columns, (row + 1) * columns));
        const total = values.reduce((sum, value) => sum + value, 0);
        expect(places?.[row]).toBe(values.indexOf(Math.max(...values)));
        expect(Array.from(scaled?.slice(row * columns, (row + 1) * columns) ?? [])).toEqual(
          values.map((value) => value * 2 * total),
        );
      }
    });
  }

  it('put the first NaN before every extreme', () => {
    const x = Float32Array.of(3, nan, 9, nan);
    const [, places] = run(rowKernel(1, 4), [x, new Int32Array(1), new Float32Array(4)]);
    expect(places?.[0]).toBe(1);
  });

  it('take extents, offsets and scalars at run time', () => {
    const at = { offset: { argument: 1 }, terms: [{ axis: 0, stride: 1 }] };
    const kernel = kernelOf({
      buffers: [{ storage: 'f32', access: 'update' }],
      scalars: ['f32'],
      integers: 2,
      grid: [{ argument: 0 }],
      stages: [
        stageOf({
          body: [
            { op: 'scalar', to: 0, type: 'f32', index: 0 },
            { op: 'load', to: 1, type: 'f32', buffer: 0, address: at },
            { op: 'mul', to: 2, type: 'f32', from: 'f32', operands: [0, 1] },
          ],
          stores: [{ buffer: 0, address: at, value: 2 }],
        }),
      ],
    });
    const [memory] = run(kernel, [Float32Array.of(1, 2, 3, 4)], [10], [2, 1]);
    expect(Array.from(memory ?? [])).toEqual([1, 20, 30, 4]);
  });

  it('run a loop in order where it reads what it wrote', () => {
    const at = (offset: number) => ({ offset, terms: [{ axis: 0, stride: 1 }] });
    const kernel = kernelOf({
      buffers: [{ storage: 'i32', access: 'update' }],
      grid: [],
      stages: [
        stageOf({
          loop: [600],
          body: [
            { op: 'load', to: 0, type: 'i32', buffer: 0, address: at(0) },
            { op: 'load', to: 1, type: 'i32', buffer: 0, address: at(1) },
            { op: 'add', to: 2, type: 'i32', from: 'i32', operands: [0, 1] },
          ],
          stores: [{ buffer: 0, address: at(1), value: 2 }],
        }),
      ],
    });
    const [memory] = run(kernel, [new Int32Array(601).fill(1)]);
    expect(memory?.[600]).toBe(601);
  });

  it('reach through computed indices and guards without touching what is guarded', () => {
    const at = { offset: 0, terms: [{ axis: 0, stride: 1 }] };
    const kernel = kernelOf({
      buffers: [
        { storage: 'i32', access: 'read' },
        { storage: 'f32', access: 'read' },
        { storage: 'f32', access: 'write' },
      ],
      grid: [4],
      stages: [
        stageOf({
          body: [
            { op: 'load', to: 0, type: 'i32', buffer: 0, address: at },
            { op: 'constant', to: 1, type: 'i32', value: 3 },
            { op: 'lt', to: 2, type: 'i32', from: 'i32', operands: [0, 1] },
            {
              op: 'load',
              to: 3,
              type: 'f32',
              buffer: 1,
              address: { offset: 0, terms: [], index: 0 },
              guard: 2,
            },
          ],
          stores: [{ buffer: 2, address: at, value: 3 }],
        }),
      ],
    });
    const [, , out] = run(kernel, [
      Int32Array.of(2, 0, 99, 1),
      Float32Array.of(10, 11, 12),
      new Float32Array(4),
    ]);
    expect(Array.from(out ?? [])).toEqual([12, 10, 0, 11]);
  });

  it('refuse to read or write outside of a bound range', () => {
    expect(() => run(rowKernel(2, 3), [new Float32Array(5), new Int32Array(2), new Float32Array(6)])).toThrow(
      'reads element 5 of buffer 0, which has 5 elements',
    );
    expect(() => run(rowKernel(2, 3), [new Float32Array(6), new Int32Array(1), new Float32Array(6)])).toThrow(
      'writes element 1 of buffer 1',
    );
  });
});

describe('validateKernel', () => {
  const body = (instruction: Instruction): LoopKernel =>
    kernelOf({ grid: [2], stages: [stageOf({ body: [instruction] })] });

  it.each<[string, LoopKernel, string]>([
    [
      'a register read before it is assigned',
      body({ op: 'add', to: 1, type: 'f32', from: 'f32', operands: [0, 0] }),
      'register 0 is read where it has no value',
    ],
    [
      'an axis that does not exist',
      body({ op: 'axis', to: 0, type: 'i32', axis: 1 }),
      'axis 1 is not one of its 1 axes',
    ],
    [
      'an argument that is not declared',
      body({ op: 'scalar', to: 0, type: 'f32', index: 0 }),
      'not declared',
    ],
    [
      'a buffer that does not exist',
      body({ op: 'load', to: 0, type: 'f32', buffer: 0, address: { offset: 0, terms: [] } }),
      'loads from buffer 0, which is not declared',
    ],
    [
      'a register assigned twice',
      kernelOf({
        stages: [
          stageOf({
            body: [
              { op: 'constant', to: 0, type: 'f32', value: 1 },
              { op: 'constant', to: 0, type: 'f32', value: 2 },
            ],
          }),
        ],
      }),
      'register 0 is assigned twice',
    ],
  ])('refuses %s', (_, kernel, message) => {
    expect(() => validateKernel(kernel)).toThrow(message);
  });

  it('does not let a value leave the loop that computes it', () => {
    const kernel = rowKernel(2, 3);
    const leaking = kernelOf({
      ...kernel,
      stages: [
        ...kernel.stages,
        stageOf({ stores: [{ buffer: 2, address: { offset: 0, terms: [] }, value: 0 }] }),
      ],
    });
    expect(() => validateKernel(leaking)).toThrow('register 0 is read where it has no value');
  });
});
