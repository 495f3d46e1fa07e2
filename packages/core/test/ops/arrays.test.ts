import { describe, expect, it } from 'vitest';
import * as hadal from '../../src/index';
import { arange, tensor } from '../../src/index';
import { valuesOf } from '../support/differences';

const six = arange(6).reshape([2, 3]);

describe('creation', () => {
  it('takes shape and dtype from what is given', () => {
    expect([tensor(1).shape, tensor(1).dtype]).toEqual([[], 'float32']);
    expect([tensor([[true], [false]]).shape, tensor([[true]]).dtype]).toEqual([[2, 1], 'bool']);
    expect([tensor(new Uint8Array(4)).dtype, tensor(new Int32Array(4)).dtype]).toEqual(['uint8', 'int32']);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(tensor(new Float32Array(6), { shape: [2, 3] }).shape).toEqual([2, 3]);
    expect(valuesOf(tensor([1.7, -300, Number.NaN], { dtype: 'int32' }))).toEqual([1, -300, 0]);
    expect(valuesOf(tensor([300, -1], { dtype: 'uint8' }))).toEqual([255, 0]);
  });
  it('copies what is given', () => {
    const values = Float32Array.of(1, 2);
    const x = tensor(values);
    values[0] = 9;
    expect(valuesOf(x)).toEqual([1, 2]);
  });
  it('reads a typed array where it lies when told so', () => {
    const values = Float32Array.of(1, 2);
    const x = tensor(values, { copy: false });
    values[0] = 9;
    expect(valuesOf(x)).toEqual([9, 2]);
    expect(valuesOf(tensor(values, { copy: false, dtype: 'int32' }))).toEqual([9, 2]);
  });
  it('says where nested arrays are ragged or hold something else', () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(
      /ragged: values\[1\] has 1 entries, expected 2 as in \[2, 2\]/,
    );
    expect(() => tensor([[1], 2])).toThrow(/values\[1\] has no array/);
    expect(() => tensor([1, [2]])).toThrow(/values\[1\] is an array, expected a number/);
    expect(() => Reflect.apply(tensor, undefined, [[1, 'two']])).toThrow(
      /values\[1\] is two, expected a number/,
    );
    expect(() => Reflect.apply(tensor, undefined, [new Uint16Array(2)])).toThrow(
      /arrays of class Uint16Array are not supported/,
    );
    expect(() => tensor([1, 2, 3], { shape: [2, 2] })).toThrow(
      /3 values do not fill \[2, 2\], which holds 4/,
    );
    expect(() => hadal.zeros([2, -1])).toThrow(/extent -1 of axis 1/);
  });
  it('makes patterns', () => {
    expect(valuesOf(arange(1, 2, 0.25))).toEqual([1, 1.25, 1.5, 1.75]);
    expect(valuesOf(arange(3, 0, -2))).toEqual([3, 1]);
    expect(valuesOf(arange(0, 1, 0.4, { dtype: 'int32' }))).toEqual([0, 0, 0]);
    expect(valuesOf(hadal.linspace(0, 1, 5))).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(valuesOf(hadal.linspace(3, 4, 1))).toEqual([3]);
    expect(valuesOf(hadal.eye(2, 3))).toEqual([1, 0, 0, 0, 1, 0]);
    expect(valuesOf(hadal.zerosLike(six))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(hadal.onesLike(tensor([true])).dtype).toBe('bool');
    expect(valuesOf(hadal.full([2], 7, { dtype: 'uint8' }))).toEqual([7, 7]);
    expect(valuesOf(hadal.full([1], 300, { dtype: 'uint8' }))).toEqual([255]);
    expect(valuesOf(hadal.linspace(0, 0.7, 8)).at(-1)).toBe(Math.fround(0.7));
    expect(() => arange(0, 1, 0)).toThrow(/step not 0/);
  });
});

