/** Matrix products against sums in float64, at sizes around every block boundary and in every layout. */
import { makeNode, type NodeOf } from '@hadal/core/graph';
import { describe, expect, it } from 'vitest';
import {
  at,
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

type Attributes = NodeOf<'dot'>['attributes'];

const MATRIX: Attributes = { leftBatch: [], rightBatch: [], leftContract: [1], rightContract: [0] };

const free = (rank: number, taken: readonly number[]): number[] =>
  Array.from({ length: rank }, (_, i) => i).filter((i) => !taken.includes(i));

function dotNode(left: Operand, right: Operand, attributes: Attributes): NodeOf<'dot'> {
  const shape = [
    ...attributes.leftBatch.map((i) => left.shape[i] ?? 0),
    ...free(left.shape.length, [...attributes.leftBatch, ...attributes.leftContract]).map(
      (i) => left.shape[i] ?? 0,
    ),
    ...free(right.shape.length, [...attributes.rightBatch, ...attributes.rightContract]).map(
      (i) => right.shape[i] ?? 0,
    ),
  ];
  return makeNode('dot', [leaf(left.shape), leaf(right.shape)], attributes, shape, 'float32');
}

/** All indices of a shape in row-major order. */
function* indices(shape: readonly number[]): Generator<number[]> {
  const total = sizeOf(shape);
  for (let i = 0; i < total; i++) {
    const index: number[] = [];
    let rest = i;
    for (const extent of shape.toReversed()) {
      index.unshift(rest % extent);
      rest = Math.floor(rest / extent);
    }
    yield index;
  }
}

function matrixReference(left: Operand, right: Operand): number[] {
  const [rows = 0, inner = 0] = left.shape;
  const [, columns = 0] = right.shape;
  const [leftRow = 0, leftInner = 0] = left.strides;
  const [rightInner = 0, rightColumn = 0] = right.strides;
  const result: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      let a = left.offset + i * leftRow;
      let b = right.offset + j * rightColumn;
      for (let k = 0; k < inner; k++, a += leftInner, b += rightInner)
        sum += (left.data[a] ?? 0) * (right.data[b] ?? 0);
      result.push(sum);
    }
  }
  return result;
}

function reference(
  left: Operand,
  right: Operand,
  attributes: Attributes,
  shape: readonly number[],
): number[] {
  if (attributes === MATRIX) return matrixReference(left, right);
  const { leftBatch, rightBatch, leftContract, rightContract } = attributes;
  const leftFree = free(left.shape.length, [...leftBatch, ...leftContract]);
  const rightFree = free(right.shape.length, [...rightBatch, ...rightContract]);
  const inner = leftContract.map((i) => left.shape[i] ?? 0);
  const result: number[] = [];
  for (const index of indices(shape)) {
    const leftIndex: number[] = [];
    const rightIndex: number[] = [];
    for (const [n, i] of leftBatch.entries()) leftIndex[i] = index[n] ?? 0;
    for (const [n, i] of rightBatch.entries()) rightIndex[i] = index[n] ?? 0;
    for (const [n, i] of leftFree.entries()) leftIndex[i] = index[leftBatch.length + n] ?? 0;
    for (const [n, i] of rightFree.entries())
      rightIndex[i] = index[leftBatch.length + leftFree.length + n] ?? 0;
    let sum = 0;
    for (const k of indices(inner)) {
      for (const [n, i] of leftContract.entries()) leftIndex[i] = k[n] ?? 0;
      for (const [n, i] of rightContract.entries()) rightIndex[i] = k[n] ?? 0;
      sum += at(left, leftIndex) * at(right, rightIndex);
    }
    result.push(sum);
  }
  return result;
}

function expectCorrect(
  left: Operand,
  right: Operand,
  attributes: Attributes,
  options: { atEnd?: number; relaxed?: boolean } = {},
): void {
  const node = dotNode(left, right, attributes);
  const error = largestError(
    runFloat(node, [left, right], options),
    reference(left, right, attributes, node.shape),
  );
  expect(error).toBeLessThan(TOLERANCE);
}

/** The operand with axes in another order. */
const permute = ({ data, shape, strides, offset }: Operand, order: readonly number[]): Operand => ({
  data,
  offset,
  shape: order.map((i) => shape[i] ?? 0),
  strides: order.map((i) => strides[i] ?? 0),
});

