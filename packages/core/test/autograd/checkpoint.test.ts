/** Rematerialization: equal gradients of any order, and an arena that does not grow with the depth of the network. */
import { PlainBackend } from '@hadal/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  checkpoint,
  compile,
  createDevice,
  Generator,
  grad,
  gradients,
  interpreter,
  jvp,
  matmul,
  randomUniform,
  setDevice,
  type Tensor,
  tanh,
  tensor,
  variable,
  vmap,
} from '../../src/index';
import { gradientError, valuesOf } from '../support/differences';

beforeAll(() => setDevice(interpreter()));

const plain = (x: Tensor): Tensor => tanh(tanh(x.mul(1.5)).mul(x)).add(x.exp());
const block = checkpoint(plain);

describe('a checkpointed function', () => {
  it('has the values and the gradients of the function, to any order', () => {
    const x = tensor(Float64Array.of(0.5, -1.2));
    const third = (f: (x: Tensor) => Tensor): number[] =>
      valuesOf(grad((a) => grad((b) => grad((c) => f(c).sum())(b).sum())(a).sum())(x));
    expect(valuesOf(block(x))).toEqual(valuesOf(plain(x)));
    third(block).forEach((value, i) => {
      expect(value).toBeCloseTo(third(plain)[i] ?? Number.NaN, 10);
    });
    expect(gradientError((a) => block(block(a)), [{ shape: [3] }])).toBeLessThan(1e-6);
  });

  it('gives gradients to what it reads besides its inputs', () => {
    const w = variable(tensor([2, 3]));
    const captured = tensor([5, 7]).exp();
    const f = checkpoint((x) => x.mul(w.value).mul(captured));
    const loss = f(tensor([1, 10])).sum();
    const direct = tensor([1, 10]).mul(w.value).mul(captured).sum();
    expect(gradients(loss, [w, captured]).map(valuesOf)).toEqual(
      gradients(direct, [w, captured]).map(valuesOf),
    );
  });

  it('maps, differentiates forwards and nests', () => {
    const x = tensor([
      [0.1, 0.2],
      [0.3, 0.4],
    ]);
    const slope = (f: (x: Tensor) => Tensor) => vmap(grad((row: Tensor) => f(row).sum()));
    expect(valuesOf(slope(block)(x))).toEqual(valuesOf(slope(plain)(x)));
    const twice =
      (f: (x: Tensor) => Tensor) =>
      (y: Tensor): Tensor =>
        f(f(y));
    expect(valuesOf(slope(checkpoint(twice(block)))(x))).toEqual(valuesOf(slope(twice(plain))(x)));
    const along = (f: (x: Tensor) => Tensor): number[] => valuesOf(jvp(f, [x], [1])[1]);
    expect(along(block)).toEqual(along(plain));
  });

  it('draws its random numbers once', async () => {
    const generator = new Generator(3);
    const noisy = checkpoint((x) => x.mul(randomUniform([4], { generator })));
    const again = new Generator(3);
    const expected = await randomUniform([4], { generator: again }).data();
    expect(await grad((x) => noisy(x).sum())(tensor([1, 1, 1, 1])).data()).toEqual(expected);
    expect(await generator.state.value.data()).toEqual(await again.state.value.data());
  });
});

describe('memory', () => {
  const device = createDevice(new PlainBackend());
  const weights = Array.from({ length: 12 }, (_, layer) =>
    variable(
      tensor(
        Float32Array.from({ length: 32 * 32 }, (_, i) => Math.sin(i * (layer + 1)) / 6),
        { shape: [32, 32], device },
      ),
    ),
  );
  const input = tensor(
    Float32Array.from({ length: 200 * 32 }, (_, i) => Math.cos(i)),
    { shape: [200, 32], device },
  );
  const layers = (x: Tensor, part: typeof weights): Tensor =>
    part.reduce((y, w) => tanh(matmul(tanh(matmul(y, w.value)), w.value)), x);
  const quarters = [weights.slice(0, 3), weights.slice(3, 6), weights.slice(6, 9), weights.slice(9)];
  const step = (wrap: (f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor) =>
    compile((x: Tensor) => {
      const y = quarters.reduce((z, part) => wrap((a) => layers(a, part))(z), x);
      return gradients(y.square().sum(), weights);
    });

  it('of a deep chain holds one checkpointed part at a time', async () => {
    const [kept, remade] = [step((f) => f), step(checkpoint)];
    const bytes = async (f: typeof kept): Promise<number> => (await f.program(input)).plan?.arenaBytes ?? 0;
    expect(await bytes(remade)).toBeLessThan(0.55 * (await bytes(kept)));
    const [expected, found] = [await kept(input), await remade(input)];
    for (const [index, gradient] of found.entries()) {
      expect(await gradient.data()).toEqual(await expected[index]?.data());
    }
  });
});
