/**
 * Samples of products of vectors, matrices and tensors of any rank, and of distances.
 */
import {
  addmm,
  bilinear,
  cdist,
  cross,
  type DType,
  einsum,
  inner,
  kron,
  matmul,
  matrixPower,
  matvec,
  multiDot,
  type Tensor,
  vdot,
  vecdot,
} from '@hadal/core';
import { type InputSpec, input } from '../inputs';
import { type Sample, type SampleOptions, sample, shapeText } from '../sample';

type Extra = Partial<SampleOptions> & { readonly dtype?: DType };

/** Shapes as text, so that a sample is a line: `2x3 scalar` is [2, 3] and []. */
const shapesOf = (text: string): number[][] =>
  text.split(' ').map((shape) => (shape === 'scalar' ? [] : shape.split('x').map(Number)));

/** A sample of `compute` on operands of the given shapes. */
const product = (
  operation: string,
  shapes: string,
  compute: (...inputs: Tensor[]) => Tensor,
  { dtype = 'float32', ...options }: Extra = {},
  how = '',
): Sample =>
  sample(
    operation,
    `of ${dtype} ${shapesOf(shapes).map(shapeText).join(' × ')}${how}`,
    shapesOf(shapes).map((shape): InputSpec => input(shape, dtype)),
    compute,
    { tolerance: 'contraction', ...options },
  );

const summation = (equation: string, shapes: string, options: Extra = {}): Sample =>
  product('einsum', shapes, (...operands) => einsum(equation, ...operands), options, ` by ${equation}`);

const second: Extra = { derivatives: 2 };

const summations: readonly Sample[] = [
  summation('ij,jk->ik', '2x3 3x4', { viewed: true, derivatives: 2 }),
  summation('ij,jk->ki', '2x3 3x4', second),
  summation('ij,jk', '33x65 65x17'),
  summation('bij,bjk->bik', '2x3x4 2x4x5', { viewed: true, derivatives: 2 }),
  summation('bqhd,bkhd->bhqk', '2x3x2x4 2x5x2x4', second),
  summation('bhqk,bkhd->bqhd', '2x2x3x5 2x5x2x4', second),
  summation('bik,bkj->ibj', '2x3x4 2x4x5'),
  summation('jik,kl->ijl', '2x3x4 4x5', second),
  summation('i,j->ij', '3 4', second),
  summation('i,i->', '7 7', second),
  summation('ij,ij->ij', '3x5 3x5', { viewed: true, derivatives: 2 }),
  summation('i,ij,j->', '3 3x4 4', second),
  summation('ij,jk,kl,lm->im', '2x3 3x4 4x3 3x2', second),
  summation('a,ab,abc->abc', '2 2x3 2x3x4', second),
  summation('ii', '4x4', second),
  summation('ii->i', '4x4', { viewed: true, derivatives: 2 }),
  summation('iji->j', '3x4x3', second),
  summation('iii->i', '3x3x3', second),
  summation('ii,ij->j', '3x3 3x4', second),
  summation('ijk->kij', '2x3x4'),
  summation('ba', '2x3'),
  summation('ij->', '3x4', second),
  summation('ij,k->k', '3x4 2', second),
  summation('...ij,...jk->...ik', '2x1x3x4 5x4x2', second),
  summation('...ij,jk', '2x3x4 4x5'),
  summation('i...,i...->...', '3x2x4 3x1x4', second),
  summation('...,...->...', '3x1 4'),
  summation('b...i->...', '2x3x4x2', second),
  summation('ij,jk->ik', '2x1 3x4', second),
  summation(' i j , j k -> i k ', '2x3 3x2'),
  summation('ij,jk->ik', '0x3 3x4'),
  summation('ij,jk->ik', '2x0 0x4'),
  summation('ii->i', '0x0'),
  summation('bi,bi->b', '1x3 1x3'),
  summation('ij,jk->ik', '2x3 3x4', { dtype: 'float64' }),
  summation('ij,jk->ik', '2x3 3x4', { dtype: 'int32', tolerance: 'exact' }),
  summation('ij,kj->ik', '2x3 4x3', { dtype: 'bool', tolerance: 'exact' }),
  summation('abcd,cdef->abef', '3x4x5x6 5x6x2x3'),
];