/** Every second element of each axis, backwards. */
const flippedEveryOther = ({ data, shape, strides, offset }: Operand): Operand => {
  const kept = shape.map((extent) => Math.ceil(extent / 2));
  return {
    data,
    shape: kept,
    strides: strides.map((stride) => -2 * stride),
    offset: strides.reduce((sum, stride, i) => sum + 2 * ((kept[i] ?? 1) - 1) * stride, offset),
  };
};

const SIZES: readonly (readonly [rows: number, inner: number, columns: number])[] = [
  [1, 1, 1],
  [1, 7, 5],
  [1, 13, 32],
  [1, 385, 71],
  [2, 3, 4],
  [3, 1, 40],
  [5, 17, 9],
  [6, 8, 8],
  [7, 9, 7],
  [13, 31, 1],
  [1, 33, 1],
  [18, 383, 33],
  [19, 385, 17],
  [95, 5, 8],
  [97, 2, 65],
  [11, 769, 23],
  [37, 6, 1025],
  [2, 600, 1031],
];

describe('a matrix product', () => {
  it.each(SIZES)('%i × %i × %i equals the sums in float64', (rows, inner, columns) => {
    const next = noise(rows * 7919 + inner * 31 + columns);
    const left = randomOperand([rows, inner], next);
    const right = randomOperand([inner, columns], next);
    for (const relaxed of [false, true]) expectCorrect(left, right, MATRIX, { relaxed });
  });

  it.each(SIZES)('%i × %i × %i reads nothing beyond its operands', (rows, inner, columns) => {
    const next = noise(rows + inner + columns);
    const left = randomOperand([rows, inner], next);
    const right = randomOperand([inner, columns], next);
    const leftTurned = permute(randomOperand([inner, rows], next), [1, 0]);
    const rightTurned = permute(randomOperand([columns, inner], next), [1, 0]);
    for (const atEnd of [0, 1, 2, 3]) {
      expectCorrect(left, right, MATRIX, { atEnd });
      expectCorrect(leftTurned, rightTurned, MATRIX, { atEnd });
    }
  });

  it.each(SIZES)('%i × %i × %i takes transposed, flipped and sliced operands', (rows, inner, columns) => {
    const next = noise(rows * 3 + inner * 5 + columns * 7);
    const lefts = [
      permute(randomOperand([inner, rows], next), [1, 0]),
      flippedEveryOther(randomOperand([2 * rows, 2 * inner], next)),
    ];
    const rights = [
      permute(randomOperand([columns, inner], next), [1, 0]),
      flippedEveryOther(randomOperand([2 * inner, 2 * columns], next)),
    ];
    for (const left of lefts) for (const right of rights) expectCorrect(left, right, MATRIX);
  });

  it('repeats an operand along strides of 0', () => {
    const next = noise(3);
    const row: Operand = { ...randomOperand([1, 20], next), shape: [9, 20], strides: [0, 1] };
    const column: Operand = { ...randomOperand([20, 1], next), shape: [20, 11], strides: [1, 0] };
    expectCorrect(row, column, MATRIX);
  });

  it('of nothing is zero, and of no rows or columns is empty', () => {
    const next = noise(4);
    expectCorrect(randomOperand([5, 0], next), randomOperand([0, 9], next), MATRIX);
    expectCorrect(randomOperand([1, 0], next), randomOperand([0, 40], next), MATRIX);
    expect(runLength([0, 4], [4, 3])).toBe(0);
    expect(runLength([3, 4], [4, 0])).toBe(0);
  });

  it('sums over several axes and keeps several free ones', () => {
    const next = noise(5);
    const attributes = { leftBatch: [], rightBatch: [], leftContract: [0, 2], rightContract: [3, 1] };
    expectCorrect(randomOperand([3, 4, 5, 6], next), randomOperand([7, 5, 2, 3], next), attributes);
    expectCorrect(
      permute(randomOperand([6, 5, 4, 3], next), [3, 2, 1, 0]),
      permute(randomOperand([2, 7, 3, 5], next), [1, 3, 0, 2]),
      attributes,
    );
  });

  it('repeats over batch axes, wherever they lie', () => {
    const next = noise(6);
    const attributes = { leftBatch: [0, 2], rightBatch: [2, 0], leftContract: [3], rightContract: [1] };
    expectCorrect(randomOperand([3, 7, 2, 9], next), randomOperand([2, 9, 3, 10], next), attributes);
  });

  it('treats a right operand shared by the batch as more rows', () => {
    const next = noise(7);
    const shared: Operand = { ...randomOperand([8, 12], next), shape: [5, 8, 12], strides: [0, 12, 1] };
    const attributes = { leftBatch: [0], rightBatch: [0], leftContract: [2], rightContract: [1] };
    expectCorrect(randomOperand([5, 7, 8], next), shared, attributes);
  });

  it.each([1, 4, 50])('with a vector of %i is a matrix–vector product on either side', (size) => {
    const next = noise(size);
    const toVector = { leftBatch: [], rightBatch: [], leftContract: [1], rightContract: [0] };
    expectCorrect(randomOperand([37, size], next), randomOperand([size], next), toVector);
    expectCorrect(permute(randomOperand([size, 37], next), [1, 0]), randomOperand([size], next), toVector);
    const fromVector = { leftBatch: [], rightBatch: [], leftContract: [0], rightContract: [0] };
    expectCorrect(randomOperand([size], next), randomOperand([size, 37], next), fromVector);
    const batched = { leftBatch: [0], rightBatch: [0], leftContract: [2], rightContract: [1] };
    expectCorrect(randomOperand([3, 20, size], next), randomOperand([3, size], next), batched);
  });

  it('stores its rows where output strides say', () => {
    const next = noise(8);
    const left = randomOperand([2, 3, 5], next);
    const right = randomOperand([5, 6], next);
    const attributes = { leftBatch: [], rightBatch: [], leftContract: [2], rightContract: [0] };
    const node = dotNode(left, right, attributes);
    const swapped = runFloat(node, [left, right], { outputStrides: [6, 12, 1] });
    const plain = reference(left, right, attributes, node.shape);
    const expected = [...indices([3, 2, 6])].map(([j = 0, i = 0, k = 0]) => plain[(i * 3 + j) * 6 + k] ?? 0);
    expect(largestError(swapped, expected)).toBeLessThan(TOLERANCE);
  });

  it('carries NaN and infinity to exactly the elements they belong to', () => {
    const next = noise(9);
    const left = randomOperand([9, 10], next);
    const right = randomOperand([10, 11], next);
    left.data[3 * 10 + 4] = Number.NaN;
    left.data[5 * 10 + 2] = Number.POSITIVE_INFINITY;
    const result = runFloat(dotNode(left, right, MATRIX), [left, right]);
    const rowsWith = (test: (value: number) => boolean): number[] => [
      ...new Set([...result.keys()].filter((i) => test(result[i] ?? 0)).map((i) => Math.floor(i / 11))),
    ];
    expect(rowsWith(Number.isNaN)).toEqual([3]);
    expect(rowsWith((value) => Math.abs(value) === Number.POSITIVE_INFINITY)).toEqual([5]);
  });

  it('gives the same bits each time, and for a row alone as within a matrix of the same size', () => {
    const next = noise(10);
    const left = randomOperand([100, 800], next);
    const right = randomOperand([800, 40], next);
    const node = dotNode(left, right, MATRIX);
    const first = runFloat(node, [left, right]);
    expect(runFloat(node, [left, right])).toEqual(first);
    const turned: Operand = {
      ...left,
      strides: [-800, 1],
      offset: 99 * 800,
    };
    const backwards = runFloat(node, [turned, right]);
    for (const row of [0, 5, 50, 99]) {
      expect(backwards.subarray((99 - row) * 40, (100 - row) * 40)).toEqual(
        first.subarray(row * 40, row * 40 + 40),
      );
    }
  });

  it('is left to generated code where it is a reduction or not float32', () => {
    const next = noise(11);
    const vector = randomOperand([8], next);
    const inner = { leftBatch: [], rightBatch: [], leftContract: [0], rightContract: [0] };
    expect(runLibrary(dotNode(vector, vector, inner), [vector, vector])).toBeUndefined();
    const integers: Operand = { data: new Int32Array(4), shape: [2, 2], strides: [2, 1], offset: 0 };
    expect(runLibrary(dotNode(integers, integers, MATRIX), [integers, integers])).toBeUndefined();
  });
});

function runLength(left: readonly number[], right: readonly number[]): number {
  const next = noise(1);
  const operands = [randomOperand(left, next), randomOperand(right, next)] as const;
  return runFloat(dotNode(...operands, MATRIX), operands).length;
}
