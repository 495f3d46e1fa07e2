/** Cumulative operations against the same doubling in JavaScript, bit by bit. */
import { type CumulativeOptions, cumMax, cumMin, cumProd, cumSum, type Tensor, tensor } from '@hadal/core';
import { makeNode, type NodeOf } from '@hadal/core/graph';
import { describe, expect, it } from 'vitest';
import {
  at,
  I32_EPILOGUE,
  leaf,
  NO_EPILOGUE,
  noise,
  type Operand,
  randomOperand,
  runLibrary,
  sizeOf,
} from './harness';

type Scan = (x: Tensor, options: CumulativeOptions) => Tensor;

/** The composite that a cumulative operation makes, over an operand of this shape. */
function scanNode(scan: Scan, { shape, data }: Operand, axis: number, reverse: boolean): NodeOf<'composite'> {
  const dtype = data instanceof Int32Array ? 'int32' : 'float32';
  const { node } = scan(tensor([], { shape: [0] }), {});
  if (node.op !== 'composite') throw new TypeError('the operation is no composite');
  return makeNode(
    'composite',
    [leaf(shape, dtype)],
    { ...node.attributes, attributes: { axis, reverse } },
    shape,
    dtype,
  );
}

function scanned(scan: Scan, operand: Operand, axis: number, reverse = false, atEnd?: number): number[] {
  const isInteger = operand.data instanceof Int32Array;
  const epilogue = isInteger ? I32_EPILOGUE : NO_EPILOGUE;
  const options = { epilogue, ...(atEnd === undefined ? {} : { atEnd }) };
  const [bytes] = runLibrary(scanNode(scan, operand, axis, reverse), [operand], options) ?? [];
  const { buffer } = bytes ?? new Uint8Array(0);
  return [...(isInteger ? new Int32Array(buffer) : new Float32Array(buffer))];
}

type Combine = (a: number, b: number) => number;
const add: Combine = (a, b) => Math.fround(a + b);

function expected(values: readonly number[], combine: Combine, reverse = false): number[] {
  let row = reverse ? values.toReversed() : [...values];
  for (let distance = 1; distance < row.length; distance *= 2) {
    const before = row;
    row = row.map((value, i) => (i < distance ? value : combine(value, before[i - distance] ?? 0)));
  }
  return reverse ? row.toReversed() : row;
}

describe('cumulative operations', () => {
  it.each([1, 2, 3, 4, 5, 16, 17, 300, 5000])('sum %i numbers, in either direction', (length) => {
    const operand = randomOperand([length], noise(length));
    for (const atEnd of [0, 1, 2]) {
      expect(scanned(cumSum, operand, 0, false, atEnd)).toEqual(expected([...operand.data], add));
      expect(scanned(cumSum, operand, 0, true, atEnd)).toEqual(expected([...operand.data], add, true));
    }
  });

  it('multiply and find extremes, NaN included', () => {
    const data = Float32Array.of(0.5, -2, 3, -0.25, 7, Number.NEGATIVE_INFINITY, 8, Number.NaN, 9);
    const operand: Operand = { data, shape: [9], strides: [1], offset: 0 };
    const values = [...data];
    expect(scanned(cumProd, operand, 0)).toEqual(expected(values, (a, b) => Math.fround(a * b)));
    expect(scanned(cumMax, operand, 0)).toEqual(expected(values, Math.max));
    expect(scanned(cumMin, operand, 0)).toEqual(expected(values, Math.min));
  });

  it('wrap in int32', () => {
    const values = [2 ** 31 - 1, 5, -7, 123456789, -(2 ** 31), 3, 1];
    const operand: Operand = { data: Int32Array.from(values), shape: [7], strides: [1], offset: 0 };
    expect(scanned(cumSum, operand, 0)).toEqual(expected(values, (a, b) => (a + b) | 0));
    expect(scanned(cumProd, operand, 0)).toEqual(expected(values, Math.imul));
    expect(scanned(cumMax, operand, 0, true)).toEqual(expected(values, Math.max, true));
    expect(scanned(cumMin, operand, 0, true)).toEqual(expected(values, Math.min, true));
  });

  it.each([0, 1, 2])('take axis %i of operands of any layout', (axis) => {
    const stored = randomOperand([4, 60, 3], noise(3));
    // [3, 60, 4] turned around along one axis.
    const turned: Operand = { ...stored, shape: [3, 60, 4], strides: [1, -3, 180], offset: 177 };
    for (const operand of [turned, randomOperand([3, 60, 4], noise(4))]) {
      const { shape } = operand;
      for (const reverse of [false, true]) {
        const result = scanned(cumSum, operand, axis, reverse);
        const others = shape.map((extent, i) => (i === axis ? 1 : extent));
        for (let k = 0; k < sizeOf(others); k++) {
          const start = [Math.floor(k / ((others[1] ?? 1) * (others[2] ?? 1))), 0, k % (others[2] ?? 1)];
          start[1] = Math.floor(k / (others[2] ?? 1)) % (others[1] ?? 1);
          const indices = Array.from({ length: shape[axis] ?? 0 }, (_, j) =>
            start.map((index, i) => (i === axis ? j : index)),
          );
          const found = indices.map(([a = 0, b = 0, c = 0]) => result[(a * 60 + b) * 4 + c]);
          const values = indices.map((index) => at(operand, index));
          expect(found).toEqual(expected(values, add, reverse));
        }
      }
    }
  });
});