const vectors: readonly Sample[] = [
  product('inner', '5 5', inner, { viewed: true, derivatives: 2 }),
  product('inner', '2x3 4x3', inner, { viewed: true, derivatives: 2 }),
  product('inner', '2x3x4 4', inner, second),
  product('inner', 'scalar 2x3', inner, second),
  product('inner', '2x0 3x0', inner),
  product('inner', '2x3 4x3', inner, { dtype: 'int32', tolerance: 'exact' }),
  product('vdot', '6 2x3', vdot, { viewed: true, derivatives: 2 }),
  product('vdot', '33x257 33x257', vdot),
  product('vdot', 'scalar scalar', vdot, second),
  product('vdot', '0 0', vdot),
  product('vdot', '7 7', vdot, { dtype: 'uint8', tolerance: 'exact' }),
  product('vecdot', '3x5 3x5', (a, b) => vecdot(a, b), { viewed: true, derivatives: 2 }),
  product('vecdot', '4x3 2x1x3', (a, b) => vecdot(a, b), second),
  product('vecdot', '3x4 3x1', (a, b) => vecdot(a, b, 0), second, ' along 0'),
  product('vecdot', '33x257 257', (a, b) => vecdot(a, b)),
  product('vecdot', '2x0 0', (a, b) => vecdot(a, b)),
  product('vecdot', '3x5 5', (a, b) => vecdot(a, b), { dtype: 'int32', tolerance: 'exact' }),
  product('matvec', '2x3 3', matvec, { viewed: true, derivatives: 2 }),
  product('matvec', '4x2x3 4x3', matvec, second),
  product('matvec', '2x3 5x3', matvec, second),
  product('matvec', '65x129 129', matvec),
  product('matvec', '0x3 3', matvec),
  product('cross', '3 3', (a, b) => cross(a, b), { viewed: true, derivatives: 2 }),
  product('cross', '4x3 3', (a, b) => cross(a, b), second),
  product('cross', '3x5 3x1', (a, b) => cross(a, b, 0), second, ' along 0'),
  product('cross', '4x2 4x3', (a, b) => cross(a, b), second),
  product('cross', '4x3 4x2', (a, b) => cross(a, b), second),
  product('cross', '4x2 2', (a, b) => cross(a, b), second),
  product('cross', '0x3 3', (a, b) => cross(a, b)),
  product('cross', '2x3 2x3', (a, b) => cross(a, b), { dtype: 'int32', tolerance: 'exact' }),
];

