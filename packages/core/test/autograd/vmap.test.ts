import { beforeAll, describe, expect, it } from 'vitest';
import {
  compile,
  Generator,
  grad,
  gradients,
  interpreter,
  log1p,
  matmul,
  packVariables,
  randomUniform,
  setDevice,
  softmax,
  stack,
  type Tensor,
  tensor,
  variable,
  vmap,
  zeros,
} from '../../src/index';
import { valuesOf } from '../support/differences';

beforeAll(() => setDevice(interpreter()));

const rows = tensor([
  [1, 2],
  [3, 4],
  [5, 6],
]);

describe('vmap', () => {
  it('takes the batch from any axis of each argument and puts it on any axis of the result', () => {
    const scaled = vmap((x: Tensor, k: Tensor) => x.mul(k), { inAxes: [1, 0], outAxes: -1 });
    const result = scaled(rows, tensor([10, 100]));
    expect(result.shape).toEqual([3, 2]);
    expect(valuesOf(result)).toEqual([10, 200, 30, 400, 50, 600]);
  });

  it('takes and returns structures, with axes of the same structure', () => {
    const f = vmap(
      ({ x, w }: { x: Tensor; w: Tensor }, [bias]: readonly [Tensor]) => ({
        sum: x.mul(w).sum().add(bias),
        w,
      }),
      { inAxes: [{ x: 0, w: null }, null], outAxes: { sum: 0, w: null } },
    );
    const { sum, w } = f({ x: rows, w: tensor([1, 10]) }, [tensor(1)]);
    expect(valuesOf(sum)).toEqual([22, 44, 66]);
    expect(w.shape).toEqual([2]);
  });

  it('repeats a result that does not depend on the example', () => {
    expect(valuesOf(vmap((x: Tensor) => x.mul(0).add(1).sum().mul(0).add(tensor(7)))(rows))).toEqual([
      7, 7, 7,
    ]);
    expect(valuesOf(vmap((_: Tensor) => tensor([7, 8]))(rows))).toEqual([7, 8, 7, 8, 7, 8]);
  });

  it('passes on what is no tensor', () => {
    const power = vmap((x: Tensor, n: number, name: string) => (name === 'cube' ? x.pow(n) : x));
    expect(valuesOf(power(tensor([1, 2]), 3, 'cube'))).toEqual([1, 8]);
  });

  it('of vmap maps over two axes', () => {
    const dots = vmap(
      vmap((a: Tensor, b: Tensor) => a.mul(b).sum(), { inAxes: [null, 0] }),
      { inAxes: [0, null] },
    );
    expect(valuesOf(dots(rows, rows))).toEqual([5, 11, 17, 11, 25, 39, 17, 39, 61]);
  });

  it('maps over no example at all', () => {
    const f = vmap((x: Tensor) => softmax(matmul(x.reshape([1, 2]), rows.transpose())));
    expect(f(zeros([0, 2])).shape).toEqual([0, 1, 3]);
  });

  it('keeps derivatives apart, inside and outside', () => {
    const cube = (x: Tensor): Tensor => x.mul(x).mul(x).sum();
    expect(valuesOf(vmap(grad(cube))(rows))).toEqual([3, 12, 27, 48, 75, 108]);
    const total = (x: Tensor): Tensor =>
      vmap(cube)(x)
        .mul(tensor([1, 10, 100]))
        .sum();
    expect(valuesOf(grad(total)(rows))).toEqual([3, 12, 270, 480, 7500, 10800]);
    const bend = (x: Tensor): Tensor => vmap(grad(cube))(x).sum();
    expect(valuesOf(grad(bend)(rows))).toEqual([6, 12, 18, 24, 30, 36]);
    expect(valuesOf(vmap(vmap(grad(grad((x: Tensor) => x.pow(4)))))(tensor([[1, 2]])))).toEqual([12, 48]);
  });

  it('adds up the gradients of what all examples share', () => {
    const f = (w: Tensor): Tensor => vmap((x: Tensor) => log1p(x.mul(w)).sum())(rows).sum();
    const looped = (w: Tensor): Tensor => log1p(rows.mul(w)).sum();
    expect(valuesOf(grad(f)(tensor([0.5, 2])))).toEqual(valuesOf(grad(looped)(tensor([0.5, 2]))));
  });

  it('reads variables, packed ones too, as what they are outside', () => {
    const [a, b] = [variable(tensor([2, 3])), variable(tensor([10]))];
    packVariables([a, b]);
    const loss = vmap((x: Tensor) => x.mul(a.value).sum().add(b.value))(rows).sum();
    expect(gradients(loss, [a, b]).map(valuesOf)).toEqual([[9, 12], [3]]);
  });

  it('is compiled like any other function', async () => {
    const w = variable(tensor([1, 10]));
    const f = compile((x: Tensor) => vmap((row: Tensor) => row.mul(w.value).sum())(x));
    expect(await (await f(rows)).data()).toEqual(Float32Array.of(21, 43, 65));
    w.assign(tensor([0, 1]));
    expect(await (await f(rows)).data()).toEqual(Float32Array.of(2, 4, 6));
  });
});

