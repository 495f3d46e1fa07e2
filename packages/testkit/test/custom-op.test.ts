/**
 * An operation of another package: defined here, run by the same suite as those of Hadal, and taken whole by a backend
 * that knows it.
 */
import {
  abs,
  compile,
  customOp,
  exp,
  grad,
  interpreter,
  jvp,
  log1p,
  type Tensor,
  type TypedArray,
  tanh,
  tensor,
  vmap,
} from '@hadal/core';
import { createDevice, type LibraryNode } from '@hadal/core/backend';
import { data, type Node } from '@hadal/core/graph';
import { describe, expect, it } from 'vitest';
import {
  conformanceCases,
  gradientCheck,
  HostileBackend,
  LibraryBackend,
  type NodeMeaning,
  type OperationFamily,
  PlainBackend,
  unarySamples,
} from '../src/index';

const logCoshOp = customOp({
  name: 'my-package:logCosh',
  infer: ([x]) => ({ shape: x?.shape ?? [], dtype: x?.dtype ?? 'float32' }),
  decompose: ([x = tensor(0)]) =>
    abs(x)
      .add(log1p(exp(abs(x).mul(-2))))
      .sub(Math.LN2),
  vjp: ({ inputs: [x = tensor(0)], cotangent }) => [cotangent.mul(tanh(x))],
});
const logCosh = (x: Tensor): Tensor => logCoshOp([x]);

const family: OperationFamily = {
  name: 'my-package',
  samples: unarySamples('logCosh', logCosh, { tolerance: 'elementary', derivatives: 2 }),
  goldens: {},
  errors: [],
  checks: [
    {
      operation: 'logCosh',
      name: 'is even',
      run: async (device) => {
        const [left, right] = [-2, 2].map((x) => logCosh(tensor([x], { device })));
        expect(await left?.data()).toEqual(await right?.data());
      },
    },
  ],
};

describe.each([
  ['the interpreter', interpreter],
  ['the hostile backend', () => createDevice(new HostileBackend())],
  ['a backend with a library', () => createDevice(new LibraryBackend())],
])('an operation of another package on %s', (_, device) => {
  const cases = conformanceCases({ device, families: [family], filter: (group) => group === 'logCosh' });
  it('is among the cases, with its gradients and checks', () => {
    expect(cases.length).toBeGreaterThan(15);
  });
  it.each(cases.map((each) => [each.name, each.run] as const))('%s', async (_name, run) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

/** An operation that only exists as a kernel: it scales by the attribute. */
const scaleOp: (inputs: readonly Tensor[], attributes: { factor: number }) => Tensor = customOp<{
  factor: number;
}>({
  name: 'my-package:scale',
  infer: ([x]) => ({ shape: x?.shape ?? [], dtype: x?.dtype ?? 'float32' }),
  jvp: ({ tangents: [t = tensor(0)], attributes: { factor } }) => t.mul(factor),
  batch: ({ inputs: [x = tensor(0)], attributes }) => scaleOp([x], attributes),
  kernels: { shop: (x: TypedArray, factor: number) => Float32Array.from(x, (value) => value * factor) },
});

/** What the kernels of the backend called "shop" look like. */
type ShopKernel = (x: TypedArray, factor: number) => Float32Array;
const isKernel = (kernel: unknown): kernel is ShopKernel => typeof kernel === 'function';

/** Runs the kernels that operations bring for it. */
const runKernel: NodeMeaning = (node: LibraryNode, operands: readonly Node[]) => {
  const [x] = operands;
  if (node.op !== 'composite' || x?.op !== 'data') throw new TypeError('not matched');
  const { definition, attributes } = node.attributes;
  const kernel = definition.kernels?.shop;
  if (!isKernel(kernel)) throw new TypeError(`no kernel for ${definition.name}`);
  return data(kernel(x.attributes.values, Number(attributes.factor)), node.shape, node.dtype);
};

class Shop extends LibraryBackend {
  override readonly name = 'shop';
  override readonly library = {
    match: (request: Parameters<LibraryBackend['library']['match']>[0]) =>
      request.node.op === 'composite' && request.node.attributes.definition.kernels?.shop !== undefined
        ? this.inherited.match(request)
        : undefined,
  };
  private readonly inherited = new LibraryBackend(runKernel).library;

  constructor() {
    super(runKernel);
  }
}

describe('an operation without a decomposition', () => {
  const twice = (x: Tensor): Tensor => scaleOp([x], { factor: 2 });

  it('runs where a backend takes it, compiled and mapped too', async () => {
    const device = createDevice(new Shop());
    const x = tensor([1, 2], { device });
    expect(await twice(x).data()).toEqual(Float32Array.of(2, 4));
    expect(await vmap(twice)(x).add(1).data()).toEqual(Float32Array.of(3, 5));
    const both = compile((y: Tensor) => [twice(y), scaleOp([y], { factor: 3 })]);
    expect(await Promise.all((await both(x)).map((y) => y.data()))).toEqual([
      Float32Array.of(2, 4),
      Float32Array.of(3, 6),
    ]);
  });

  it('has the gradient that is the transpose of its pushforward', async () => {
    const loss = (x: Tensor): Tensor =>
      twice(x)
        .mul(tensor([1, 10]))
        .sum();
    expect(await grad(loss)(tensor([1, 2])).data()).toEqual(Float32Array.of(2, 20));
    expect(await jvp(twice, [tensor([1, 2])], [tensor([1, 3])])[1].data()).toEqual(Float32Array.of(2, 6));
  });

  it('says elsewhere that it cannot run', async () => {
    for (const device of [interpreter(), createDevice(new PlainBackend())]) {
      await expect(twice(tensor([1], { device })).data()).rejects.toThrow(
        'my-package:scale: this device has no kernel for the operation',
      );
    }
  });
});

describe('a definition', () => {
  it('is held against its decomposition', () => {
    const wrong = customOp({
      name: 'wrong',
      infer: ([x]) => ({ shape: [1], dtype: x?.dtype ?? 'float32' }),
      decompose: ([x = tensor(0)]) => x,
    });
    const build = (): Tensor => vmap((x: Tensor) => wrong([x]))(tensor([[1, 2]]));
    expect(build).toThrow('its decomposition is float32 [2], infer says float32 [1]');
  });

  it('keeps its own plan where two packages choose one name', async () => {
    const device = createDevice(new PlainBackend());
    const named = (factor: number) =>
      customOp({
        name: 'same',
        infer: ([x]) => ({ shape: x?.shape ?? [], dtype: x?.dtype ?? 'float32' }),
        decompose: ([x = tensor(0)]) => x.mul(factor),
      });
    const x = tensor([1], { device });
    await x.realize();
    expect(await named(2)([x]).data()).toEqual(Float32Array.of(2));
    expect(await named(3)([x]).data()).toEqual(Float32Array.of(3));
  });

  it('maps and differentiates as it is written', async () => {
    const x = { values: Float64Array.of(-2, -0.5, 0.7, 3), shape: [2, 2], dtype: 'float64' as const };
    await gradientCheck((a) => vmap(logCosh)(a), [x], { order: 2 });
    const slopes = vmap(grad(logCosh))(tensor([0, 100]));
    expect(await slopes.data()).toEqual(Float32Array.of(0, 1));
  });
});
