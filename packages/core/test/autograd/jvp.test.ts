import { beforeAll, describe, expect, it } from 'vitest';
import {
  compile,
  grad,
  interpreter,
  jvp,
  linearize,
  setDevice,
  softmax,
  type Tensor,
  tensor,
  vmap,
} from '../../src/index';
import { valuesOf } from '../support/differences';

beforeAll(() => setDevice(interpreter()));

describe('jvp', () => {
  it('gives the output and how it moves', () => {
    const f = (x: Tensor, y: Tensor): Tensor => x.mul(y).sum();
    const [output, tangent] = jvp(f, [tensor([1, 2]), tensor([3, 4])], [tensor([1, 0]), tensor([0, 10])]);
    expect([output, tangent].map(valuesOf)).toEqual([[11], [23]]);
  });

  it('is 0 where the output does not depend on the input, and the tangent for the identity', () => {
    expect(valuesOf(jvp(() => tensor([1, 2]), [tensor(1)], [tensor(5)])[1])).toEqual([0, 0]);
    expect(valuesOf(jvp((x) => x, [tensor([1, 2])], [tensor([3, 4])])[1])).toEqual([3, 4]);
  });

  it('adds up what inputs with one gradient do', () => {
    const f = (x: Tensor, y: Tensor): Tensor => x.add(y);
    expect(valuesOf(jvp(f, [tensor(1), tensor(2)], [tensor(10), tensor(5)])[1])).toEqual([15]);
  });

  it('nests, to second derivatives', () => {
    const slope = (x: Tensor): Tensor => jvp((y) => y.pow(4), [x], [1])[1];
    expect(valuesOf(jvp(slope, [tensor(2)], [1])[1])).toEqual([48]);
    expect(valuesOf(grad(slope)(2))).toEqual([48]);
    expect(
      valuesOf(
        jvp(
          grad((x) => x.pow(4)),
          [2],
          [1],
        )[1],
      ),
    ).toEqual([48]);
  });

  it('maps, inside and outside', () => {
    const along = vmap((x: Tensor, t: Tensor) => jvp((y) => softmax(y), [x], [t])[1]);
    const [x, t] = [
      tensor([
        [1, 2],
        [0, 3],
      ]),
      tensor([
        [1, 0],
        [0, 1],
      ]),
    ];
    const mapped = (y: Tensor): Tensor => vmap((row: Tensor) => softmax(row))(y);
    expect(valuesOf(along(x, t))).toEqual(valuesOf(jvp(mapped, [x], [t])[1]));
  });

  it('compiles', async () => {
    const f = compile((x: Tensor) => jvp((y) => y.exp(), [x], [2])[1]);
    expect(await (await f(tensor(0))).item()).toBe(2);
  });

  it('refuses tangents that do not fit', () => {
    const f = (x: Tensor): Tensor => x;
    expect(() => jvp(f, [tensor([1, 2])], [])).toThrow('0 tangents were given for 1 primals');
    expect(() => jvp(f, [tensor([1, 2])], [tensor([1])])).toThrow('tangent 0 has shape [1], its primal [2]');
    expect(() => jvp(f, [tensor([1], { dtype: 'int32' })], [1])).toThrow('int32');
  });
});

describe('linearize', () => {
  it('gives the derivative as a function of directions', () => {
    const [output, along] = linearize((x, y) => x.mul(y), tensor([1, 2]), tensor([3, 4]));
    expect(valuesOf(output)).toEqual([3, 8]);
    expect(valuesOf(along(tensor([1, 1]), 0))).toEqual([3, 4]);
    expect(valuesOf(along(0, tensor([1, 1])))).toEqual([1, 2]);
  });
});
