/** Graphs have the same signature exactly when one plan can serve them in turn. */
import { describe, expect, it } from 'vitest';
import * as build from '../../src/graph/build';
import type { Node } from '../../src/graph/node';
import { scan, type Tensor, tensor } from '../../src/index';
import { signatureOf } from '../../src/plan/signature';

const keyOf = (...outputs: readonly Node[]): string =>
  signatureOf({ outputs, updates: outputs.map(() => undefined) }).key;

const parameter = (shape: readonly number[] = [2, 3], index = 0): Node =>
  build.parameter(index, shape, 'float32');

/** Graphs that all compute something else. */
const different: Readonly<Record<string, () => Node>> = {
  'a parameter': () => parameter(),
  'one of another shape': () => parameter([3, 2]),
  'one with an extent of two codes': () => parameter([32_768, 1]),
  'one with the codes of that extent as extents': () => parameter([32_769, 0]),
  'one of more than 2 ** 30 elements': () => parameter([2 ** 30, 1]),
  'one of another dtype': () => build.parameter(0, [2, 3], 'int32'),
  'its negative': () => build.neg(parameter()),
  'its exponential': () => build.exp(parameter()),
  'it cast': () => build.cast(parameter(), 'int32'),
  'it transposed': () => build.permute(parameter([2, 2]), [1, 0]),
  'it transposed, of three axes': () => build.permute(parameter([2, 2, 2]), [1, 0, 2]),
  'it transposed otherwise': () => build.permute(parameter([2, 2, 2]), [2, 1, 0]),
  'a constant added': () => build.add(parameter(), 0),
  'another constant added': () => build.add(parameter(), -0),
  'a third constant added': () => build.add(parameter(), Number.NaN),
  'a number added': () => build.add(parameter([]), build.slot(0.5, 'float32')),
  'a number of another dtype added': () => build.add(parameter([]), build.slot(0.5, 'float64')),
  'a product with itself': () => build.mul(parameter([], 0), parameter([], 0)),
  'a product with another': () => build.mul(parameter([], 0), parameter([], 1)),
  'a slice': () => build.sliceAxis(parameter(), 1, 0, 2),
  'another slice': () => build.sliceAxis(parameter(), 1, 1, 3),
};

const sums = (length: number): Node => {
  const [total] = scan(
    (sum: Tensor, x: Tensor) => [sum.add(x.mul(0.5)), undefined],
    tensor(0),
    tensor(new Float32Array(length)),
  );
  return total.node;
};

describe('a signature', () => {
  it('is the same for a graph that is built again', () => {
    for (const [name, make] of Object.entries(different)) expect(keyOf(make()), name).toBe(keyOf(make()));
  });

  it('differs between graphs that compute something else', () => {
    const names = new Map<string, string>();
    for (const [name, make] of Object.entries(different)) {
      const key = keyOf(make());
      expect(names.get(key), name).toBeUndefined();
      names.set(key, name);
    }
    expect(names.size).toBe(Object.keys(different).length);
  });

  it('leaves out the values of slots, but not which of them are equal', () => {
    const sum = (a: number, b: number): Node =>
      build.add(
        build.mul(parameter([]), build.slot(a, 'float32')),
        build.mul(parameter([], 1), build.slot(b, 'float32')),
      );
    expect(keyOf(sum(0.5, 0.25))).toBe(keyOf(sum(3, 7)));
    expect(keyOf(sum(0.5, 0.5))).not.toBe(keyOf(sum(0.5, 0.25)));
    expect(keyOf(sum(0, -0))).toBe(keyOf(sum(0.5, 0.25)));
    expect(signatureOf({ outputs: [sum(0, -0)], updates: [undefined] }).slots).toEqual([0, -0]);
  });

  it('says which outputs are asked for, and what they replace', () => {
    const [a, b] = [parameter(), build.neg(parameter([2, 3], 1))];
    expect(keyOf(a, b)).not.toBe(keyOf(b, a));
    const updating = (update: number | undefined): string =>
      signatureOf({ outputs: [b], updates: [update] }).key;
    expect(new Set([updating(undefined), updating(0), updating(1)]).size).toBe(3);
  });

  it('holds the bodies of control flow', () => {
    expect(keyOf(sums(3))).toBe(keyOf(sums(3)));
    expect(keyOf(sums(3))).not.toBe(keyOf(sums(4)));
  });
});
