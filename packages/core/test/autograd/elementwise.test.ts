import { describe, expect, it } from 'vitest';
import * as hadal from '../../src/index';
import { grad, gradients, type Tensor, tensor } from '../../src/index';
import { build } from '../support/build';
import { gradientError, type Sample, valuesOf } from '../support/differences';

const plain: Sample = { shape: [2, 3] };
const positive: Sample = { shape: [2, 3], low: 0.3, high: 3 };
const row: Sample = { shape: [3] };

const unary: Record<string, readonly [(x: Tensor) => Tensor, Sample]> = {
  neg: [hadal.neg, plain],
  abs: [hadal.abs, positive],
  reciprocal: [hadal.reciprocal, positive],
  sqrt: [hadal.sqrt, positive],
  rsqrt: [hadal.rsqrt, positive],
  square: [hadal.square, plain],
  exp: [hadal.exp, plain],
  exp2: [(x) => build.apply('exp2', x), plain],
  log: [hadal.log, positive],
  log2: [(x) => build.apply('log2', x), positive],
  log1p: [hadal.log1p, positive],
  expm1: [hadal.expm1, plain],
  sin: [hadal.sin, plain],
  cos: [hadal.cos, plain],
  tanh: [hadal.tanh, plain],
  erf: [hadal.erf, plain],
  sigmoid: [hadal.sigmoid, plain],
  softplus: [hadal.softplus, plain],
  silu: [hadal.silu, plain],
  'gelu with erf': [(x) => hadal.gelu(x), plain],
  'gelu with tanh': [(x) => hadal.gelu(x, { approximate: true }), plain],
  elu: [(x) => hadal.elu(x, 1.5), { shape: [2, 3], low: -3, high: -0.5 }],
  leakyRelu: [(x) => hadal.leakyRelu(x, 0.3), { shape: [2, 3], low: -3, high: -0.5 }],
  relu: [hadal.relu, positive],
  'power 4': [(x) => hadal.pow(x, 4), plain],
  'power 2.5': [(x) => hadal.pow(x, 2.5), positive],
  'power -1': [(x) => hadal.pow(x, -1), positive],
  clip: [(x) => hadal.clip(x, -1, 5), positive],
};

describe('gradients of functions of one number', () => {
  for (const [name, [f, point]] of Object.entries(unary)) {
    it(`${name}: first and second order agree with finite differences`, () => {
      expect(gradientError(f, [point])).toBeLessThan(1e-6);
    });
  }

  it('relu sends nothing back where its output is 0, at 0 itself and below', () => {
    const x = tensor([-1, 0, 2]);
    expect(gradients(hadal.relu(x).sum(), [x]).map(valuesOf)).toEqual([[0, 0, 1]]);
  });

  it('the gradient of abs at 0 is 0', () => {
    expect(valuesOf(grad((x) => hadal.abs(x))(0))).toEqual([0]);
  });

  it('sigmoid, softplus and elu have finite gradients far from 0', () => {
    const x = tensor([-1000, 1000]);
    for (const f of [hadal.sigmoid, hadal.softplus, hadal.elu, hadal.silu]) {
      const slopes = gradients(f(x).sum(), [x]).flatMap(valuesOf);
      expect(slopes.every(Number.isFinite)).toBe(true);
    }
  });

  it('clip passes the gradient inside its bounds, bounds included', () => {
    const x = tensor([-1, 0, 0.5, 1, 2]);
    expect(gradients(hadal.clip(x, 0, 1).sum(), [x]).map(valuesOf)).toEqual([[0, 1, 1, 1, 0]]);
  });

  it('rounding has gradient 0', () => {
    const x = tensor([0.3, 1.7]);
    for (const f of [hadal.floor, hadal.ceil, hadal.round, hadal.sign]) {
      expect(gradients(f(x).sum(), [x]).map(valuesOf)).toEqual([[0, 0]]);
    }
  });

  it('the n-th derivative of x³ is exact for every n', () => {
    const cube = (x: Tensor) => x.pow(3);
    expect(valuesOf(grad(cube)(2))).toEqual([12]);
    expect(valuesOf(grad(grad(cube))(2))).toEqual([12]);
    expect(valuesOf(grad(grad(grad(cube)))(2))).toEqual([6]);
    expect(valuesOf(grad(grad(grad(grad(cube))))(2))).toEqual([0]);
  });
});

describe('gradients of functions of two numbers', () => {
  const binary: Record<string, readonly [(a: Tensor, b: Tensor) => Tensor, Sample, Sample]> = {
    add: [hadal.add, plain, row],
    sub: [hadal.sub, row, plain],
    mul: [hadal.mul, plain, row],
    div: [hadal.div, plain, { shape: [2, 1], low: 0.5, high: 2 }],
    pow: [hadal.pow, positive, row],
    maximum: [hadal.maximum, plain, plain],
    minimum: [hadal.minimum, plain, plain],
    mod: [hadal.mod, { shape: [4], low: 1.1, high: 1.9 }, { shape: [4], low: 0.8, high: 0.9 }],
    where: [(a, b) => hadal.where(tensor([true, false, true]), a, b), plain, row],
    sigmoidCrossEntropy: [hadal.sigmoidCrossEntropy, plain, plain],
  };
  for (const [name, [f, a, b]] of Object.entries(binary)) {
    it(`${name}: first and second order agree with finite differences, also where operands broadcast`, () => {
      expect(gradientError(f, [a, b])).toBeLessThan(1e-6);
    });
  }

  it('equal operands of maximum and minimum get half of the gradient each', () => {
    const [a, b] = [tensor([1, 2, 3]), tensor([1, 5, 0])];
    expect(gradients(hadal.maximum(a, b).sum(), [a, b]).map(valuesOf)).toEqual([
      [0.5, 0, 1],
      [0.5, 1, 0],
    ]);
    expect(gradients(hadal.minimum(a, b).sum(), [a, b]).map(valuesOf)).toEqual([
      [0.5, 1, 0],
      [0.5, 0, 1],
    ]);
  });

  it('a power with base 0 has finite gradients', () => {
    const [a, b] = [tensor([0, 0, 2]), tensor([0, 2, 0])];
    expect(gradients(hadal.pow(a, b).sum(), [a, b]).map(valuesOf)).toEqual([
      [0, 0, 0],
      [0, 0, Math.fround(Math.LN2)],
    ]);
  });
});
