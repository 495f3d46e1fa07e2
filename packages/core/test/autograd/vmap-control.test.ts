/** Loops and choices under vmap: what examples share stays shared, and what they disagree about is decided for each. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  compile,
  cond,
  forLoop,
  Generator,
  grad,
  interpreter,
  jvp,
  randomUniform,
  scalar,
  scan,
  setDevice,
  type Tensor,
  tensor,
  vmap,
  whileLoop,
  zeros,
} from '../../src/index';

beforeAll(() => setDevice(interpreter()));

const data = async (x: Tensor): Promise<number[]> => [...(await x.data())];

describe('a loop under vmap', () => {
  const sums = (xs: Tensor): Tensor =>
    scan((total: Tensor, x: Tensor): [Tensor, Tensor] => [total.add(x), total.mul(x)], scalar(1), xs)[1];
  const rows = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);

  it('carries, scans and stacks for each example', async () => {
    expect(await data(vmap(sums)(rows))).toEqual([1, 4, 12, 4, 25, 60]);
    expect(await data(await compile((x: Tensor) => vmap(sums)(x))(rows))).toEqual([1, 4, 12, 4, 25, 60]);
    expect(await data(vmap(vmap(sums))(rows.expandDims(0)))).toEqual([1, 4, 12, 4, 25, 60]);
  });

  it('is batched where only what it captures is', async () => {
    const powers = (x: Tensor): Tensor => forLoop(0, 3, (_, y: Tensor) => y.mul(x), scalar(1));
    expect(await data(vmap(powers)(tensor([2, 3])))).toEqual([8, 27]);
  });

  it('differentiates inside and outside, in both directions', async () => {
    const powers = (x: Tensor): Tensor => forLoop(0, 3, (_, y: Tensor) => y.mul(x), scalar(1));
    expect(await data(vmap(grad(powers))(tensor([2, 3])))).toEqual([12, 27]);
    expect(await data(grad((x) => vmap(powers)(x).sum())(tensor([2, 3])))).toEqual([12, 27]);
    expect(await data(vmap(grad(grad(powers)))(tensor([2, 3])))).toEqual([12, 18]);
    expect(await data(jvp((x) => vmap(powers)(x), [tensor([2, 3])], [1])[1])).toEqual([12, 27]);
  });

  it('draws random numbers for each example, and goes on with the same stream', async () => {
    const draw = async (randomness: 'different' | 'same'): Promise<[number, number]> => {
      const generator = new Generator(5);
      const walk = (x: Tensor): Tensor =>
        scan(
          (at: Tensor): [Tensor, Tensor] => {
            const next = at.add(randomUniform([], { generator }));
            return [next, next];
          },
          x,
          undefined,
          { length: 3 },
        )[1];
      const all = await data(vmap(walk, { randomness })(zeros([2])));
      const [, , counter = 0] = await data(generator.state.value);
      return [new Set(all).size, counter];
    };
    expect(await draw('different')).toEqual([6, 3]);
    expect(await draw('same')).toEqual([3, 3]);
  });

  it('stops for each example when its condition fails', async () => {
    const halved = (x: Tensor): { x: Tensor; steps: Tensor } =>
      whileLoop(
        ({ x: y }) => y.greater(1),
        ({ x: y, steps }) => ({ x: y.mul(0.5), steps: steps.add(1) }),
        { x, steps: scalar(0) },
      );
    const { x, steps } = vmap(halved)(tensor([100, 1, 3]));
    expect([await data(x), await data(steps)]).toEqual([
      [0.78125, 1, 0.75],
      [7, 0, 2],
    ]);
  });

  it('stops for all where all share the condition', async () => {
    const doubled = (x: Tensor): Tensor =>
      whileLoop(
        ([i]) => i.less(3),
        ([i, y]): [Tensor, Tensor] => [i.add(1), y.add(y)],
        [scalar(0), x] as [Tensor, Tensor],
      )[1];
    expect(await data(vmap(doubled)(tensor([1, 5])))).toEqual([8, 40]);
  });
});

describe('a choice under vmap', () => {
  const branch = (p: Tensor, x: Tensor): Tensor =>
    cond(
      p,
      (y: Tensor) => y.mul(2),
      (y: Tensor) => y.neg(),
      x,
    );

  it('is made for each example, or once for all', async () => {
    const flags = tensor([true, false]);
    expect(await data(vmap(branch)(flags, tensor([1, 5])))).toEqual([2, -5]);
    expect(await data(vmap(branch, { inAxes: [0, null] })(flags, scalar(3)))).toEqual([6, -3]);
    expect(await data(vmap(branch, { inAxes: [null, 0] })(tensor(true), tensor([1, 5])))).toEqual([2, 10]);
  });

  it('passes gradients through the side that was chosen', async () => {
    const f = (x: Tensor): Tensor => branch(x.greater(2), x);
    expect(await data(vmap(grad(f))(tensor([1, 5])))).toEqual([-1, 2]);
    expect(await data(grad((x) => vmap(f)(x).sum())(tensor([1, 5])))).toEqual([-1, 2]);
  });

  it('refuses to draw random numbers for some examples only', () => {
    const generator = new Generator(5);
    const f = (x: Tensor): Tensor =>
      cond(
        x.greater(0),
        () => randomUniform([], { generator }),
        () => scalar(0),
      );
    expect(() => vmap(f)(tensor([1, -1]))).toThrow(
      'how many random numbers are drawn depends on the example',
    );
  });
});
