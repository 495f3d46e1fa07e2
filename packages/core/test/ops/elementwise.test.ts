import { describe, expect, it } from 'vitest';
import * as hadal from '../../src/index';
import { type DType, type Tensor, tensor } from '../../src/index';
import { valuesOf } from '../support/differences';

const int = (values: number[]): Tensor => tensor(values, { dtype: 'int32' });
const byte = (values: number[]): Tensor => tensor(values, { dtype: 'uint8' });

describe('promotion', () => {
  const a = (dtype: DType): Tensor => tensor([1], { dtype });

  it('of two tensors follows bool < uint8 < int32 < float32 < float64', () => {
    expect(hadal.add(a('uint8'), a('int32')).dtype).toBe('int32');
    expect(hadal.add(a('int32'), a('float32')).dtype).toBe('float32');
    expect(hadal.mul(a('float64'), a('float32')).dtype).toBe('float64');
    expect(hadal.add(a('bool'), a('uint8')).dtype).toBe('uint8');
  });

  it('lets plain numbers take the dtype of the tensor', () => {
    expect(a('float64').add(0.1).dtype).toBe('float64');
    expect(valuesOf(a('float64').add(0.1))).toEqual([1.1]);
    expect(a('int32').add(2).dtype).toBe('int32');
    expect(a('uint8').add(2).dtype).toBe('uint8');
  });

  it('widens for numbers that the dtype cannot hold', () => {
    expect(a('int32').add(0.5).dtype).toBe('float32');
    expect(a('uint8').add(300).dtype).toBe('int32');
    expect(valuesOf(byte([1]).sub(2).add(-1))).toEqual([254]);
    expect(a('bool').add(1).dtype).toBe('int32');
    expect(a('bool').mul(0.5).dtype).toBe('float32');
  });

  it('counts with bool as 0 and 1', () => {
    expect(valuesOf(tensor([true, false, true]).sum())).toEqual([2]);
    expect(valuesOf(hadal.neg(tensor([true])))).toEqual([-1]);
  });

  it('divides integers as float32', () => {
    expect(int([1]).div(2).dtype).toBe('float32');
    expect(hadal.mean(int([1, 2])).dtype).toBe('float32');
  });
});

describe('integer arithmetic', () => {
  it('rounds division towards minus infinity, the remainder having the sign of the divisor', () => {
    expect(valuesOf(hadal.floorDiv(int([7, -7, 7, -7]), int([2, 2, -2, -2])))).toEqual([3, -4, -4, 3]);
    expect(valuesOf(hadal.mod(int([7, -7, 7, -7]), int([3, 3, -3, -3])))).toEqual([1, 2, -2, -1]);
    expect(valuesOf(hadal.floorDiv(tensor([7, -7]), 2))).toEqual([3, -4]);
    expect(valuesOf(hadal.mod(tensor([7.5, -7.5]), 2))).toEqual([1.5, 0.5]);
  });
  it('wraps around', () => {
    expect(valuesOf(int([2 ** 31 - 1]).add(1))).toEqual([-(2 ** 31)]);
    expect(valuesOf(byte([250]).add(10))).toEqual([4]);
  });
  it('sums bytes in int32', () => expect(valuesOf(byte([200, 100]).sum())).toEqual([300]));
  it('raises whole numbers to whole powers exactly', () => {
    expect(valuesOf(int([3, -2]).pow(13))).toEqual([1594323, -8192]);
    expect(int([3]).pow(2).dtype).toBe('int32');
    expect(valuesOf(int([4]).pow(-1))).toEqual([0.25]);
  });
});

