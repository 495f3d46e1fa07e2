/** Sorting against JavaScript's stable sort. */

import { argsort, tensor } from '@hadal/core';
import { makeNode, type NodeOf } from '@hadal/core/graph';
import { describe, expect, it } from 'vitest';
import { at, I32_EPILOGUE, leaf, noise, type Operand, randomOperand, runLibrary } from './harness';

/** The composite that `argsort` makes, over an operand of this shape. */
function argsortNode({ shape, data }: Operand, axis: number, descending: boolean): NodeOf<'composite'> {
  const dtype = data instanceof Int32Array ? 'int32' : 'float32';
  const { node } = argsort(tensor([], { shape: [0] }));
  if (node.op !== 'composite') throw new TypeError('argsort is no composite');
  const attributes = { ...node.attributes, attributes: { axis, descending } };
  return makeNode('composite', [leaf(shape, dtype)], attributes, shape, 'int32');
}

function sorted(operand: Operand, axis: number, descending = false, atEnd?: number): number[] {
  const options = { epilogue: I32_EPILOGUE, ...(atEnd === undefined ? {} : { atEnd }) };
  const [bytes] = runLibrary(argsortNode(operand, axis, descending), [operand], options) ?? [];
  return [...new Int32Array(bytes?.buffer ?? new ArrayBuffer(0))];
}

/** Positions in order of value, NaN last, equal ones in order of position. */
function expected(values: readonly number[], descending = false): number[] {
  const sign = descending ? -1 : 1;
  const last = (value: number): number => (Number.isNaN(value) ? 1 : 0);
  const positions = values.map((_, i) => i);
  return positions.sort((i, j) => {
    const [a = 0, b = 0] = [values[i], values[j]];
    return last(a) - last(b) || (a < b ? -sign : a > b ? sign : 0);
  });
}

const row = (values: readonly number[]): Operand => ({
  data: Float32Array.from(values),
  shape: [values.length],
  strides: [1],
  offset: 0,
});

describe('argsort', () => {
  it.each([1, 2, 7, 48, 49, 300, 5000])('sorts %i numbers, in either direction', (length) => {
    const operand = randomOperand([length], noise(length));
    for (const atEnd of [0, 1, 2]) {
      expect(sorted(operand, 0, false, atEnd)).toEqual(expected([...operand.data]));
      expect(sorted(operand, 0, true, atEnd)).toEqual(expected([...operand.data], true));
    }
  });

  it.each([20, 200])('keeps the order of equal numbers among %i', (length) => {
    const next = noise(length);
    const operand = row(Array.from({ length }, () => Math.round(3 * next())));
    expect(sorted(operand, 0)).toEqual(expected([...operand.data]));
    expect(sorted(operand, 0, true)).toEqual(expected([...operand.data], true));
  });

  it('puts NaN of any sign last, and takes -0 as 0', () => {
    const special = [
      0,
      -0,
      Number.NaN,
      Infinity,
      -Infinity,
      1e-45,
      -1e-45,
      3.4e38,
      -3.4e38,
      -Number.NaN,
      -0,
      0,
    ];
    for (const values of [special, Array.from({ length: 8 }, () => special).flat()]) {
      expect(sorted(row(values), 0)).toEqual(expected(values));
      expect(sorted(row(values), 0, true)).toEqual(expected(values, true));
    }
  });

  it('compares int32 from the least to the greatest', () => {
    const values = [5, -(2 ** 31), 2 ** 31 - 1, -1, 0, 5, 256, -256];
    const operand: Operand = { data: Int32Array.from(values), shape: [8], strides: [1], offset: 0 };
    expect(sorted(operand, 0)).toEqual(expected(values));
    expect(sorted(operand, 0, true)).toEqual(expected(values, true));
  });

  it('takes any axis and operands of any layout', () => {
    const stored = randomOperand([4, 60, 3], noise(3));
    // [3, 60, 4] turned around along the sorted axis.
    const operand: Operand = { ...stored, shape: [3, 60, 4], strides: [1, -3, 180], offset: 177 };
    const result = sorted(operand, 1);
    for (let i = 0; i < 3; i++) {
      for (let k = 0; k < 4; k++) {
        const values = Array.from({ length: 60 }, (_, j) => at(operand, [i, j, k]));
        const found = Array.from({ length: 60 }, (_, j) => result[(i * 60 + j) * 4 + k]);
        expect(found).toEqual(expected(values));
      }
    }
  });
});