describe('movement', () => {
  it('reshape computes an extent of -1', () => {
    expect(six.reshape([-1, 2]).shape).toEqual([3, 2]);
    expect(() => six.reshape([4, -1])).toThrow(/\[2, 3\] holds 6 elements, which no whole number/);
    expect(() => six.reshape([4])).toThrow(/holds 6 elements, \[4\] holds 4/);
    expect(() => six.reshape([-1, -1])).toThrow(hadal.ShapeError);
    expect(() => hadal.zeros([0]).reshape([0, -1])).toThrow(hadal.ShapeError);
  });
  it('flatten keeps leading axes', () => {
    expect(hadal.flatten(hadal.zeros([2, 3, 4]), 1).shape).toEqual([2, 12]);
    expect(hadal.flatten(tensor(1)).shape).toEqual([1]);
  });
  it('transpose, expandDims, squeeze', () => {
    expect(valuesOf(six.transpose())).toEqual([0, 3, 1, 4, 2, 5]);
    expect(six.expandDims([0, -1]).shape).toEqual([1, 2, 3, 1]);
    expect(six.expandDims(1).squeeze().shape).toEqual([2, 3]);
    expect(() => six.squeeze(0)).toThrow(/axis 0 of \[2, 3\] has extent 2/);
  });
  it('slice counts from the end and clamps, like slices of arrays', () => {
    const x = arange(10);
    const numbers = Array.from({ length: 10 }, (_, i) => i);
    for (const [start, limit] of [
      [2, 8],
      [-3, 100],
      [5, 2],
      [0, -1],
      [20, 30],
      [-30, 3],
    ] as const) {
      expect(valuesOf(x.slice(start, limit))).toEqual(numbers.slice(start, limit));
    }
    expect(valuesOf(x.slice(1, undefined, 4))).toEqual([1, 5, 9]);
    expect(valuesOf(six.slice([0, 1]))).toEqual([1, 2, 4, 5]);
    expect(() => x.slice(0, 5, -1)).toThrow(/flip\(x, axis\) reverses/);
    expect(() => x.slice(0.5)).toThrow(/position 0.5/);
    expect(() => x.slice([0, 0])).toThrow(/more positions than axes/);
  });
  it('flip, pad, tile', () => {
    expect(valuesOf(hadal.flip(six, -1))).toEqual([2, 1, 0, 5, 4, 3]);
    expect(valuesOf(hadal.pad(arange(2), [1, 2], 9))).toEqual([9, 0, 1, 9, 9]);
    expect(hadal.pad(six, 1).shape).toEqual([4, 5]);
    expect(valuesOf(hadal.tile(arange(2), [2, 2]))).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    expect(hadal.tile(six, [3, 1, 2]).shape).toEqual([3, 2, 6]);
    expect(() => hadal.pad(six, [[1, 1]])).toThrow(/1 pairs of padding were given for 2 axes/);
    expect(() => hadal.pad(six, -1)).toThrow(/at least 0/);
  });
  it('concat promotes dtypes and says which shapes differ', () => {
    expect(hadal.concat([tensor([1], { dtype: 'int32' }), tensor([2])]).dtype).toBe('float32');
    expect(() => hadal.concat([six, arange(2)])).toThrow(
      /shapes differ away from axis 0: \[2, 3\] and \[2\]/,
    );
    expect(() => hadal.concat([tensor(1), tensor(2)])).toThrow(/Use stack/);
    expect(() => hadal.concat([])).toThrow(/at least one/);
  });
  it('stack and split', () => {
    expect(valuesOf(hadal.stack([arange(2), arange(2)], -1))).toEqual([0, 0, 1, 1]);
    expect(() => hadal.stack([six, arange(2)])).toThrow(/shapes differ/);
    expect(hadal.split(six, [1, 2], 1).map(valuesOf)).toEqual([
      [0, 3],
      [1, 2, 4, 5],
    ]);
    expect(() => hadal.split(six, -1)).toThrow(/-1 sections/);
    expect(() => hadal.split(six, 2, 1)).toThrow(/extent 3, which 2 does not divide/);
  });
  it('broadcastTo only repeats', () => {
    expect(valuesOf(hadal.broadcastTo(tensor([[1], [2]]), [2, 2]))).toEqual([1, 1, 2, 2]);
    expect(() => hadal.broadcastTo(six, [3])).toThrow(/has more axes/);
    expect(() => hadal.broadcastTo(six, [4, 3])).toThrow(/does not repeat to \[4, 3\]/);
  });
});

