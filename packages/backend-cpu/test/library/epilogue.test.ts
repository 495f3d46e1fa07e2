/** Element-wise work on results: every kind of side input and storage, on every path that finishes a tile. */
import type { Epilogue, LibraryRequest } from '@hadal/core/backend';
import { makeNode } from '@hadal/core/graph';
import { describe, expect, it } from 'vitest';
import {
  keyOf,
  largestError,
  leaf,
  noise,
  type Operand,
  randomOperand,
  runFloat,
  runLibrary,
  sizeOf,
} from './harness';

const TOLERANCE = 2e-6;

/** value · scale[row] + bias[column] + residual, clamped below at 0, plus shift. */
const EVERY_KIND: Epilogue = {
  sideInputs: [
    { kind: 'row', storage: 'f32', type: 'f32' },
    { kind: 'column', storage: 'f32', type: 'f32' },
    { kind: 'full', storage: 'f32', type: 'f32' },
    { kind: 'scalar', storage: 'f32', type: 'f32' },
  ],
  scalars: ['f32'],
  body: [
    { op: 'mul', to: 6, type: 'f32', from: 'f32', operands: [0, 1] },
    { op: 'add', to: 7, type: 'f32', from: 'f32', operands: [6, 2] },
    { op: 'add', to: 8, type: 'f32', from: 'f32', operands: [7, 3] },
    { op: 'constant', to: 9, type: 'f32', value: 0 },
    { op: 'max', to: 10, type: 'f32', from: 'f32', operands: [8, 9] },
    { op: 'mul', to: 11, type: 'f32', from: 'f32', operands: [4, 5] },
    { op: 'add', to: 12, type: 'f32', from: 'f32', operands: [10, 11] },
  ],
  outputs: [
    { register: 12, storage: 'f32' },
    { register: 0, storage: 'f32' },
  ],
};

interface Sides {
  readonly row: Float32Array;
  readonly column: Float32Array;
  readonly full: Float32Array;
  readonly scalar: Float32Array;
}

function randomSides(shape: readonly number[], next: () => number): Sides {
  const columns = shape.at(-1) ?? 1;
  const total = sizeOf(shape);
  const numbers = (length: number): Float32Array => Float32Array.from({ length }, next);
  return {
    row: numbers(total / columns),
    column: numbers(columns),
    full: numbers(total),
    scalar: numbers(1),
  };
}

/** Compares the fused call with the bare one followed by the epilogue in float64. */
function expectEveryKind(node: LibraryRequest['node'], operands: readonly Operand[]): void {
  const next = noise(99);
  const sides = randomSides(node.shape, next);
  const { row, column, full, scalar } = sides;
  const plain = runFloat(node, operands);
  const columns = node.shape.at(-1) ?? 1;
  const expected = plain.map((value, i) => {
    const sum = value * (row[Math.floor(i / columns)] ?? 0) + (column[i % columns] ?? 0) + (full[i] ?? 0);
    return Math.max(0, sum) + (scalar[0] ?? 0) * 0.75;
  });
  for (const atEnd of [2, 3, 4, 5, 6, 7]) {
    const outputs = runLibrary(node, operands, {
      epilogue: EVERY_KIND,
      sides: [row, column, full, scalar],
      scalars: [0.75],
      atEnd,
    });
    const [fused, bare] = (outputs ?? []).map(({ buffer }) => new Float32Array(buffer));
    expect(largestError(fused ?? [], expected)).toBeLessThan(TOLERANCE);
    expect(bare).toEqual(plain);
  }
}

function product(
  rows: number,
  inner: number,
  columns: number,
  transposed = false,
): [LibraryRequest['node'], Operand[]] {
  const next = noise(rows + 10 * inner + 100 * columns);
  const left = randomOperand([rows, inner], next);
  const right = transposed
    ? { ...randomOperand([columns, inner], next), shape: [inner, columns], strides: [1, inner] }
    : randomOperand([inner, columns], next);
  const attributes = { leftBatch: [], rightBatch: [], leftContract: [1], rightContract: [0] };
  return [
    makeNode('dot', [leaf(left.shape), leaf(right.shape)], attributes, [rows, columns], 'float32'),
    [left, right],
  ];
}

