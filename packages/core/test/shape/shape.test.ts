import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inverseOrder, normalizeAxes, normalizeAxis, normalizeOrder } from '../../src/shape/axis';
import { broadcastShapes, broadcastsTo } from '../../src/shape/broadcast';
import { formatShape, sizeOf, stridesOf } from '../../src/shape/shape';
import { perSpatialAxis, resolvePadding } from '../../src/shape/spatial';

describe('shapes', () => {
  it('hold the product of their extents, a scalar one element', () => {
    expect(sizeOf([2, 3, 4])).toBe(24);
    expect(sizeOf([])).toBe(1);
    expect(sizeOf([3, 0])).toBe(0);
  });
  it('have row-major strides', () => {
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
    expect(stridesOf([])).toEqual([]);
  });
  it('are written in brackets', () => expect(formatShape([2, 3])).toBe('[2, 3]'));
});

describe('axes', () => {
  it('count from the end when negative', () =>
    expect([normalizeAxis('sum', -1, 3), normalizeAxis('sum', 0, 3)]).toEqual([2, 0]));
  it('outside of the rank are named with the range that exists', () => {
    expect(() => normalizeAxis('sum', 3, 3)).toThrow(
      /sum: axis 3 does not exist in a tensor of rank 3\.\n {2}Axes run from -3 to 2/,
    );
    expect(() => normalizeAxis('sum', 0, 0)).toThrow(/A scalar has no axes/);
    expect(() => normalizeAxis('sum', 0.5, 2)).toThrow(/axis 0.5/);
  });
  it('of a reduction are sorted, all when left out, and never given twice', () => {
    expect(normalizeAxes('sum', [-1, 0], 3)).toEqual([0, 2]);
    expect(normalizeAxes('sum', undefined, 2)).toEqual([0, 1]);
    expect(() => normalizeAxes('sum', [1, -1], 2)).toThrow(/axis 1 is given twice in \[1, -1\]/);
  });
  it('of an order are all named exactly once', () => {
    expect(normalizeOrder('transpose', [-1, 0], 2)).toEqual([1, 0]);
    expect(() => normalizeOrder('transpose', [0, 0], 2)).toThrow(/each of the 2 axes exactly once/);
    expect(() => normalizeOrder('transpose', [0], 2)).toThrow(/each of the 2 axes/);
  });
  it('are undone by the inverse order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (order) => {
        const inverse = inverseOrder(order);
        expect(order.map((_, i) => order[inverse[i] ?? -1])).toEqual([0, 1, 2, 3, 4]);
      }),
    );
  });
});

describe('broadcasting', () => {
  const extents = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 4 });

  it('aligns shapes at the end and repeats extents of 1', () => {
    expect(broadcastShapes('add', [2, 1], [3])).toEqual([2, 3]);
    expect(broadcastShapes('add', [], [4, 1])).toEqual([4, 1]);
    expect(broadcastShapes('add', [0, 1], [1, 5])).toEqual([0, 5]);
  });
  it('names the operation, both shapes and the extents that differ', () => {
    expect(() => broadcastShapes('add', [2, 3], [4])).toThrow(
      /^add: shapes do not broadcast: \[2, 3\] and \[4\], 3 ≠ 4/,
    );
  });
  it('is symmetric, and both operands reach the result', () => {
    fc.assert(
      fc.property(extents, extents, (a, b) => {
        let forward: number[] | undefined;
        try {
          forward = broadcastShapes('add', a, b);
        } catch {
          expect(() => broadcastShapes('add', b, a)).toThrow();
          return;
        }
        expect(broadcastShapes('add', b, a)).toEqual(forward);
        expect(broadcastsTo(a, forward) && broadcastsTo(b, forward)).toBe(true);
      }),
    );
  });
});

describe('spatial arguments', () => {
  it('are one number for all axes or one for each', () => {
    expect(perSpatialAxis('conv2d', 'strides', 2, 2)).toEqual([2, 2]);
    expect(perSpatialAxis('conv2d', 'strides', [1, 3], 2)).toEqual([1, 3]);
    expect(() => perSpatialAxis('conv2d', 'strides', [1, 0], 2)).toThrow(
      /strides \[1,0\] must be a whole number/,
    );
    expect(() => perSpatialAxis('conv2d', 'strides', [1], 2)).toThrow(/or 2 of them/);
  });
  it("'same' padding gives ⌈extent / stride⌉ positions, the odd element after", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        (extent, span, stride) => {
          const [[lo, hi] = [0, 0]] = resolvePadding('conv2d', 'same', [extent], [span], [stride]);
          const total = Math.max(extent + lo + hi, span);
          expect(Math.floor((total - span) / stride) + 1).toBe(Math.ceil(extent / stride));
          expect(hi - lo === 0 || hi - lo === 1).toBe(true);
        },
      ),
    );
  });
  it('take explicit padding in three spellings', () => {
    expect(resolvePadding('conv2d', 2, [5, 5], [3, 3], [1, 1])).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(resolvePadding('conv2d', [1, 2], [5, 5], [3, 3], [1, 1])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(
      resolvePadding(
        'conv2d',
        [
          [0, 1],
          [2, 3],
        ],
        [5, 5],
        [3, 3],
        [1, 1],
      ),
    ).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(() => resolvePadding('conv2d', [1], [5, 5], [3, 3], [1, 1])).toThrow(
      /padding \[1\] does not fit 2 spatial axes/,
    );
    expect(() => resolvePadding('conv2d', -1, [5], [3], [1])).toThrow(/at least 0/);
  });
});