describe('reductions', () => {
  it('take an axis, several, or options', () => {
    expect(valuesOf(six.sum())).toEqual([15]);
    expect(valuesOf(six.sum(0))).toEqual([3, 5, 7]);
    expect(valuesOf(six.sum([0, 1]))).toEqual([15]);
    expect(six.sum({ axis: -1, keepDims: true }).shape).toEqual([2, 1]);
    expect(valuesOf(six.sum([]))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(() => six.sum(2)).toThrow(/sum: axis 2 does not exist/);
  });
  it('of nothing have their neutral element', () => {
    const none = hadal.zeros([0, 2]);
    expect(valuesOf(none.sum(0))).toEqual([0, 0]);
    expect(valuesOf(hadal.prod(none, 0))).toEqual([1, 1]);
    expect(valuesOf(none.max(0))).toEqual([-Infinity, -Infinity]);
    expect(valuesOf(none.mean(0))).toEqual([Number.NaN, Number.NaN]);
    expect(() => none.argMax(0)).toThrow(/nothing to choose from/);
  });
  it('argMax and argMin give the first of equals, NaN first of all', () => {
    expect(valuesOf(tensor([1, 3, 3]).argMax())).toEqual([1]);
    expect(
      valuesOf(
        tensor([
          [1, 0],
          [0, 0],
        ]).argMin(1),
      ),
    ).toEqual([1, 0]);
    expect(valuesOf(tensor([1, Number.NaN, 3]).argMax())).toEqual([1]);
    expect(
      valuesOf(
        tensor([
          [1, 2],
          [9, 4],
        ]).argMax(),
      ),
    ).toEqual([2]);
    expect(six.argMax(0).dtype).toBe('int32');
  });
  it('variance and standard deviation take a correction', () => {
    const x = tensor([1, 2, 3, 4]);
    expect(valuesOf(hadal.variance(x))).toEqual([1.25]);
    expect(valuesOf(hadal.variance(x, { correction: 1 }))[0]).toBeCloseTo(5 / 3, 6);
    expect(valuesOf(hadal.std(x, { axis: 0 }))[0]).toBeCloseTo(Math.sqrt(1.25), 6);
  });
  it('any and all give bool', () => {
    const x = tensor([
      [1, 0],
      [2, 3],
    ]);
    expect([hadal.any(x).dtype, ...valuesOf(hadal.all(x, 1))]).toEqual(['bool', 0, 1]);
  });
  it('logSumExp neither overflows nor turns infinities into NaN', () => {
    const value = (numbers: number[]): number | undefined => valuesOf(hadal.logSumExp(tensor(numbers)))[0];
    expect(value([1000, 1000])).toBeCloseTo(1000.6931, 3);
    expect(value([-Infinity, -Infinity])).toBe(-Infinity);
    expect(value([1, Infinity])).toBe(Infinity);
  });
});

describe('products', () => {
  it('matmul has the shapes of NumPy', () => {
    const shape = (a: number[], b: number[]) => hadal.matmul(hadal.zeros(a), hadal.zeros(b)).shape;
    expect(shape([3], [3])).toEqual([]);
    expect(shape([3], [3, 2])).toEqual([2]);
    expect(shape([2, 3], [3])).toEqual([2]);
    expect(shape([5, 2, 3], [3])).toEqual([5, 2]);
    expect(shape([3], [5, 3, 2])).toEqual([5, 2]);
    expect(shape([7, 1, 2, 3], [4, 3, 5])).toEqual([7, 4, 2, 5]);
    expect(shape([2, 3], [7, 3, 5])).toEqual([7, 2, 5]);
  });
  it('matmul multiplies', () => {
    expect(valuesOf(hadal.matmul(six, six, { transposeB: true }))).toEqual([5, 14, 14, 50]);
    expect(valuesOf(hadal.matmul(six, six, { transposeA: true }))).toEqual([
      9, 12, 15, 12, 17, 22, 15, 22, 29,
    ]);
    expect(hadal.matmul(tensor(new Uint8Array([200, 200])), tensor(new Uint8Array([2, 2]))).dtype).toBe(
      'int32',
    );
  });
  it('matmul names the dimensions that differ and the operand that looks transposed', () => {
    expect(() => hadal.matmul(hadal.zeros([32, 784]), hadal.zeros([128, 784]))).toThrow(
      'matmul: inner dimensions differ: [32, 784] × [128, 784], 784 ≠ 128.\n' +
        '  The second operand looks transposed: matmul(a, b, { transposeB: true }) takes [128, 784] as it is.',
    );
    expect(() => hadal.matmul(hadal.zeros([784, 32]), hadal.zeros([784, 10]))).toThrow(
      /The first operand looks transposed/,
    );
    expect(() => hadal.matmul(tensor(1), six)).toThrow(/mul\(a, b\)/);
  });
  it('dot, outer, tensordot', () => {
    expect(valuesOf(hadal.dot(tensor([1, 2]), tensor([3, 4])))).toEqual([11]);
    expect(valuesOf(hadal.outer(tensor([1, 2]), tensor([3, 4])))).toEqual([3, 4, 6, 8]);
    expect(
      hadal.tensordot(hadal.zeros([2, 3, 4]), hadal.zeros([4, 3, 5]), [
        [2, 1],
        [0, 1],
      ]).shape,
    ).toEqual([2, 5]);
    expect(() => hadal.tensordot(six, six, 1)).toThrow(/3 ≠ 2/);
    expect(() => hadal.tensordot(six, six, 3)).toThrow(/3 axes cannot be paired/);
  });
});

describe('indexing', () => {
  it('gather replaces an axis by the axes of the indices', () => {
    const indices = tensor([[2, 0]], { dtype: 'int32' });
    expect(hadal.gather(six, indices, 1).shape).toEqual([2, 1, 2]);
    expect(valuesOf(hadal.gather(six, indices, 1))).toEqual([2, 0, 5, 3]);
    expect(hadal.take(six, 1).shape).toEqual([3]);
    expect(() => hadal.gather(six, tensor([0.5]))).toThrow(/indices must be int32 or uint8, not float32/);
  });
  it('gather clamps indices and scatterAdd drops what is outside', () => {
    const outside = tensor([-5, 9], { dtype: 'int32' });
    expect(valuesOf(hadal.gather(arange(3), outside))).toEqual([0, 2]);
    expect(valuesOf(hadal.scatterAdd(hadal.zeros([3]), outside, tensor([1, 1])))).toEqual([0, 0, 0]);
  });
  it('scatterAdd adds duplicates up and checks the updates', () => {
    const indices = tensor([0, 2, 0], { dtype: 'int32' });
    expect(valuesOf(hadal.scatterAdd(hadal.zeros([3]), indices, tensor([1, 2, 3])))).toEqual([4, 0, 2]);
    expect(() => hadal.scatterAdd(hadal.zeros([3]), indices, tensor([1]))).toThrow(
      /updates \[1\] do not fit \[3\].*expected \[3\]/,
    );
  });
  it('oneHot is 1 at the index, and 0 throughout for an index outside', () => {
    expect(valuesOf(hadal.oneHot(tensor([1, 3, -1], { dtype: 'int32' }), 3))).toEqual([
      0, 1, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect(hadal.oneHot(tensor([1, 0], { dtype: 'uint8' }), 5, { axis: 0, dtype: 'bool' }).shape).toEqual([
      5, 2,
    ]);
  });
});
