/** Which products say that their operands may be rounded to bfloat16: where that is asked for, or changes no value. */
import { describe, expect, it } from 'vitest';
import { conv2d, type DType, gradients, matmul, ones, sum, type Tensor, withProductDType } from '../../src';
import { nodesOf } from '../../src/graph/traverse';

/** What operands may be rounded to, for each product that the tensors need. */
const marksOf = (tensors: readonly Tensor[]): (string | undefined)[] =>
  nodesOf(tensors.map(({ node }) => node)).flatMap((node) =>
    node.op === 'dot' || node.op === 'conv' ? [node.attributes.operands] : [],
  );

const product = (dtype: DType): Tensor => matmul(ones([2, 3], { dtype }), ones([3, 4], { dtype }));
const convolution = (dtype: DType): Tensor =>
  conv2d(ones([1, 5, 5, 2], { dtype }), ones([3, 3, 2, 4], { dtype }));

describe.each([
  ['a matrix product', product],
  ['a convolution', convolution],
])('%s', (_name, build) => {
  it('of bfloat16 tensors reaches devices as one of bfloat16 operands', () => {
    expect(marksOf([build('bfloat16')])).toEqual(['bfloat16']);
  });

  it('of other dtypes keeps all bits of its operands', () => {
    expect(marksOf([build('float32')])).toEqual([undefined]);
    expect(marksOf([build('float16')])).toEqual([undefined]);
  });

  it('of float32 tensors is marked in mixed precision alone', () => {
    expect(marksOf([withProductDType('bfloat16', () => build('float32'))])).toEqual(['bfloat16']);
    expect(marksOf([withProductDType('float16', () => build('float32'))])).toEqual([undefined]);
  });
});

it('gradients of a product of bfloat16 tensors are such products too', () => {
  const [a, b] = [ones([2, 3], { dtype: 'bfloat16' }), ones([3, 4], { dtype: 'bfloat16' })];
  expect(marksOf(gradients(sum(matmul(a, b)), [a, b]))).toEqual(['bfloat16', 'bfloat16']);
});
