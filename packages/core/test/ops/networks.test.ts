import { describe, expect, it } from 'vitest';
import * as hadal from '../../src/index';
import { gradients, tensor } from '../../src/index';
import { sample, uniforms, valuesOf } from '../support/differences';

describe('convolution', () => {
  it('slides the kernel without turning it around', () => {
    const x = tensor([1, 2, 3, 4]).reshape([1, 4, 1]);
    const kernel = tensor([1, 10]).reshape([2, 1, 1]);
    expect(valuesOf(hadal.conv(x, kernel))).toEqual([21, 32, 43]);
    expect(valuesOf(hadal.conv(x, kernel, { padding: 'same' }))).toEqual([21, 32, 43, 4]);
    expect(valuesOf(hadal.conv(x, kernel, { strides: 2 }))).toEqual([21, 43]);
    expect(valuesOf(hadal.conv(x, kernel, { dilation: 2 }))).toEqual([31, 42]);
    expect(valuesOf(hadal.conv(x, kernel, { padding: [[1, 0]] }))).toEqual([10, 21, 32, 43]);
  });
  it('in groups equals convolutions of the parts', () => {
    const next = uniforms(3);
    const x = sample({ shape: [2, 5, 4] }, next);
    const kernel = sample({ shape: [3, 2, 6] }, next);
    const [x1, x2] = hadal.split(x, 2, 2);
    const [k1, k2] = hadal.split(kernel, 2, 2);
    if (x1 === undefined || x2 === undefined || k1 === undefined || k2 === undefined)
      throw new Error('two parts');
    const apart = hadal.concat([hadal.conv(x1, k1), hadal.conv(x2, k2)], 2);
    const together = valuesOf(hadal.conv(x, kernel, { groups: 2 }));
    valuesOf(apart).forEach((value, i) => {
      expect(together[i]).toBeCloseTo(value, 12);
    });
  });
  it('says what does not fit', () => {
    const kernel = hadal.zeros([3, 3, 3, 8]);
    expect(() => hadal.conv2d(hadal.zeros([28, 28, 3]), kernel)).toThrow(
      /add a batch axis: x.expandDims\(0\)/,
    );
    expect(() => hadal.conv2d(hadal.zeros([1, 3, 28, 28]), kernel)).toThrow(
      /channels-first: say so with dataFormat: 'channelsFirst'/,
    );
    expect(() => hadal.conv2d(hadal.zeros([1, 8, 8, 4]), kernel)).toThrow(
      /has 4, kernel \[3, 3, 3, 8\] takes 3/,
    );
    expect(() => hadal.conv2d(hadal.zeros([1, 8, 8, 9]), kernel, { groups: 3 })).toThrow(
      /groups 3 must divide the 8 filters/,
    );
    expect(() => hadal.conv2d(hadal.zeros([1, 8, 8, 3]), kernel, { strides: 0 })).toThrow(/strides 0/);
  });
});

describe('pooling', () => {
  const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9]).reshape([1, 3, 3, 1]);

  it('takes the maximum or mean of each window', () => {
    expect(valuesOf(hadal.maxPool2d(x, 2))).toEqual([5]);
    expect(valuesOf(hadal.maxPool2d(x, 2, { strides: 1 }))).toEqual([5, 6, 8, 9]);
    expect(valuesOf(hadal.avgPool2d(x, 2, { strides: 1 }))).toEqual([3, 4, 6, 7]);
  });
  it("with 'same' padding counts only what is inside the image", () => {
    expect(valuesOf(hadal.maxPool2d(x.neg(), 2, { padding: 'same' }))).toEqual([-1, -3, -7, -9]);
    expect(valuesOf(hadal.avgPool2d(x, 2, { padding: 'same' }))).toEqual([3, 4.5, 7.5, 9]);
  });
  it('pools integers as integers, averages as float32', () => {
    expect(hadal.maxPool2d(x.cast('int32'), 2, { padding: 'same' }).dtype).toBe('int32');
    expect(valuesOf(hadal.maxPool2d(x.neg().cast('int32'), 2, { padding: 'same' }))).toEqual([
      -1, -3, -7, -9,
    ]);
    expect(hadal.avgPool2d(x.cast('uint8'), 2).dtype).toBe('float32');
  });
  it('refuses windows that do not fit and padding that would leave windows empty', () => {
    expect(() => hadal.maxPool2d(x, 4)).toThrow(/a window of 4 does not fit into extent 3/);
    expect(() => hadal.maxPool2d(x, 2, { padding: 2 })).toThrow(/without any element/);
    expect(() => hadal.maxPool2d(x.squeeze(0), 2)).toThrow(/Expected \[batch, height, width, channels\]/);
  });
});