describe('random numbers in vmap', () => {
  const draw = (randomness: 'different' | 'same', compiled = false) => {
    const generator = new Generator(7);
    const f = (x: Tensor): Tensor =>
      vmap((row: Tensor) => row.add(randomUniform([2], { generator })), { randomness })(x);
    return compiled ? compile(f) : f;
  };
  const distinct = async (x: Tensor): Promise<number> => new Set(await x.data()).size;

  it('differ from example to example, or are the same for all', async () => {
    expect(await distinct(await draw('different')(zeros([3, 2])))).toBe(6);
    expect(await distinct(await draw('same')(zeros([3, 2])))).toBe(2);
  });

  it('are other ones at the next call, also of a compiled function', async () => {
    const f = draw('different', true);
    const [first, second] = [await f(zeros([3, 2])), await f(zeros([3, 2]))];
    expect(await distinct(stack([first, second]))).toBe(12);
  });

  it('are drawn for each example by an inner and an outer vmap', async () => {
    const generator = new Generator(7);
    const f = vmap(vmap((_: Tensor) => randomUniform([], { generator })));
    expect(await distinct(f(zeros([3, 2])))).toBe(6);
  });

  it('are the same in a gradient as in the value', async () => {
    const generator = new Generator(7);
    const loss = (x: Tensor): Tensor => x.mul(randomUniform([2], { generator })).sum();
    const slopes = vmap(grad(loss))(zeros([3, 2]));
    const again = new Generator(7);
    const factors = vmap((x: Tensor) => x.add(randomUniform([2], { generator: again })))(zeros([3, 2]));
    expect(await slopes.data()).toEqual(await factors.data());
  });
});

describe('vmap refuses', () => {
  const f = vmap((x: Tensor, y: Tensor) => x.add(y));

  it('batches of different sizes', () => {
    expect(() => f(zeros([2]), zeros([3]))).toThrow('different numbers of examples: 2, 3');
  });

  it('a tensor without the axis', () => {
    expect(() => f(zeros([2]), tensor(1))).toThrow('axis 0 of the tensor [] cannot be the batch');
  });

  it('axes that do not fit the arguments', () => {
    expect(() => vmap((x: Tensor) => x, { inAxes: [0, 0] })(zeros([2]))).toThrow('a list of 2 axes');
    expect(() => vmap(({ x }: { x: Tensor }) => x, { inAxes: [{ y: 0 }] })({ x: zeros([2]) })).toThrow(
      'axes are given for the fields y',
    );
    expect(() => vmap((x: Tensor) => x, { inAxes: null })(zeros([2]))).toThrow(
      'no argument has a batch axis',
    );
    expect(() => vmap((x: Tensor) => x, { outAxes: null })(zeros([2]))).toThrow('depends on the example');
  });

  it('an asynchronous function', () => {
    expect(() => vmap(async (x: Tensor) => x)(zeros([2]))).toThrow('asynchronous');
  });

  it('assignments to variables, where they are made', () => {
    const w = variable(tensor([0, 0]));
    const assigning = vmap((x: Tensor) => {
      w.assign(x);
      return x;
    });
    expect(() => assigning(rows)).toThrow('a variable is assigned inside the mapped function');
    const counting = variable(tensor([0, 0, 0], { dtype: 'int32' }));
    const mapped = vmap((x: Tensor) => {
      counting.assign(x.cast('int32'));
      return x;
    });
    expect(() => mapped(zeros([2, 3]))).toThrow('a variable is assigned');
  });

  it('values that are read inside', async () => {
    const reads: Promise<unknown>[] = [];
    vmap((x: Tensor) => {
      reads.push(x.data());
      return x;
    })(rows);
    await expect(reads[0]).rejects.toThrow('values were asked for inside a mapped function');
  });
});
