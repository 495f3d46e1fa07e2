/**
 * How summations are carried out: in pairs, cheapest first, as products without copies of what repeats.
 */
import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/graph/node';
import { nodesOf } from '../../src/graph/traverse';
import { einsum, multiDot, type Tensor, tensor } from '../../src/index';

/** Data, not an expanded number. */
const zeros = (shape: readonly number[]): Tensor =>
  tensor(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), { shape });

const reached = (x: Tensor): readonly Node[] => nodesOf([x.node], (node) => node.inputs);
const operations = (x: Tensor): string[] =>
  reached(x)
    .map(({ op }) => op)
    .filter((op) => op !== 'data');
/** Shapes of the products, in the order in which they are needed. */
const products = (x: Tensor): (readonly number[])[] =>
  reached(x).flatMap((node) => (node.op === 'dot' ? [node.shape] : []));

describe('einsum', () => {
  it.each([
    ['ij,jk->ik', [2, 3], [3, 4]],
    ['ji,jk->ik', [3, 2], [3, 4]],
    ['ij,jk->ki', [2, 3], [3, 4]],
    ['bqhd,bkhd->bhqk', [2, 3, 4, 5], [2, 6, 4, 5]],
    ['...ij,jk', [7, 2, 3], [3, 4]],
  ])('of %s is one product that nothing rearranges', (equation, a, b) => {
    expect(operations(einsum(equation, zeros(a), zeros(b)))).toEqual(['dot']);
  });

  it('orders the axes of an operand rather than those of the result', () => {
    expect(operations(einsum('jik,kl->ijl', zeros([2, 3, 4]), zeros([4, 5])))).toEqual(['permute', 'dot']);
  });

  it('does not repeat what broadcasts', () => {
    const sum = einsum('...ij,...jk->...ik', zeros([8, 1, 2, 3]), zeros([5, 3, 4]));
    expect(sum.shape).toEqual([8, 5, 2, 4]);
    expect(products(sum)).toEqual([[8, 2, 5, 4]]);
  });

  it('joins the pair first that leaves least behind', () => {
    const chain = einsum('ij,jk,kl->il', zeros([100, 100]), zeros([100, 100]), zeros([100, 2]));
    expect(products(chain)).toEqual([
      [100, 2],
      [100, 2],
    ]);
  });
});

describe('multiDot', () => {
  it('multiplies in the cheapest order', () => {
    const [a, b, c] = [zeros([10, 100]), zeros([100, 5]), zeros([5, 50])];
    expect(products(multiDot([a, b, c]))).toEqual([
      [10, 5],
      [10, 50],
    ]);
    expect(products(multiDot([zeros([50, 5]), zeros([5, 100]), zeros([100, 10])]))).toEqual([
      [5, 10],
      [50, 10],
    ]);
  });
});
