/** Scatters against plain loops. */
import { putAlongAxis, type ScatterKind, tensor } from '@hadal/core';
import { makeNode, type NodeOf } from '@hadal/core/graph';
import { describe, expect, it } from 'vitest';
import {
  at,
  I32_EPILOGUE,
  leaf,
  noise,
  type Operand,
  randomOperand,
  rowMajor,
  runFloat,
  runLibrary,
  sizeOf,
} from './harness';

const indexOperand = (values: readonly number[], shape: readonly number[] = [values.length]): Operand => ({
  data: Int32Array.from(values),
  shape,
  strides: rowMajor(shape),
  offset: 0,
});

const scatterNode = (
  operand: Operand,
  indices: Operand,
  updates: Operand,
  axis: number,
): NodeOf<'scatterAdd'> =>
  makeNode(
    'scatterAdd',
    [leaf(operand.shape), leaf(indices.shape, 'int32'), leaf(updates.shape)],
    { axis },
    operand.shape,
    operand.data instanceof Int32Array ? 'int32' : 'float32',
  );

const flat = (operand: Operand): number[] =>
  Array.from({ length: sizeOf(operand.shape) }, (_, position) => {
    let rest = position;
    const index = operand.shape.map(() => 0);
    for (let i = index.length - 1; i >= 0; i--) {
      const extent = operand.shape[i] ?? 1;
      index[i] = rest % extent;
      rest = Math.floor(rest / extent);
    }
    return at(operand, index);
  });

interface Parts {
  readonly outer: number;
  readonly extent: number;
  readonly inner: number;
}

const partsOf = ({ shape }: Operand, axis: number): Parts => ({
  outer: sizeOf(shape.slice(0, axis)),
  extent: shape[axis] ?? 0,
  inner: sizeOf(shape.slice(axis + 1)),
});

/** Adds in index order, rounding to float32 at each step. */
function scattered(operand: Operand, indices: Operand, updates: Operand, axis: number): number[] {
  const { outer, extent, inner } = partsOf(operand, axis);
  const result = flat(operand);
  const rows = flat(indices);
  const added = flat(updates);
  for (let o = 0; o < outer; o++) {
    for (const [n, row] of rows.entries()) {
      if (row < 0 || row >= extent) continue;
      for (let i = 0; i < inner; i++) {
        const place = (o * extent + row) * inner + i;
        result[place] = Math.fround((result[place] ?? 0) + (added[(o * rows.length + n) * inner + i] ?? 0));
      }
    }
  }
  return result;
}

describe('scatter-add', () => {
  it.each([1, 3, 8, 13])('adds rows of %i elements in index order, and drops what is outside', (width) => {
    const next = noise(width);
    const operand = randomOperand([6, width], next);
    const indices = indexOperand([2, 5, 2, 2, -1, 6, 0, 2]);
    const updates = randomOperand([8, width], next);
    const operands = [operand, indices, updates];
    for (const atEnd of [0, 1, 2, 3, 4]) {
      const result = runFloat(scatterNode(operand, indices, updates, 0), operands, { atEnd });
      expect([...result]).toEqual(scattered(operand, indices, updates, 0));
    }
  });

  it('takes any axis and operands of any layout, zeros by repetition among them', () => {
    const next = noise(5);
    const zeros: Operand = { data: new Float32Array(1), shape: [3, 4, 5], strides: [0, 0, 0], offset: 0 };
    const indices = indexOperand([1, 3, 1, 0, 2, 1], [2, 3]);
    const stored = randomOperand([5, 3, 3, 2], next);
    const updates: Operand = { ...stored, shape: [3, 2, 3, 5], strides: [6, 1, 2, 18] };
    const result = runFloat(scatterNode(zeros, indices, updates, 1), [zeros, indices, updates]);
    expect([...result]).toEqual(scattered(zeros, indices, updates, 1));
  });

  it('wraps in int32', () => {
    const operand = indexOperand([2 ** 31 - 1, 5]);
    const indices = indexOperand([0, 1]);
    const updates = indexOperand([1, -7]);
    const [bytes] =
      runLibrary(scatterNode(operand, indices, updates, 0), [operand, indices, updates], {
        epilogue: I32_EPILOGUE,
      }) ?? [];
    expect([...new Int32Array(bytes?.buffer ?? new ArrayBuffer(0))]).toEqual([-(2 ** 31), -2]);
  });
});