describe('an epilogue', () => {
  it.each([
    [6, 8, 8],
    [7, 5, 9],
    [40, 900, 30],
    [3, 500, 21],
    [1, 20, 77],
    [1, 500, 43],
    [25, 30, 1],
    [1, 30, 1],
    [100, 0, 10],
  ])('follows a product of %i × %i × %i', (rows, inner, columns) => {
    expectEveryKind(...product(rows, inner, columns));
    expectEveryKind(...product(rows, inner, columns, true));
  });

  it('follows a batch of products', () => {
    const next = noise(1);
    const operands = [randomOperand([3, 7, 5], next), randomOperand([3, 5, 11], next)];
    const attributes = { leftBatch: [0], rightBatch: [0], leftContract: [2], rightContract: [1] };
    expectEveryKind(
      makeNode('dot', [leaf([3, 7, 5]), leaf([3, 5, 11])], attributes, [3, 7, 11], 'float32'),
      operands,
    );
    const vector = [randomOperand([3, 7, 5], next), randomOperand([3, 5], next)];
    expectEveryKind(makeNode('dot', [leaf([3, 7, 5]), leaf([3, 5])], attributes, [3, 7], 'float32'), vector);
    const column = [randomOperand([3, 7, 5], next), randomOperand([3, 5, 1], next)];
    expectEveryKind(
      makeNode('dot', [leaf([3, 7, 5]), leaf([3, 5, 1])], attributes, [3, 7, 1], 'float32'),
      column,
    );
  });

  it.each([1, 2])('follows a padded convolution in %i groups', (groups) => {
    const next = noise(2);
    const input = randomOperand([2, 5, 6, 4], next);
    const kernel = randomOperand([3, 3, 4 / groups, 10], next);
    const node = makeNode(
      'conv',
      [leaf(input.shape), leaf(kernel.shape)],
      {
        stride: [1, 1],
        padding: [
          [1, 1],
          [1, 1],
        ],
        inputDilation: [1, 1],
        kernelDilation: [1, 1],
        groups,
      },
      [2, 5, 6, 10],
      'float32',
    );
    expectEveryKind(node, [input, kernel]);
  });

  it('masks by bytes and by integers, and stores both', () => {
    const [node, operands] = product(9, 10, 11);
    const plain = runFloat(node, operands);
    const bytes = Uint8Array.from(plain, (_, i) => (i % 3 === 0 ? 1 : 0));
    const integers = Int32Array.from(plain, (_, i) => i - 50);
    const epilogue: Epilogue = {
      sideInputs: [
        { kind: 'full', storage: 'u8', type: 'i32' },
        { kind: 'full', storage: 'i32', type: 'i32' },
      ],
      scalars: ['i32'],
      body: [
        { op: 'constant', to: 4, type: 'f32', value: 0 },
        { op: 'select', to: 5, type: 'f32', from: 'f32', operands: [1, 0, 4] },
        { op: 'lt', to: 6, type: 'i32', from: 'f32', operands: [4, 0] },
        { op: 'add', to: 7, type: 'i32', from: 'i32', operands: [2, 3] },
      ],
      outputs: [
        { register: 5, storage: 'f32' },
        { register: 6, storage: 'u8' },
        { register: 7, storage: 'i32' },
      ],
    };
    const outputs = runLibrary(node, operands, { epilogue, sides: [bytes, integers], scalars: [1000] });
    const [masked, positive, sums] = outputs ?? [];
    expect(new Float32Array(masked?.buffer ?? new ArrayBuffer(0))).toEqual(
      plain.map((value, i) => (i % 3 === 0 ? value : 0)),
    );
    expect(positive).toEqual(Uint8Array.from(plain, (value) => (value > 0 ? 1 : 0)));
    expect(new Int32Array(sums?.buffer ?? new ArrayBuffer(0))).toEqual(integers.map((value) => value + 1000));
  });

  it('may overwrite a side input that is read at the same place', () => {
    const [node, operands] = product(20, 800, 19);
    const plain = runFloat(node, operands);
    const residual = Float32Array.from(plain, (_, i) => i / 100);
    const epilogue: Epilogue = {
      sideInputs: [{ kind: 'full', storage: 'f32', type: 'f32' }],
      scalars: [],
      body: [{ op: 'add', to: 2, type: 'f32', from: 'f32', operands: [0, 1] }],
      outputs: [{ register: 2, storage: 'f32' }],
    };
    const result = runFloat(node, operands, { epilogue, sides: [residual], sharing: { output: 0, side: 0 } });
    expect(result).toEqual(plain.map((value, i) => Math.fround(value + (residual[i] ?? 0))));
  });

  it('shares one kernel between calls of any size, and not between different epilogues', () => {
    const [small, smallOperands] = product(2, 3, 4);
    const [large, largeOperands] = product(200, 300, 40);
    const keys = [
      [small, smallOperands],
      [large, largeOperands],
    ] as const;
    expect(new Set(keys.map(([node, operands]) => keyOf(node, operands, EVERY_KIND))).size).toBe(1);
    const [first] = EVERY_KIND.outputs;
    const fewer: Epilogue = { ...EVERY_KIND, outputs: first === undefined ? [] : [first] };
    expect(keyOf(small, smallOperands, fewer)).not.toBe(keyOf(small, smallOperands, EVERY_KIND));
  });
});