describe('special values', () => {
  it('NaN passes through maximum, minimum, relu and clip', () => {
    const x = tensor([Number.NaN]);
    for (const y of [
      x.maximum(0),
      x.minimum(0),
      x.relu(),
      hadal.clip(x, 0, 1),
      hadal.max(x),
      hadal.sign(x),
    ]) {
      expect(valuesOf(y)).toEqual([Number.NaN]);
    }
  });
  it('comparisons with NaN are false but for notEqual', () => {
    const x = tensor([Number.NaN]);
    expect([x.less(0), x.greaterEqual(0), x.equal(x), x.notEqual(x)].flatMap(valuesOf)).toEqual([0, 0, 0, 1]);
    expect(valuesOf(hadal.isNaN(tensor([1, Number.NaN])))).toEqual([0, 1]);
    expect(valuesOf(hadal.isFinite(tensor([1, Number.NaN, -Infinity])))).toEqual([1, 0, 0]);
    expect(valuesOf(hadal.isFinite(int([1])))).toEqual([1]);
  });
  it('log1p and expm1 keep their digits near 0 and their limits far from it', () => {
    const wide = (values: number[]): Tensor => tensor(Float64Array.from(values));
    const points = [1e-12, -1e-9, 0.3, -0.7, 20, 1e300, 0];
    const close = (found: number[], expected: number[]): void => {
      found.forEach((value, i) => {
        const target = expected[i] ?? Number.NaN;
        if (Number.isFinite(target))
          expect(Math.abs(value - target)).toBeLessThanOrEqual(Math.abs(target) * 1e-14);
        else expect(value).toBe(target);
      });
    };
    close(valuesOf(hadal.log1p(wide([...points, Infinity, -1]))), [
      ...points.map(Math.log1p),
      Infinity,
      -Infinity,
    ]);
    close(valuesOf(hadal.expm1(wide([...points, Infinity, -Infinity]))), [
      ...points.map(Math.expm1),
      Infinity,
      -1,
    ]);
  });
  it('rounds halves to even', () => {
    expect(valuesOf(hadal.round(tensor([0.5, 1.5, -2.5, 2.6])))).toEqual([0, 2, -2, 3]);
    expect(hadal.floor(int([2])).dtype).toBe('int32');
  });
  it('casts saturate, truncate and turn NaN into 0', () => {
    expect(valuesOf(tensor([1.9, -1.9, 3e9, Number.NaN]).cast('int32'))).toEqual([1, -1, 2 ** 31 - 1, 0]);
    expect(valuesOf(tensor([300, -5, 7.9]).cast('uint8'))).toEqual([255, 0, 7]);
    expect(valuesOf(tensor([0, 0.5, Number.NaN]).cast('bool'))).toEqual([0, 1, 1]);
  });
  it('bitcast shows the bits of a float', () => {
    expect(valuesOf(hadal.bitcast(tensor([1]), 'int32'))).toEqual([0x3f800000]);
    expect(() => hadal.bitcast(byte([1]), 'int32')).toThrow(hadal.DTypeError);
  });
});

describe('choosing and clipping', () => {
  it('where broadcasts its three operands', () => {
    expect(valuesOf(hadal.where(tensor([[true], [false]]), tensor([1, 2]), -1))).toEqual([1, 2, -1, -1]);
    expect(valuesOf(hadal.where(tensor([2, 0]), 1, 0))).toEqual([1, 0]);
  });
  it('clip keeps integers where its bounds are whole, even bounds a byte cannot hold', () => {
    const clipped = hadal.clip(byte([0, 100, 255]), -5, 200);
    expect([clipped.dtype, ...valuesOf(clipped)]).toEqual(['uint8', 0, 100, 200]);
    expect(() => hadal.clip(tensor([1]), 2, 1)).toThrow(/lower bound 2 is over the upper bound 1/);
  });
  it('logic takes what is not 0 as true', () => {
    expect(valuesOf(hadal.logicalAnd(tensor([2, 0]), 1))).toEqual([1, 0]);
    expect(valuesOf(hadal.logicalOr(tensor([0, 0]), tensor([0, 3])))).toEqual([0, 1]);
    expect(valuesOf(hadal.logicalNot(tensor([0, 3])))).toEqual([1, 0]);
  });
});

describe('errors of operands', () => {
  it('name the operation and what was given', () => {
    const given: unknown[] = ['one', [1, 2], null, Promise.resolve(1)];
    const seen = given.map((value) => {
      try {
        Reflect.apply(hadal.add, undefined, [tensor([1]), value]);
        return 'nothing';
      } catch (error) {
        return error instanceof hadal.ArgumentError ? error.message.split('\n')[0] : 'another error';
      }
    });
    expect(seen).toEqual([
      'add: expected a tensor or a number, got the string "one".',
      'add: expected a tensor or a number, got an array.',
      'add: expected a tensor or a number, got null.',
      'add: expected a tensor or a number, got a promise.',
    ]);
  });
  it('end with the scope that is being built', () => {
    expect(() => hadal.withScope('layer "dense_1"', () => tensor([1, 2]).add(tensor([1, 2, 3])))).toThrow(
      /add: shapes do not broadcast: \[2\] and \[3\][\s\S]*in layer "dense_1"$/,
    );
  });
});
