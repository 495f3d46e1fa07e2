import { beforeAll, describe, expect, it } from 'vitest';
import {
  compile,
  grad,
  hessian,
  hvp,
  interpreter,
  jacobian,
  matmul,
  setDevice,
  softmax,
  type Tensor,
  tensor,
  vmap,
  zeros,
} from '../../src/index';
import { valuesOf } from '../support/differences';

beforeAll(() => setDevice(interpreter()));

const w = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

describe.each(['reverse', 'forward'] as const)('the Jacobian in %s mode', (mode) => {
  it('of a linear map is its matrix', () => {
    const f = (x: Tensor): Tensor => matmul(w, x);
    const found = jacobian(f, { mode })(tensor([7, 8, 9]));
    expect(found.shape).toEqual([2, 3]);
    expect(valuesOf(found)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('has the shape of the output, then that of the input', () => {
    const f = (x: Tensor, y: Tensor): Tensor => matmul(x, y);
    const [byX, byY] = jacobian(f, { mode, argnums: [0, 1] })(zeros([2, 3]), zeros([3, 4]));
    expect(byX?.shape).toEqual([2, 4, 2, 3]);
    expect(byY?.shape).toEqual([2, 4, 3, 4]);
    expect(jacobian((x) => x.sum(), { mode })(zeros([2, 3])).shape).toEqual([2, 3]);
    expect(jacobian((x) => x.add(w), { mode })(1).shape).toEqual([2, 3]);
    expect(jacobian((x) => x, { mode })(zeros([0])).shape).toEqual([0, 0]);
  });

  it('of softmax is diag(y) - y yᵀ', () => {
    const x = tensor(Float64Array.of(0, Math.log(2), Math.log(5)));
    const y = [1 / 8, 2 / 8, 5 / 8];
    const expected = y.flatMap((a, i) => y.map((b, j) => (i === j ? a : 0) - a * b));
    const found = valuesOf(jacobian((z) => softmax(z), { mode })(x));
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 12);
    });
  });

  it('nests, maps and compiles', async () => {
    const f = (x: Tensor): Tensor => x.mul(x).mul(x);
    expect(valuesOf(jacobian(jacobian(f, { mode }), { mode })(tensor([1, 2])))).toEqual([
      6, 0, 0, 0, 0, 0, 0, 12,
    ]);
    expect(
      valuesOf(
        vmap(jacobian(f, { mode }))(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
      ),
    ).toEqual([3, 0, 0, 12, 27, 0, 0, 48]);
    const compiled = compile((x: Tensor) => jacobian(f, { mode })(x));
    expect([...(await (await compiled(tensor([1, 2]))).data())]).toEqual([3, 0, 0, 12]);
  });
});

describe('the Hessian', () => {
  const f = (x: Tensor, y: Tensor): Tensor => x.square().mul(y).sum();

  it('is the Jacobian of the gradient', () => {
    expect(valuesOf(hessian(f)(tensor([1, 2]), tensor([3, 4])))).toEqual([6, 0, 0, 8]);
  });

  it('of several inputs comes in blocks', () => {
    const blocks = hessian(f, [0, 1])(tensor([1, 2]), tensor([3, 4]));
    expect(blocks.map((row) => row.map(valuesOf))).toEqual([
      [
        [6, 0, 0, 8],
        [2, 0, 0, 4],
      ],
      [
        [2, 0, 0, 4],
        [0, 0, 0, 0],
      ],
    ]);
  });

  it('times a direction needs no Hessian', () => {
    const [x, y] = hvp(f, [tensor([1, 2]), tensor([3, 4])], [tensor([1, 1]), 10]);
    expect([x, y].map((each) => each && valuesOf(each))).toEqual([
      [26, 48],
      [2, 4],
    ]);
    const trace = (at: Tensor): Tensor => hvp((z) => z.pow(4).sum(), [at], [1])[0]?.sum() ?? at;
    expect(valuesOf(grad(trace)(tensor([1, 2])))).toEqual([24, 48]);
  });

  it('refuses what has none', () => {
    expect(() => hvp((x) => x, [tensor([1, 2])], [1])).toThrow('only a scalar has a gradient');
    expect(() => hvp(f, [tensor([1])], [])).toThrow('0 tangents');
    expect(() => jacobian(f, { argnums: 2 })(1, 2)).toThrow('there is no input 2');
    for (const mode of ['reverse', 'forward'] as const) {
      expect(() => jacobian((x) => x.cast('int32'), { mode })(1)).toThrow('the output is int32');
    }
  });
});
