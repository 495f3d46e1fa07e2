import { beforeAll, describe, expect, it } from 'vitest';
import {
  compile,
  DTypeError,
  grad,
  gradients,
  interpreter,
  packVariables,
  ShapeError,
  setDevice,
  stopGradient,
  type Tensor,
  TraceError,
  tensor,
  valueAndGrad,
  variable,
  vjp,
} from '../../src/index';
import { valuesOf } from '../support/differences';

beforeAll(() => setDevice(interpreter()));

describe('gradients', () => {
  it('of a scalar with respect to tensors on the way and at its beginning', () => {
    const x = tensor([1, 2]);
    const y = x.mul(3);
    const loss = y.square().sum();
    expect(gradients(loss, [x, y]).map(valuesOf)).toEqual([
      [18, 36],
      [6, 12],
    ]);
  });

  it('add up over every path from a source', () => {
    const x = tensor(3);
    expect(gradients(x.mul(x).add(x), [x]).map(valuesOf)).toEqual([[7]]);
  });

  it('are zeros for what the target does not depend on, in the shape of the source', () => {
    const [g] = gradients(tensor(1).exp(), [tensor([[1, 2]])]);
    expect(g?.shape).toEqual([1, 2]);
    expect(g && valuesOf(g)).toEqual([0, 0]);
  });

  it('of the target with respect to itself is 1', () => {
    const x = tensor([5]);
    expect(gradients(x, [x]).map(valuesOf)).toEqual([[1]]);
  });

  it('take variables as sources, packed ones too', () => {
    const [a, b] = [variable(tensor([1, 2])), variable(tensor([[3], [4]]))];
    packVariables([a, b]);
    const loss = a.value.mul(b.value).sum();
    const [da, db] = gradients(loss, [a, b]);
    expect(da?.shape).toEqual([2]);
    expect(db?.shape).toEqual([2, 1]);
    expect([da, db].map((g) => g && valuesOf(g))).toEqual([
      [7, 7],
      [3, 3],
    ]);
  });

  it('take packed variables as sources that were read before', async () => {
    const [a, b] = [variable(tensor([1, 2])), variable(tensor([[3], [4]]))];
    packVariables([a, b]);
    await Promise.all([a.value.data(), b.value.data()]);
    const [da, db] = gradients(a.value.mul(b.value).sum(), [a, b]);
    expect([...((await da?.data()) ?? [])]).toEqual([7, 7]);
    expect([...((await db?.data()) ?? [])]).toEqual([3, 3]);
  });

  it('with respect to a packed variable are those of its parts, joined', () => {
    const [a, b] = [variable(tensor([1, 2])), variable(tensor(5))];
    const packed = packVariables([a, b]);
    const loss = a.value.square().sum().add(b.value.mul(10));
    expect(gradients(loss, [packed]).map(valuesOf)).toEqual([[2, 4, 10]]);
  });

  it('refuse a target with several elements and say what to do', () => {
    const x = tensor([1, 2]);
    expect(() => gradients(x.square(), [x])).toThrow(ShapeError);
    expect(() => gradients(x.square(), [x])).toThrow(/shape \[2\][\s\S]*loss\.mean\(\)/);
  });

  it('refuse dtypes that cannot be differentiated', () => {
    const x = tensor([1, 2], { dtype: 'int32' });
    expect(() => gradients(x.sum(), [x])).toThrow(DTypeError);
    expect(() => gradients(x.cast('float32').sum(), [x])).toThrow(/source 0 is int32 \[2\]/);
  });

  it('of a target that was read already say to take them first', async () => {
    const x = tensor([1, 2]);
    const loss = x.square().sum();
    await loss.item();
    expect(() => gradients(loss, [x])).toThrow(TraceError);
    expect(() => gradients(loss, [x])).toThrow(/already read[\s\S]*Take gradients first/);
  });

  it('of a target over a tensor that was read already say so too, unless it is meant as a constant', async () => {
    const w = tensor([1, 2]);
    const hidden = w.mul(3);
    await hidden.data();
    expect(() => gradients(hidden.sum(), [w])).toThrow(/a tensor on the way to it \(mul \[2\]\)/);
    const constant = stopGradient(hidden);
    expect(gradients(constant.sum(), [w]).map(valuesOf)).toEqual([[0, 0]]);
  });

  it('are refused where only one of several paths is lost, since the rest would be wrong', async () => {
    const w = variable(tensor([1, 2]));
    const hidden = w.value.mul(3);
    await hidden.data();
    const loss = hidden.sum().add(w.value.square().sum());
    expect(() => gradients(loss, [w])).toThrow(TraceError);
  });

  it('know that a packed variable came from its storage', async () => {
    const [a, b] = [variable(tensor([1, 2])), variable(tensor(5))];
    packVariables([a, b]);
    const hidden = a.value.mul(3);
    await hidden.data();
    expect(() => gradients(hidden.sum(), [a])).toThrow(TraceError);
  });

  it('pass by what was read but does not come from the source', async () => {
    const w = variable(tensor([1, 2]));
    const unused = variable(tensor([7]));
    const x = tensor([10, 20]).div(10);
    await x.data();
    const frozen = variable(tensor([3, 3]));
    const features = frozen.value.mul(x);
    await features.data();
    const loss = w.value.mul(features).sum();
    const found = gradients(loss, [w, unused]);
    expect(await Promise.all(found.map((g) => g.array()))).toEqual([[3, 6], [0]]);
  });

  it('end at a variable: how its value was computed before it was assigned is not differentiated', async () => {
    const [a, b] = [variable(tensor(2)), variable(tensor(3))];
    a.assign(a.value.mul(b.value));
    const loss = a.value.mul(b.value);
    expect(gradients(loss, [a, b]).map(valuesOf)).toEqual([[3], [6]]);
    const step = compile(() => {
      a.assign(a.value.mul(b.value));
      return gradients(a.value.mul(b.value), [a, b]);
    });
    expect(await Promise.all((await step()).map((g) => g.item()))).toEqual([3, 18]);
  });

  it('stay available for a source that was read, and after the gradient was', async () => {
    const x = tensor([1, 2]).add(0.5);
    await x.data();
    const [g] = gradients(x.square().sum(), [x]);
    expect([...((await g?.data()) ?? [])]).toEqual([3, 5]);
  });

  it('work on graphs deeper than the stack', () => {
    const x = tensor(1);
    let y: Tensor = x;
    for (let i = 0; i < 20_000; i++) y = y.add(1);
    expect(gradients(y, [x]).map(valuesOf)).toEqual([[1]]);
  });
});

