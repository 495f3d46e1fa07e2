import { describe, expect, it } from 'vitest';
import { gather as gatherNode, pad as padNode, slidingWindow } from '../../src/graph/index';
import * as hadal from '../../src/index';
import { gradients, type Tensor, tensor } from '../../src/index';
import { gradientError, type Sample, valuesOf } from '../support/differences';

const matrix: Sample = { shape: [3, 4] };
const cube: Sample = { shape: [2, 3, 4] };

const agrees = (f: (...inputs: Tensor[]) => Tensor, ...points: Sample[]): void => {
  expect(gradientError(f, points)).toBeLessThan(1e-6);
};

describe('gradients of movement', () => {
  // Squaring makes the second order non-trivial.
  const through = (f: (x: Tensor) => Tensor) => (x: Tensor) => f(x.mul(x)).square();

  it('reshape, transpose, expandDims, squeeze', () => {
    agrees(
      through((x) => x.reshape([4, 6]).transpose().expandDims(1).squeeze(1)),
      cube,
    );
    agrees(
      through((x) => x.transpose([2, 0, 1])),
      cube,
    );
  });
  it('broadcasting adds up what was repeated', () =>
    agrees(
      through((x) => hadal.broadcastTo(x, [5, 3, 4])),
      { shape: [3, 1] },
    ));
  it('flip', () =>
    agrees(
      through((x) => hadal.flip(x, 1)),
      matrix,
    ));
  it('slice with steps', () =>
    agrees(
      through((x) => x.slice([1, 0], [3, 4], [1, 3])),
      matrix,
    ));
  it('an empty slice', () =>
    agrees(
      through((x) => x.slice([1, 2], [1, 4])),
      matrix,
    ));
  it('pad', () =>
    agrees(
      through((x) =>
        hadal.pad(
          x,
          [
            [1, 2],
            [0, 1],
          ],
          3,
        ),
      ),
      matrix,
    ));
  it('pad between elements, and its fill', () =>
    agrees(
      (x, fill) =>
        new hadal.Tensor(padNode(x.node, fill.node, { lo: [1, 0], hi: [0, 2], interior: [2, 1] })).square(),
      matrix,
      { shape: [] },
    ));
  it('concat, stack, split, tile', () => {
    agrees((a, b) => hadal.concat([a, b, a], 1).square(), matrix, { shape: [3, 2] });
    agrees((a, b) => hadal.stack([a, b], 1).square(), matrix, matrix);
    agrees((x) => hadal.split(x, [1, 3], 1)[1]?.square() ?? x, matrix);
    agrees(
      through((x) => hadal.tile(x, [2, 3])),
      matrix,
    );
  });
  for (const [name, size, stride, dilation] of [
    ['that tile the axes', [2, 2], [2, 2], [1, 1]],
    ['that tile with a remainder', [2, 3], [2, 3], [1, 1]],
    ['that overlap', [3, 2], [1, 2], [1, 1]],
    ['with gaps', [2, 2], [3, 1], [1, 2]],
  ] as const) {
    it(`windows ${name}`, () => {
      const f = (x: Tensor) =>
        new hadal.Tensor(slidingWindow(x.node, { axes: [0, 1], size, stride, dilation })).square();
      agrees(f, { shape: [5, 7, 2] });
    });
  }
});

