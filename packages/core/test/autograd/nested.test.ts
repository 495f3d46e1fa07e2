/** Transforms inside transforms, where one meets what another left in the graph. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  checkpoint,
  compile,
  customGradient,
  grad,
  hessian,
  interpreter,
  jacobian,
  jvp,
  logSoftmax,
  matrixNorm,
  maxPool2d,
  scalar,
  scan,
  setDevice,
  sparseSoftmaxCrossEntropy,
  type Tensor,
  tensor,
  vectorNorm,
  vmap,
} from '../../src/index';
import { valuesOf } from '../support/differences';

beforeAll(() => setDevice(interpreter()));

const doubled = customGradient((x) => {
  const y = x.exp();
  return { value: y, gradient: (g) => [g.mul(y).mul(2)] };
});
const remade = checkpoint((x) => doubled(x).mul(x).tanh());
const inScan = (x: Tensor): Tensor =>
  scan(
    (y: Tensor, z: Tensor): [Tensor, undefined] => [remade(y).add(z), undefined],
    x,
    tensor([0.1, 0.2]),
  )[0];
const ofScan = checkpoint((x) => inScan(x).mul(2));
const mapped = checkpoint((x) => vmap((y: Tensor) => remade(y))(x.reshape([1])).sum());

describe.each([
  ['a rule in a checkpoint', remade],
  ['a checkpoint in a loop', inScan],
  ['a loop in a checkpoint', ofScan],
  ['a mapped function in a checkpoint', mapped],
])('%s', (_, f) => {
  const xs = tensor(Float64Array.of(0.3, -0.4, 0.1));
  const each = [0.3, -0.4, 0.1].map((x) => tensor(Float64Array.of(x)).reshape([]));
  const close = (found: Tensor, expected: readonly Tensor[]): void => {
    valuesOf(found).forEach((value, i) => {
      expect(value).toBeCloseTo(expected.flatMap(valuesOf)[i] ?? Number.NaN, 10);
    });
    expect(found.size).toBe(expected.length);
  };

  it('maps as a loop over examples does', () => {
    close(
      vmap(f)(xs),
      each.map((x) => f(x)),
    );
  });

  it('has the same gradients for each example, inside and outside of vmap', () => {
    close(
      vmap(grad(f))(xs),
      each.map((x) => grad(f)(x)),
    );
    close(
      grad((x) => vmap(f)(x).sum())(xs),
      each.map((x) => grad(f)(x)),
    );
  });

  it('is differentiated twice in every combination', () => {
    const second = each.map((x) => grad(grad(f))(x));
    close(vmap(grad(grad(f)))(xs), second);
    close(vmap(hessian(f))(xs), second);
    close(vmap((x: Tensor) => jvp(grad(f), [x], [1])[1])(xs), second);
    close(vmap((x: Tensor) => grad((y) => jvp(f, [y], [1])[1])(x))(xs), second);
    close(grad((x) => vmap(grad(f))(x).sum())(xs), second);
    close(vmap(jacobian(jacobian(f), { mode: 'forward' }))(xs), second);
  });

  it('compiles', async () => {
    const compiled = compile((x: Tensor) => vmap(grad(f))(x));
    const [found] = [await compiled(xs)];
    close(
      tensor(await found.data()),
      each.map((x) => grad(f)(x)),
    );
  });
});

describe('a composite with a gradient of its own', () => {
  it('keeps it under vmap, where the derivative of its parts would differ', () => {
    const images = tensor([1, 1, 1, 1, 2, 2, 2, 2], { shape: [2, 1, 2, 2, 1] });
    const pooled = vmap(grad((x: Tensor) => maxPool2d(x, 2).sum()))(images);
    // The first of equals, and not a share for each.
    expect(valuesOf(pooled)).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
    const outside = grad((x) => vmap((y: Tensor) => maxPool2d(y, 2).sum())(x).sum())(images);
    expect(valuesOf(outside)).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
  });

  it('is finite for logits that overflow, mapped or not', () => {
    const logits = tensor([
      [1e4, -1e4],
      [0, 1e4],
    ]);
    const labels = tensor([0, 1], { dtype: 'int32' });
    const loss = vmap((x: Tensor, label: Tensor) => sparseSoftmaxCrossEntropy(x, label));
    expect(valuesOf(grad((x) => loss(x, labels).sum())(logits))).toEqual([0, 0, 0, 0]);
    expect(valuesOf(vmap((x: Tensor) => logSoftmax(x).max())(logits))).toEqual([0, 0]);
  });

  it('counts what is shared once for every example', () => {
    const f = (shared: Tensor): Tensor => vmap((x: Tensor) => remade(shared.mul(x)))(tensor([1, 2])).sum();
    const apart = (shared: Tensor): Tensor => remade(shared).add(remade(shared.mul(2)));
    expect(valuesOf(grad(f)(scalar(0.5)))[0]).toBeCloseTo(valuesOf(grad(apart)(scalar(0.5)))[0] ?? 0, 5);
  });
});

it.each([
  ['a vector', (x: Tensor): Tensor => vectorNorm(x)],
  ['a matrix', (x: Tensor): Tensor => matrixNorm(x.reshape([1, 2]))],
])('bends the norm of %s where a component is 0', (_, norm) => {
  expect(valuesOf(hessian(norm)(tensor([1, 0])))).toEqual([0, 0, 0, 1]);
});