describe('grad and valueAndGrad', () => {
  const f = (x: Tensor, y: Tensor) => x.mul(y).add(x.square());

  it('differentiate by the first input, or by those that are asked for', () => {
    expect(valuesOf(grad(f)(2, 3))).toEqual([7]);
    expect(valuesOf(grad(f, 1)(2, 3))).toEqual([2]);
    expect(grad(f, [0, 1])(2, 3).map(valuesOf)).toEqual([[7], [2]]);
  });

  it('give the value as well', () => {
    const [value, gradient] = valueAndGrad(f)(2, 3);
    expect([valuesOf(value), valuesOf(gradient)]).toEqual([[10], [7]]);
    const [again, both] = valueAndGrad(f, [1])(2, 3);
    expect([valuesOf(again), both.map(valuesOf)]).toEqual([[10], [[2]]]);
  });

  it('do not confuse the inputs of nested derivatives', () => {
    // d/dx (x · d/dy (x + y)) = 1; a system that confuses the two perturbations gives 2.
    const outer = grad((x) => x.mul(grad((y) => x.add(y))(1)));
    expect(valuesOf(outer(1))).toEqual([1]);
  });

  it('of a function that ignores its input are zeros', () => {
    expect(valuesOf(grad(() => tensor(1))(tensor(2)))).toEqual([0]);
  });

  it('of the identity is 1', () => {
    expect(valuesOf(grad((x) => x)(4))).toEqual([1]);
  });

  it('name an input that does not exist', () => {
    expect(() => grad(f, 2)(1, 2)).toThrow(/no input 2: the function was called with 2/);
  });

  it('stop at stopGradient', () => {
    expect(valuesOf(grad((x) => x.mul(stopGradient(x)))(3))).toEqual([3]);
  });
});

describe('vjp', () => {
  it('takes a cotangent of any shape back to every input', () => {
    const [y, pullback] = vjp((a, b) => a.mul(b), tensor([1, 2]), tensor([3, 4]));
    expect(valuesOf(y)).toEqual([3, 8]);
    expect(pullback(tensor([1, 10])).map(valuesOf)).toEqual([
      [3, 40],
      [1, 20],
    ]);
    expect(pullback(2).map(valuesOf)).toEqual([
      [6, 8],
      [2, 4],
    ]);
  });

  it('refuses a cotangent of another shape or dtype', () => {
    const [, pullback] = vjp((a) => a.mul(2), tensor([1, 2]));
    expect(() => pullback(tensor([1, 2, 3]))).toThrow(/cotangent has shape \[3\], the output \[2\]/);
    expect(() => pullback(tensor([1, 2], { dtype: 'int32' }))).toThrow(DTypeError);
  });
});
