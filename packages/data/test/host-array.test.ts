/**
 * Plain JavaScript values become dense arrays and batches, or errors that name the place.
 */
import { ArgumentError, DataError, ShapeError } from '@hadal/core';
import { collate, columnsToMatrix, item, toHostArray } from '@hadal/data';
import { describe, expect, it } from 'vitest';

describe('toHostArray', () => {
  it('reads the shape of nested arrays', () => {
    const array = toHostArray([
      [[1], [2], [3]],
      [[4], [5], [6]],
    ]);
    expect(array).toEqual({ data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3, 1], dtype: 'float32' });
  });

  it('takes typed arrays as they are, without a copy', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const array = toHostArray(bytes, { shape: [2, 2] });
    expect(array.data).toBe(bytes);
    expect(array.dtype).toBe('uint8');
  });

  it('converts to a dtype that holds the values', () => {
    expect(toHostArray([3, -1], { dtype: 'int32' }).data).toEqual(Int32Array.of(3, -1));
    expect(toHostArray(Float64Array.of(0, 1), { dtype: 'bool' }).data).toEqual(Uint8Array.of(0, 1));
  });

  it.each([
    { values: [256], dtype: 'uint8' as const },
    { values: [-1], dtype: 'uint8' as const },
    { values: [2], dtype: 'bool' as const },
    { values: [1.5], dtype: 'int32' as const },
    { values: [2 ** 31], dtype: 'int32' as const },
    { values: [Number.NaN], dtype: 'int32' as const },
  ])('refuses to read $values as $dtype', ({ values, dtype }) => {
    expect(() => toHostArray(values, { dtype })).toThrow(ArgumentError);
    expect(() => toHostArray(values, { dtype })).toThrow(
      `value 0 is ${values[0]}, which ${dtype} cannot hold`,
    );
  });

  it('names the row that is shorter or longer than its neighbours', () => {
    expect(() => toHostArray([[1, 2], [3]])).toThrow(ShapeError);
    expect(() => toHostArray([[1, 2], [3]])).toThrow('values[1] has 1 entries, its neighbours have 2');
    expect(() => toHostArray([[1, 2], 3])).toThrow('values[1] is a number where an array of 2 is expected');
    expect(() => toHostArray([1, [2]])).toThrow('values[1] has 1 entries, its neighbours have none');
  });

  it('refuses a shape that the values do not fill', () => {
    expect(() => toHostArray([1, 2, 3], { shape: [2, 2] })).toThrow('3 values do not fill the shape [2, 2]');
  });
});

describe('item', () => {
  it('is the single value, and only that', () => {
    expect(item({ data: Int32Array.of(7), shape: [], dtype: 'int32' })).toBe(7);
    expect(() => item(toHostArray([1, 2]))).toThrow('an array of shape [2] is not a single value');
  });
});

describe('collate', () => {
  it('stacks numbers, booleans, strings, arrays, records and tuples', () => {
    const batch = collate([
      { x: toHostArray([1, 2]), y: 3, seen: true, name: 'a', pair: [1, 'p'] as const },
      { x: toHostArray([4, 5]), y: 6, seen: false, name: 'b', pair: [2, 'q'] as const },
    ]);
    expect(batch.x).toEqual({ data: Float32Array.of(1, 2, 4, 5), shape: [2, 2], dtype: 'float32' });
    expect(batch.y).toEqual({ data: Float32Array.of(3, 6), shape: [2], dtype: 'float32' });
    expect(batch.seen).toEqual({ data: Uint8Array.of(1, 0), shape: [2], dtype: 'bool' });
    expect(batch.name).toEqual(['a', 'b']);
    expect(batch.pair[0]).toEqual({ data: Float32Array.of(1, 2), shape: [2], dtype: 'float32' });
    expect(batch.pair[1]).toEqual(['p', 'q']);
  });

  it('takes typed arrays as arrays of one axis', () => {
    const batch = collate([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
    expect(batch).toEqual({ data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2], dtype: 'uint8' });
  });

  it('names the part and the position where elements differ', () => {
    const short = { x: toHostArray([1, 2]) };
    const long = { x: toHostArray([1, 2, 3]) };
    expect(() => collate([short, long])).toThrow(DataError);
    expect(() => collate([short, long])).toThrow(
      'element.x is [3] float32 at position 1 of the batch, [2] float32 at 0',
    );
    expect(() => collate<unknown>([1, 'one'])).toThrow(
      'element is one at position 1 of the batch, float32 at 0',
    );
    expect(() => collate<unknown>([{ x: 1 }, {}])).toThrow('an object with "x" at 0');
    expect(() => collate<unknown>([Float32Array.of(1), 1])).toThrow(
      'element is 1 at position 1 of the batch',
    );
  });

  it('says how to batch what cannot be stacked', () => {
    expect(() => collate([undefined])).toThrow('element is undefined, which cannot be batched');
    expect(() => collate([new Map()])).toThrow('element is Map, which cannot be batched');
    expect(() => collate([])).toThrow('the batch is empty');
  });
});

describe('columnsToMatrix', () => {
  it('puts columns side by side', () => {
    const matrix = columnsToMatrix([toHostArray([1, 2, 3]), toHostArray([4, 5, 6], { dtype: 'int32' })]);
    expect(matrix).toEqual({ data: Float32Array.of(1, 4, 2, 5, 3, 6), shape: [3, 2], dtype: 'float32' });
  });

  it('refuses columns of different length', () => {
    expect(() => columnsToMatrix([toHostArray([1]), toHostArray([1, 2])])).toThrow(ShapeError);
    expect(() => columnsToMatrix([])).toThrow('no columns were given');
  });
});