describe('gradients of reductions', () => {
  it('sum, mean, variance, std, norm and logSumExp over some and all axes', () => {
    for (const f of [hadal.sum, hadal.mean, hadal.variance, hadal.std, hadal.norm, hadal.logSumExp]) {
      agrees((x) => f(x).square(), cube);
      agrees((x) => f(x, [0, 2]).square(), cube);
      agrees((x) => f(x, { axis: 1, keepDims: true }).square(), cube);
    }
  });
  it('prod, also over an odd number of elements', () => {
    agrees((x) => hadal.prod(x), { shape: [5] });
    agrees((x) => hadal.prod(x, 1), cube);
    agrees((x) => hadal.prod(x, [0, 2]), cube);
  });
  it('prod is right to any order where elements are 0', () => {
    const product = (x: Tensor) => hadal.prod(x);
    const x = tensor([0, 2, 3]);
    expect(gradients(product(x), [x]).map(valuesOf)).toEqual([[6, 0, 0]]);
    const [first] = gradients(product(x), [x]);
    expect(gradients(first?.slice(1, 2).sum() ?? x, [x]).map(valuesOf)).toEqual([[3, 0, 0]]);
    const y = tensor([0, 0, 3]);
    expect(gradients(product(y), [y]).map(valuesOf)).toEqual([[0, 0, 0]]);
  });
  it('max and min where there are no ties', () => {
    agrees((x) => hadal.max(x, 1).square(), matrix);
    agrees((x) => hadal.min(x).square(), matrix);
  });
  it('equal extremes share the gradient evenly', () => {
    const x = tensor([
      [1, 5, 5],
      [2, 2, 2],
    ]);
    expect(gradients(x.max(1).sum(), [x]).map(valuesOf)).toEqual([
      [0, 0.5, 0.5, ...[1, 1, 1].map((n) => Math.fround(n / 3))],
    ]);
  });
  it('the norm of zeros has gradient 0', () => {
    const x = tensor([0, 0]);
    expect(gradients(hadal.norm(x), [x]).map(valuesOf)).toEqual([[0, 0]]);
  });
});

describe('gradients of contractions', () => {
  it('matmul of matrices, transposed or not', () => {
    agrees((a, b) => hadal.matmul(a, b), { shape: [2, 3] }, { shape: [3, 4] });
    agrees((a, b) => hadal.matmul(a, b, { transposeA: true }), { shape: [3, 2] }, { shape: [3, 4] });
    agrees((a, b) => hadal.matmul(a, b, { transposeB: true }), { shape: [2, 3] }, { shape: [4, 3] });
  });
  it('matmul of vectors and of batches that broadcast', () => {
    agrees((a, b) => hadal.matmul(a, b), { shape: [3] }, { shape: [3] });
    agrees((a, b) => hadal.matmul(a, b), { shape: [2, 1, 3, 4] }, { shape: [5, 4, 2] });
    agrees((a, b) => hadal.matmul(a, b), { shape: [3, 4] }, { shape: [2, 4, 2] });
  });
  it('tensordot over axes in any order', () => {
    agrees(
      (a, b) =>
        hadal.tensordot(a, b, [
          [2, 0],
          [0, 1],
        ]),
      { shape: [2, 3, 4] },
      { shape: [4, 2, 3] },
    );
    agrees(
      (a, b) =>
        hadal.tensordot(a, b, [
          [0, 2],
          [1, 0],
        ]),
      { shape: [2, 3, 4] },
      { shape: [4, 2, 3] },
    );
  });
  it('products of products are differentiated to second order', () => {
    agrees((a, b) => hadal.matmul(hadal.matmul(a, b).square(), b), { shape: [3, 3] }, { shape: [3, 3] });
  });
});

describe('gradients of convolution', () => {
  const cases: Record<string, readonly [readonly number[], readonly number[], hadal.ConvOptions]> = {
    'one axis': [[2, 7, 3], [3, 3, 2], {}],
    'two axes, same padding': [[2, 5, 4, 2], [3, 3, 2, 3], { padding: 'same' }],
    'strides with a remainder': [[1, 7, 8, 2], [3, 2, 2, 2], { strides: [2, 3] }],
    'strides larger than the kernel': [[1, 9, 1], [2, 1, 2], { strides: 4 }],
    'dilation and same padding': [[1, 7, 6, 1], [3, 2, 1, 2], { dilation: [2, 3], padding: 'same' }],
    'strides, dilation and uneven padding': [
      [2, 8, 2],
      [3, 2, 2],
      { strides: 2, dilation: 2, padding: [[3, 1]] },
    ],
    'more padding than kernel': [[1, 4, 1], [2, 1, 1], { padding: [[3, 4]] }],
    groups: [[2, 5, 4], [3, 2, 6], { groups: 2 }],
    'depthwise with strides': [[2, 6, 5, 3], [2, 2, 1, 6], { groups: 3, strides: 2, padding: 'same' }],
    'three axes': [[1, 3, 4, 3, 1], [2, 2, 2, 1, 2], {}],
  };
  for (const [name, [input, kernel, options]] of Object.entries(cases)) {
    it(`${name}: by input and kernel, first and second order`, () => {
      agrees((x, w) => hadal.conv(x, w, options), { shape: input }, { shape: kernel });
      agrees((x, w) => hadal.conv(x.square(), w, options).square(), { shape: input }, { shape: kernel });
    });
  }
  it('of an empty batch is 0', () => {
    const [x, w] = [hadal.zeros([0, 5, 2]), hadal.ones([3, 2, 4])];
    const [dx, dw] = gradients(hadal.conv(x, w).sum(), [x, w]);
    expect(dx?.shape).toEqual([0, 5, 2]);
    expect(valuesOf(dw ?? x)).toEqual(new Array(24).fill(0));
  });
});

