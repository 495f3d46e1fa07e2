import { beforeAll, describe, expect, it } from 'vitest';
import {
  compile,
  customGradient,
  grad,
  hessian,
  interpreter,
  jvp,
  round,
  setDevice,
  type Tensor,
  tensor,
  vjp,
  vmap,
} from '../../src/index';
import { valuesOf } from '../support/differences';

beforeAll(() => setDevice(interpreter()));

/** log(1 + eˣ) with the logistic function as its gradient, from a value of the forward pass. */
const logOnePlusExp = customGradient((x) => {
  const total = x.exp().add(1);
  return { value: total.log(), gradient: (g) => [g.mul(total.pow(-1).neg().add(1))] };
});

const sum =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    f(x).sum();
const close = (found: Tensor, expected: readonly number[]): void => {
  const values = valuesOf(found);
  expect(values.length).toBe(expected.length);
  values.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 6);
  });
};

describe('customGradient', () => {
  const x = tensor([0, 1]);
  const s = 1 / (1 + Math.exp(-1));

  it('gives the value of the function and the gradient of the rule', () => {
    close(logOnePlusExp(x), [Math.log(2), Math.log(1 + Math.E)]);
    close(grad(sum(logOnePlusExp))(x), [0.5, s]);
    expect(valuesOf(grad(logOnePlusExp)(100))).toEqual([1]);
  });

  it('is differentiated again as the rule is written', () => {
    close(grad(sum((y) => grad(sum(logOnePlusExp))(y)))(x), [0.25, s * (1 - s)]);
    close(hessian(sum(logOnePlusExp))(x), [0.25, 0, 0, s * (1 - s)]);
    close(jvp(logOnePlusExp, [x], [2])[1], [1, 2 * s]);
  });

  it('maps, in values and in gradients', async () => {
    const rows = tensor([
      [0, 1],
      [1, 0],
    ]);
    close(vmap(logOnePlusExp)(rows), [Math.log(2), Math.log(1 + Math.E), Math.log(1 + Math.E), Math.log(2)]);
    close(vmap(grad(sum(logOnePlusExp)))(rows), [0.5, s, s, 0.5]);
    close(grad(sum(vmap(vmap(logOnePlusExp))))(rows), [0.5, s, s, 0.5]);
    close(grad(sum((y) => vmap(grad(sum(logOnePlusExp)))(y)))(rows), [0.25, s * (1 - s), s * (1 - s), 0.25]);
    const compiled = compile((y: Tensor) => vmap(grad(sum(logOnePlusExp)))(y));
    expect((await (await compiled(rows)).data())[0]).toBeCloseTo(0.5, 6);
  });

  it('may lie: a straight-through estimator', () => {
    const rounded = customGradient((y) => ({ value: round(y), gradient: (g) => [g] }));
    expect(valuesOf(rounded(tensor([0.4, 1.6])))).toEqual([0, 2]);
    expect(valuesOf(grad(sum((y) => rounded(y).mul(3)))(tensor([0.4, 1.6])))).toEqual([3, 3]);
  });

  it('adds up over a batch for what all examples share', () => {
    const scaled = customGradient((a, b) => ({ value: a.mul(b), gradient: (g) => [g.mul(b), g.mul(10)] }));
    const f = (shared: Tensor): Tensor =>
      vmap((a: Tensor) => scaled(a, shared))(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ).sum();
    expect(valuesOf(grad(f)(tensor([5, 6])))).toEqual([20, 20]);
  });

  it('passes no gradient where the rule gives none', () => {
    const f = customGradient((a, b) => ({ value: a.mul(b), gradient: (g) => [g, undefined] }));
    const [, pullback] = vjp(f, tensor([1, 2]), tensor([3, 4]));
    expect(pullback(1).map(valuesOf)).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  it('refuses gradients that do not fit the inputs', () => {
    const rule = (gradient: (g: Tensor) => Tensor[]) => customGradient((y) => ({ value: y, gradient }));
    expect(() => rule(() => [])(x)).toThrow('gave 0 gradients for 1 inputs');
    expect(() => rule((g) => [g.sum()])(x)).toThrow('the gradient of input 0 has shape [], the input [2]');
    expect(() => rule((g) => [g.cast('int32')])(x)).toThrow('is int32, the input float32');
  });
});
