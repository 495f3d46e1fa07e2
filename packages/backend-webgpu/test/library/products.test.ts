/**
 * Products and convolutions with shaders of their own, against the interpreter: every way to read operands, edges, split
 * sums, epilogues, and the tiles of each kind of device.
 */
import {
  add,
  conv2d,
  type Device,
  gradients,
  matmul,
  mul,
  relu,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '@hadal/core';
import { wave } from '@hadal/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LibraryTraits } from '../../src/library/index';
import { describeWebGpu } from '../support/available';
import { type Build, expectEqual } from '../support/compare';
import { deviceLike, LIKE_GPU } from '../support/like';

/** A product of two waves, each seen through a permutation. */
const product =
  (
    left: readonly number[],
    right: readonly number[],
    turns: 'none' | 'left' | 'right' | 'both' = 'none',
  ): Build =>
  (device) => {
    const turned = (x: Tensor, side: 'left' | 'right') =>
      turns === side || turns === 'both' ? x.transpose() : x;
    return matmul(turned(wave(left, device, 0), 'left'), turned(wave(right, device, 1), 'right'));
  };

const dense: Build = (device) => {
  const [x, weight, bias] = [wave([50, 40], device, 0), wave([40, 28], device, 1), wave([28], device, 2)];
  const loss = sum(tanh(add(matmul(x, weight), bias)));
  return gradients(loss, [x, weight, bias]);
};

const convolution =
  (image: readonly number[], kernel: readonly number[], options: Parameters<typeof conv2d>[2]): Build =>
  (device) => {
    const [x, filters] = [wave(image, device, 0), wave(kernel, device, 1)];
    const y = conv2d(x, filters, options);
    return [y, ...gradients(sum(tanh(y)), [x, filters])];
  };

const cases: Readonly<Record<string, Build>> = {
  'one number': product([1, 1], [1, 1]),
  'nothing to add up': product([3, 0], [0, 5]),
  'no rows': product([0, 5], [5, 7]),
  'an edge on every side': product([67, 129], [129, 35]),
  'vectors along every axis': product([64, 32], [32, 48]),
  'the left operand turned': product([64, 36], [64, 52], 'left'),
  'the right operand turned': product([33, 64], [40, 64], 'right'),
  'both turned, of odd extents': product([65, 37], [51, 65], 'both'),
  'a sum in parts, of vectors': product([8, 3000], [3000, 24]),
  'a sum in parts, with an epilogue at an edge': (device) =>
    relu(add(matmul(wave([7, 3001], device, 0), wave([3001, 23], device, 1)), wave([23], device, 2))),
  'a row': product([1, 300], [300, 70]),
  'a column': product([70, 300], [300, 1]),
  'a large tile': product([130, 100], [100, 100]),
  'several matrices': product([5, 17, 20], [5, 20, 24]),
  'heads that lie between': (device) =>
    matmul(
      wave([2, 9, 3, 16], device, 0).transpose([0, 2, 1, 3]),
      wave([2, 11, 3, 16], device, 1).transpose([0, 2, 3, 1]),
    ),
  'side inputs of every kind': (device) => {
    const y = matmul(wave([37, 40], device, 0), wave([40, 28], device, 1));
    const shifted = add(mul(add(y, wave([28], device, 2)), wave([37, 1], device, 3)), 0.3);
    return add(relu(shifted), wave([37, 28], device, 4));
  },
  'gradients of a dense layer, with that of its bias': dense,
  'a convolution that keeps the size': convolution([2, 9, 9, 8], [3, 3, 8, 12], { padding: 'same' }),
  'a convolution of three channels': convolution([2, 11, 10, 3], [3, 3, 3, 10], {}),
  'a strided convolution': convolution([4, 10, 10, 8], [3, 3, 8, 16], { padding: 'same', strides: 2 }),
  'a convolution of one tap': convolution([2, 6, 6, 16], [1, 1, 16, 32], {}),
  'groups of channels': convolution([2, 8, 8, 16], [3, 3, 4, 16], { groups: 4 }),
};

/** The longest sum here has 3001 terms of at most 1, each rounded once. */
const TOLERANCE = 2e-5;

const kinds: Readonly<Record<string, LibraryTraits>> = {
  'a rasterizer that shares rows': { isSoftware: true, subgroupSize: 4, maxBindings: 12 },
  'a rasterizer without subgroups': { isSoftware: true, subgroupSize: 1, maxBindings: 8 },
};

for (const [kind, traits] of Object.entries(kinds)) {
  describeWebGpu(`products on ${kind}`, () => {
    let device: Device;
    beforeAll(async () => {
      device = await deviceLike(traits);
    });
    afterAll(() => device.close());
    it.each(Object.entries(cases))('%s', (_name, build) => expectEqual(build, device, TOLERANCE), 120_000);
  });
}

describeWebGpu('products of the largest tiles', () => {
  let device: Device;
  beforeAll(async () => {
    device = await deviceLike({ isSoftware: true, subgroupSize: 4, maxBindings: 12 });
  });
  afterAll(() => device.close());
  it('are exact for small whole numbers, at edges too', async () => {
    const [rows, inner, columns] = [511, 513, 515];
    const left = Float32Array.from({ length: rows * inner }, (_, i) => ((i * 7919) % 17) - 8);
    const right = Float32Array.from({ length: inner * columns }, (_, i) => ((i * 104_729) % 13) - 6);
    const expected = new Float32Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < inner; k++) {
        const factor = left[i * inner + k] ?? 0;
        for (let j = 0; j < columns; j++)
          expected[i * columns + j] =
            (expected[i * columns + j] ?? 0) + factor * (right[k * columns + j] ?? 0);
      }
    }
    const product = matmul(
      tensor(left, { shape: [rows, inner], device }),
      tensor(right, { shape: [inner, columns], device }),
    );
    const computed = await product.data();
    expect([...expected.entries()].filter(([i, value]) => computed[i] !== value)).toEqual([]);
  }, 120_000);
});

describeWebGpu('products in workgroup memory', () => {
  let device: Device;
  beforeAll(async () => {
    device = await deviceLike(LIKE_GPU);
  });
  afterAll(() => device.close());
  const blocks = [
    'a row',
    'an edge on every side',
    'vectors along every axis',
    'gradients of a dense layer, with that of its bias',
  ];
  it.each(blocks)(
    '%s',
    async (name) => {
      const build = cases[name];
      if (build === undefined) throw new Error(`there is no case ${name}`);
      await expectEqual(build, device, TOLERANCE);
    },
    240_000,
  );
});