const matrices: readonly Sample[] = [
  product('kron', '2x3 3x2', kron, { viewed: true, derivatives: 2 }),
  product('kron', '3 2x2', kron, second),
  product('kron', 'scalar 3', kron, second),
  product('kron', '0x2 3x2', kron),
  product('kron', '9x7 5x11', kron),
  product('kron', '2x2 3', kron, { dtype: 'int32', tolerance: 'exact' }),
  product('multiDot', '2x5 5x3 3x4', (...all) => multiDot(all), { viewed: true, derivatives: 2 }),
  product('multiDot', '4 4x3 3x5 5', (...all) => multiDot(all), second),
  product('multiDot', '2x3 3', (...all) => multiDot(all), second),
  product('multiDot', '10x60 60x5 5x50 50x3', (...all) => multiDot(all)),
  product('multiDot', '2x0 0x3 3x2', (...all) => multiDot(all)),
  ...[0, 1, 2, 3, 5].map((n) =>
    product('matrixPower', '3x3', (x) => matrixPower(x, n), { derivatives: n === 0 ? 0 : 2 }, ` to ${n}`),
  ),
  product('matrixPower', '2x3x3', (x) => matrixPower(x, 6), { viewed: true }, ' to 6'),
  product('matrixPower', '0x0', (x) => matrixPower(x, 3), {}, ' to 3'),
  product('matrixPower', '2x2', (x) => matrixPower(x, 3), { dtype: 'int32', tolerance: 'exact' }, ' to 3'),
  product('addmm', '2x4 2x3 3x4', (c, a, b) => addmm(c, a, b), { viewed: true, derivatives: 2 }),
  product('addmm', '4 2x3 3x4', (c, a, b) => addmm(c, a, b, { alpha: 0.5, beta: -2 }), second, ' scaled'),
  product('addmm', '1x33 17x65 65x33', (c, a, b) => addmm(c, a, b, { alpha: 2 })),
  product('addmm', '2x4 2x3 3x4', (c, a, b) => addmm(c, a, b, { beta: 0 }), {}, ' without c'),
  product('addmm', '3 0x2 2x3', (c, a, b) => addmm(c, a, b)),
  product('bilinear', '5x3 5x4 2x3x4', (a, b, w) => bilinear(a, b, w), { viewed: true, derivatives: 2 }),
  product('bilinear', '2x2x3 2x4 5x3x4 5', bilinear, second),
  product('bilinear', '3 4 2x3x4 2', bilinear, second),
  product('bilinear', '0x3 0x4 2x3x4 2', bilinear),
  product('matmul', '2x1x3 1x3x4', (a, b) => matmul(a, b), second),
  product('matmul', '1x2x3 5x3x2', (a, b) => matmul(a, b), second),
  product('matmul', '0x2x3 1x3x2', (a, b) => matmul(a, b)),
  product('matmul', '2x3 4x3x2', (a, b) => matmul(a, b), second),
  product('matmul', '3 4x3x2', (a, b) => matmul(a, b), second),
  product('matmul', '2x4x3 3', (a, b) => matmul(a, b), second),
  product('matmul', '2x3x0 2x0x2', (a, b) => matmul(a, b)),
];

const distances: readonly Sample[] = [
  ...[2, 1, 3, 1.5, 4, Number.POSITIVE_INFINITY].map((p) =>
    sample(
      'cdist',
      `of [4, 3] and [5, 3] with p ${p}`,
      [input([4, 3], 'float32', 'distinct'), input([5, 3])],
      (a, b) => cdist(a, b, { p }),
      { tolerance: 'reduction', derivatives: p === 2 || p === 3 ? 2 : 1, viewed: p === 2 },
    ),
  ),
  product('cdist', '2x1x3x4 5x2x4', (a, b) => cdist(a, b), { tolerance: 'reduction', derivatives: 2 }),
  product('cdist', '33x9 65x9', (a, b) => cdist(a, b), { tolerance: 'reduction' }),
  product('cdist', '0x3 2x3', (a, b) => cdist(a, b), { tolerance: 'reduction' }),
  product('cdist', '2x0 3x0', (a, b) => cdist(a, b), { tolerance: 'reduction' }),
  product('cdist', '3x4 2x4', (a, b) => cdist(a, b), { tolerance: 'reduction', dtype: 'float64' }),
  product('cdist', '3x4 2x4', (a, b) => cdist(a, b), { tolerance: 'reduction', dtype: 'int32' }),
  product(
    'cdist',
    '5x2 5x2',
    (a, b) => cdist(a, b, { p: 0 }),
    { tolerance: 'exact', dtype: 'int32' },
    ' p 0',
  ),
  sample('cdist', 'of vectors with themselves', [input([4, 3])], (a) => cdist(a, a), {
    tolerance: 'reduction',
  }),
  sample(
    'cdist',
    'of large and of tiny numbers',
    [input([4, 3]), input([5, 3])],
    (a, b) => [cdist(a.mul(1e30), b.mul(1e30)), cdist(a.mul(1e-30), b.mul(1e-30)).mul(1e30)],
    { tolerance: 'reduction' },
  ),
];

export const linearSamples: readonly Sample[] = [...summations, ...vectors, ...matrices, ...distances];