/** The composite of a scatter with indices of their own for each row. */
function rowScatterNode(
  kind: ScatterKind,
  operands: readonly Operand[],
  dtype: 'float32' | 'int32',
): NodeOf<'composite'> {
  const [operand, indices] = operands;
  const places = tensor([0], { shape: [1, 1], dtype: 'int32' });
  const { node } = putAlongAxis(tensor([0], { shape: [1, 1] }), places, 0, 1, { mode: kind });
  if (node.op !== 'composite') throw new TypeError('a scatter of rows is no composite');
  const { definition } = node.attributes;
  const batch = (indices?.shape.length ?? 1) - 1;
  const inputs = operands.map(({ shape }, i) => leaf(shape, i === 1 ? 'int32' : dtype));
  const attributes = { definition, attributes: { kind, axis: batch, batch } };
  return makeNode('composite', inputs, attributes, operand?.shape ?? [], dtype);
}

const COMBINE: Readonly<Record<ScatterKind, (a: number, b: number) => number>> = {
  set: (_, b) => b,
  add: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
  mul: (a, b) => a * b,
};
const KINDS: readonly ScatterKind[] = ['set', 'add', 'max', 'min', 'mul'];

/** Combines row by row in index order, rounding at each step. */
function combined(
  kind: ScatterKind,
  [operand, indices, updates]: readonly [Operand, Operand, Operand],
  round: (x: number) => number,
): number[] {
  const [rows = 0, extent = 0, inner = 1] = operand.shape;
  const count = indices.shape[1] ?? 0;
  const result = flat(operand);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i++) {
      const place = at(indices, [row, i]);
      if (place < 0 || place >= extent) continue;
      for (let j = 0; j < inner; j++) {
        const to = (row * extent + place) * inner + j;
        const update = at(updates, operand.shape.length === 3 ? [row, i, j] : [row, i]);
        result[to] = round(COMBINE[kind](result[to] ?? 0, update));
      }
    }
  }
  return result;
}

describe.each(KINDS)('a scatter of kind %s, each row with indices of its own,', (kind) => {
  const indices = indexOperand([4, 0, 4, -1, 9, 2, 2, 3, 1, 1, 0, 4], [2, 6]);

  it.each([1, 3, 9])('combines float32 rows of %i elements', (width) => {
    const next = noise(width);
    const operands = [
      randomOperand([2, 5, width], next),
      indices,
      randomOperand([2, 6, width], next),
    ] as const;
    for (const atEnd of [0, 1, 2, 3, 4]) {
      const result = runFloat(rowScatterNode(kind, operands, 'float32'), operands, { atEnd });
      expect([...result]).toEqual(combined(kind, operands, Math.fround));
    }
  });

  it('combines int32 of any layout', () => {
    const next = noise(7);
    const whole = (size: number): Int32Array =>
      Int32Array.from({ length: size }, () => Math.round(20 * next()));
    const operand: Operand = { data: whole(10), shape: [2, 5], strides: [1, 2], offset: 0 };
    const updates: Operand = { data: whole(12), shape: [2, 6], strides: [-6, 1], offset: 6 };
    const operands = [operand, indices, updates] as const;
    const options = { epilogue: I32_EPILOGUE };
    const [bytes] = runLibrary(rowScatterNode(kind, operands, 'int32'), operands, options) ?? [];
    const found = [...new Int32Array(bytes?.buffer ?? new ArrayBuffer(0))];
    expect(found).toEqual(combined(kind, operands, (x) => x | 0));
  });
});
