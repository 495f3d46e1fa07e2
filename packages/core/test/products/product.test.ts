/** The form of products: equal sums in fewer axes, and the way there and back as numbers. */
import { describe, expect, it } from 'vitest';
import {
  ArgumentReader,
  type Axis,
  axis,
  count,
  decodeProducts,
  encodeProducts,
  merge,
  type Product,
  simplify,
  singleRightStride,
} from '../../src/products/index';

const product: Product = {
  exchanged: true,
  left: 3,
  right: 5,
  output: 7,
  row: 2,
  loop: [axis(4, { left: 100, right: 50, output: 200, column: 8 })],
  rows: [axis(2, { left: 10, output: 30, row: 5 }), axis(5, { left: 2, output: 6, row: 1 })],
  inner: [axis(3, { left: -1, right: 9 }), axis(2, { left: 20, right: 1 })],
  columns: [axis(9, { right: 1 })],
  sums: true,
};

/** All offsets of a list of axes in one place, in any order. */
const offsets = (axes: readonly Axis[], field: 'left' | 'right' | 'output'): number[] =>
  axes
    .reduce<number[]>(
      (found, each) =>
        found.flatMap((at) => Array.from({ length: each.extent }, (_, i) => at + i * each[field])),
      [0],
    )
    .sort((a, b) => a - b);

describe('merged axes', () => {
  it('are one where one stride walks them', () => {
    expect(merge([axis(3, { left: 8 }), axis(4, { left: 2 }), axis(2, { left: 1 })])).toEqual([
      axis(24, { left: 1 }),
    ]);
  });

  it('stay apart where the places they move through disagree', () => {
    const axes = [axis(3, { left: 4, right: 1 }), axis(4, { left: 1, right: 3 })];
    expect(merge(axes)).toEqual(axes);
  });

  it('have one stride in the right operand, or none', () => {
    expect(singleRightStride([axis(3, { left: 7, right: 4 }), axis(4, { left: 1, right: 1 })])).toBe(1);
    expect(singleRightStride([axis(3, { right: 1 }), axis(4, { right: 3 })])).toBeUndefined();
    expect(singleRightStride([])).toBe(0);
  });
});

describe('a simplified product', () => {
  it('meets the same elements', () => {
    const simple = simplify(product);
    for (const list of ['rows', 'inner', 'columns', 'loop'] as const) {
      expect(count(simple[list])).toBe(count(product[list]));
      for (const field of ['left', 'right', 'output'] as const) {
        expect(offsets(simple[list], field)).toEqual(offsets(product[list], field));
      }
    }
  });

  it('has the repetitions of one right operand among its rows', () => {
    const shared = { ...product, loop: [axis(4, { left: 100, output: 200, row: 10 })] };
    const { loop, rows } = simplify(shared);
    expect([count(loop), count(rows)]).toEqual([1, 40]);
  });

  it('walks its left operand in the order of memory', () => {
    expect(simplify(product).inner.map(({ left }) => left)).toEqual([20, -1]);
  });
});

describe('products as numbers', () => {
  it('come back as they were', () => {
    expect(decodeProducts(encodeProducts([product, simplify(product)]))).toEqual([
      product,
      simplify(product),
    ]);
  });

  it('that end too soon are refused', () => {
    const cut = encodeProducts([product]).slice(0, -1);
    expect(() => decodeProducts(cut)).toThrow('an argument of a library call is missing');
    expect(() => new ArgumentReader([]).next()).toThrow(RangeError);
  });
});