describe('softmax', () => {
  it('sums to 1, is unmoved by a constant and survives logits of ±1e4', () => {
    const x = tensor([
      [1, 2, 3],
      [-1e4, 0, 1e4],
    ]);
    const sums = valuesOf(hadal.softmax(x).sum(1));
    for (const sum of sums) expect(sum).toBeCloseTo(1, 6);
    expect(valuesOf(hadal.softmax(x.slice(0, 1).add(100)))).toEqual(valuesOf(hadal.softmax(x.slice(0, 1))));
    expect(valuesOf(hadal.logSoftmax(x)).every(Number.isFinite)).toBe(true);
  });
});

describe('cross-entropy', () => {
  const logits = tensor([
    [1, 2, 3],
    [0, 0, 0],
  ]);
  const labels = tensor([2, 0], { dtype: 'int32' });

  it('from class numbers equals that from one-hot targets and that from logSoftmax', () => {
    const sparse = valuesOf(hadal.sparseSoftmaxCrossEntropy(logits, labels));
    const dense = valuesOf(hadal.softmaxCrossEntropy(logits, hadal.oneHot(labels, 3)));
    expect(sparse[0]).toBeCloseTo(0.40760597, 6);
    expect(sparse[1]).toBeCloseTo(Math.log(3), 6);
    sparse.forEach((value, i) => {
      expect(dense[i]).toBeCloseTo(value, 6);
    });
  });
  it('stays finite for logits of ±1e4', () => {
    const extreme = tensor([[1e4, -1e4, 0]]);
    expect(valuesOf(hadal.sparseSoftmaxCrossEntropy(extreme, tensor([1], { dtype: 'int32' })))).toEqual([
      2e4,
    ]);
    expect(valuesOf(hadal.sigmoidCrossEntropy(tensor([1e4, -1e4]), tensor([0, 0])))).toEqual([1e4, 0]);
  });
  it('of a label that names no class is NaN, and so is its gradient', () => {
    const wrong = tensor([3, -1], { dtype: 'int32' });
    const loss = hadal.sparseSoftmaxCrossEntropy(logits, wrong);
    expect(valuesOf(loss)).toEqual([Number.NaN, Number.NaN]);
    expect(gradients(loss.sum(), [logits]).flatMap(valuesOf).every(Number.isNaN)).toBe(true);
  });
  it('says which loss fits the labels that were given', () => {
    expect(() => hadal.sparseSoftmaxCrossEntropy(logits, hadal.oneHot(labels, 3))).toThrow(
      /labels must be int32 or uint8 class numbers, not float32.\n.*softmaxCrossEntropy/,
    );
    expect(() => hadal.sparseSoftmaxCrossEntropy(logits, labels.expandDims(1))).toThrow(
      /labels.squeeze\(-1\)/,
    );
    expect(() => hadal.softmaxCrossEntropy(logits, labels)).toThrow(/sparseSoftmaxCrossEntropy/);
    expect(() => hadal.sigmoidCrossEntropy(logits, labels)).toThrow(/must have the same shape/);
  });
});