describe('gradients of pooling', () => {
  for (const options of [
    {},
    { padding: 'same' },
    { strides: 1 },
    { strides: [1, 2], padding: 'same' },
  ] as const) {
    it(`max and average pooling with ${JSON.stringify(options)}`, () => {
      agrees((x) => hadal.maxPool2d(x, [2, 3], options).square(), { shape: [2, 5, 7, 2] });
      agrees((x) => hadal.avgPool2d(x, [2, 3], options).square(), { shape: [2, 5, 7, 2] });
    });
  }
  it('max pooling sends the gradient to the first of equal elements', () => {
    const x = hadal.ones([1, 2, 4, 1]);
    const [g] = gradients(hadal.maxPool2d(x, 2).sum(), [x]);
    expect(valuesOf(g ?? x)).toEqual([1, 0, 1, 0, 0, 0, 0, 0]);
  });
  it('padding of max pooling takes no gradient, even for negative images', () => {
    const x = hadal.full([1, 3, 3, 1], -5);
    const [g] = gradients(hadal.maxPool2d(x, 2, { padding: 'same' }).sum(), [x]);
    expect(valuesOf(g ?? x)).toEqual([1, 0, 1, 0, 0, 0, 1, 0, 1]);
  });
});

describe('gradients of indexing', () => {
  const indices = tensor([2, 0, 2], { dtype: 'int32' });
  it('gather adds up what was read several times', () => {
    agrees((x) => hadal.gather(x, indices).square(), matrix);
    agrees(
      (x) =>
        hadal
          .gather(
            x,
            tensor(
              [
                [1, 0],
                [3, 3],
              ],
              { dtype: 'int32' },
            ),
            1,
          )
          .square(),
      matrix,
    );
  });
  it('scatterAdd by operand and updates', () => {
    agrees((x, u) => hadal.scatterAdd(x, indices, u).square(), matrix, { shape: [3, 4] });
    agrees((x, u) => hadal.scatterAdd(x, indices, u, 1).square(), matrix, { shape: [3, 3] });
  });
  it('updates that were dropped get no gradient', () => {
    const updates = tensor([1, 2, 3]);
    const outside = tensor([0, 7, -1], { dtype: 'int32' });
    const [g] = gradients(hadal.scatterAdd(hadal.zeros([2]), outside, updates).sum(), [updates]);
    expect(valuesOf(g ?? updates)).toEqual([1, 0, 0]);
  });
  it('indices have no gradient', () => {
    const x = tensor([1, 2, 3]);
    const read = new hadal.Tensor(gatherNode(x.node, x.cast('int32').node, 0));
    expect(gradients(read.sum(), [x])).toHaveLength(1);
  });
});

describe('gradients of softmax and its losses', () => {
  const labels = tensor([3, 0, 1], { dtype: 'int32' });
  it('softmax and logSoftmax along any axis', () => {
    agrees((x) => hadal.softmax(x), matrix);
    agrees((x) => hadal.softmax(x, 0), matrix);
    agrees((x) => hadal.logSoftmax(x, 1), cube);
  });
  it('cross-entropies', () => {
    agrees((x) => hadal.sparseSoftmaxCrossEntropy(x, labels), matrix);
    agrees((x, t) => hadal.softmaxCrossEntropy(x, t), matrix, matrix);
  });
});
