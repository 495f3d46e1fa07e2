/**
 * Loops under every transformation, against the same computation written out.
 */
import {
  checkpoint,
  compile,
  forLoop,
  grad,
  hessian,
  scalar,
  scan,
  setDevice,
  sum,
  type Tensor,
  tanh,
  tensor,
  vmap,
  whileLoop,
} from '@hadal/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { DEVICES } from '../inspect/programs';

const cell = (state: Tensor, x: Tensor, w: Tensor): Tensor => tanh(state.mul(w).add(x));

type Loss = (x: Tensor, w: Tensor) => Tensor;

const scanned: Loss = (x, w) =>
  sum(
    scan(
      (state, each) => {
        const next = cell(state, each, w);
        return [next, next.square()];
      },
      w.mul(0),
      x,
    )[1],
  );

const unrolled: Loss = (x, w) => {
  let [state, total] = [w.mul(0), scalar(0)];
  for (let i = 0; i < 3; i++) {
    state = cell(state, x.slice([i], [i + 1]).reshape([2]), w);
    total = total.add(sum(state.square()));
  }
  return total;
};

const W = tensor([0.5, -0.7]);
const X = tensor([
  [0.1, 0.2],
  [0.3, -0.4],
  [0.5, 0.6],
]);

async function expectEqual(make: (loss: Loss) => Tensor): Promise<void> {
  const [found, expected] = [make(scanned), make(unrolled)];
  expect(found.shape).toEqual(expected.shape);
  const values = await expected.data();
  for (const [index, value] of (await found.data()).entries())
    expect(value).toBeCloseTo(values[index] ?? 0, 4);
}

/** The gradient of the squared norm of a gradient. */
const ofSquare = (gradient: (w: Tensor) => Tensor): ((w: Tensor) => Tensor) =>
  grad((w) => sum(gradient(w).square()));

describe.each(DEVICES)('a loop on %s', (_name, make) => {
  beforeEach(() => setDevice(make()));

  it('has gradients up to the third order', () =>
    expectEqual((loss) => ofSquare(ofSquare(grad((w) => loss(X, w))))(W)));

  it('has a Hessian', () => expectEqual((loss) => hessian((w) => loss(X, w))(W)));

  it('is mapped after it was differentiated, and differentiated after it was mapped', async () => {
    const batch = X.expandDims(0).mul(tensor([1, -2]).reshape([2, 1, 1]));
    const shared = { inAxes: [0, null] };
    await expectEqual((loss) => vmap((x: Tensor, w: Tensor) => grad((v) => loss(x, v))(w), shared)(batch, W));
    await expectEqual((loss) => grad((w) => sum(vmap(loss, shared)(batch, w)))(W));
  });

  it('is computed again in the backward pass where that is asked for', () =>
    expectEqual((loss) => grad(checkpoint((w) => loss(X, w)))(W)));

  it('is compiled together with its gradients', async () => {
    const results = [scanned, unrolled].map((loss) =>
      compile((scale: Tensor, w: Tensor) => ofSquare(grad((v) => loss(X, v).mul(scale)))(w))(2, W),
    );
    const [found, expected] = await Promise.all(results);
    const values = (await expected?.data()) ?? [];
    for (const [index, value] of ((await found?.data()) ?? []).entries()) {
      expect(value).toBeCloseTo(values[index] ?? 0, 4);
    }
  });

  it('may differentiate in its body: what gradient descent finds depends on its rate', async () => {
    const loss = (x: Tensor): Tensor => x.sub(3).square();
    const found = (rate: Tensor): Tensor =>
      loss(forLoop(0, 3, (_, x) => x.sub(grad(loss)(x).mul(rate)), scalar(0)));
    // After n steps the distance is 3 (1 - 2r)ⁿ, and the loss its square.
    expect(await found(scalar(0.1)).item()).toBeCloseTo(9 * 0.8 ** 6, 5);
    expect(await grad(found)(0.1).item()).toBeCloseTo(-2 * 6 * 9 * 0.8 ** 5, 3);
  });

  it('runs until every example of a batch is done', async () => {
    const halvings = (x: Tensor): Tensor =>
      whileLoop(
        ({ y }) => y.greater(1),
        ({ y, n }) => ({ y: y.mul(0.5), n: n.add(1) }),
        { y: x, n: scalar(0) },
      ).n;
    expect([...(await vmap(halvings)(tensor([1, 3, 100])).data())]).toEqual([0, 2, 7]);
  });
});
