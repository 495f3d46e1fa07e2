/**
 * Products of vectors, matrices and tensors of any rank, and distances.
 */
import {
  addmm,
  bilinear,
  cdist,
  cross,
  einsum,
  inner,
  kron,
  matrixPower,
  matvec,
  multiDot,
  type Tensor,
  vdot,
  vecdot,
  zeros,
} from '@hadal/core';
import { type GoldenUse, type OperationFamily, refuses } from './family';
import { linearSamples } from './linear-samples';

const none = zeros([]);
const two =
  (f: (a: Tensor, b: Tensor) => Tensor): GoldenUse =>
  (a = none, b = none) =>
    f(a, b);
const three =
  (f: (a: Tensor, b: Tensor, c: Tensor) => Tensor): GoldenUse =>
  (a = none, b = none, c = none) =>
    f(a, b, c);
const summing =
  (equation: string): GoldenUse =>
  (...operands) =>
    einsum(equation, ...operands);

const goldens: Readonly<Record<string, GoldenUse>> = {
  einsum: summing('ij,jk->ik'),
  'einsum attention': summing('bqhd,bkhd->bhqk'),
  'einsum implied': summing('cb,ba'),
  'einsum diagonal': summing('iij,jk->ki'),
  'einsum trace': summing('ii'),
  'einsum ellipsis': summing('...ij,...jk->...ki'),
  'einsum ellipsis inside': summing('i...j,j->...i'),
  'einsum chain': summing('ij,jk,kl,il->jl'),
  'einsum int32': summing('ij,kj->ik'),
  'einsum Tucker': summing('abc,ai,bj,ck->ijk'),
  inner: two(inner),
  'inner vectors': two(inner),
  vdot: two(vdot),
  'vdot int32': two(vdot),
  vecdot: two((a, b) => vecdot(a, b)),
  'vecdot axis': two((a, b) => vecdot(a, b, 0)),
  matvec: two(matvec),
  'matvec batch': two(matvec),
  cross: two((a, b) => cross(a, b)),
  'cross axis': two((a, b) => cross(a, b, 0)),
  'cross plane': two((a, b) => cross(a, b)),
  'cross mixed': two((a, b) => cross(a, b)),
  kron: two(kron),
  'kron ranks': two(kron),
  multiDot: (...all) => multiDot(all),
  'multiDot vectors': (...all) => multiDot(all),
  'matrixPower 0': (x = none) => matrixPower(x, 0),
  'matrixPower 7': (x = none) => matrixPower(x, 7),
  addmm: three((c, a, b) => addmm(c, a, b)),
  'addmm scaled': three((c, a, b) => addmm(c, a, b, { alpha: 0.5, beta: 3 })),
  bilinear: three((a, b, w) => bilinear(a, b, w)),
  'bilinear bias': (a = none, b = none, w = none, bias = none) => bilinear(a, b, w, bias),
  cdist: two((a, b) => cdist(a, b)),
  'cdist batch': two((a, b) => cdist(a, b, { p: 3 })),
  'cdist 1': two((a, b) => cdist(a, b, { p: 1 })),
  'cdist infinity': two((a, b) => cdist(a, b, { p: Number.POSITIVE_INFINITY })),
  'cdist 0': two((a, b) => cdist(a, b, { p: 0 })),
};

const errors = [
  refuses(
    'einsum',
    'fewer operands than it names',
    () => einsum('ij,jk->ik', zeros([2, 3])),
    'ArgumentError',
    '2 operands',
  ),
  refuses('einsum', 'no operands', () => einsum('->'), 'ArgumentError', 'no operands'),
  refuses(
    'einsum',
    'a letter of the result that names nothing',
    () => einsum('ij->iz', zeros([2, 3])),
    'ArgumentError',
    'letter z',
  ),
  refuses(
    'einsum',
    'a letter twice in the result',
    () => einsum('ij->ii', zeros([2, 3])),
    'ArgumentError',
    'letter i appears twice',
  ),
  refuses(
    'einsum',
    'signs that are no letters',
    () => einsum('i1->i', zeros([2, 3])),
    'ArgumentError',
    '"1"',
  ),
  refuses(
    'einsum',
    'two arrows',
    () => einsum('i->j->k', zeros([2])),
    'ArgumentError',
    'more than one arrow',
  ),
  refuses(
    'einsum',
    'two ellipses',
    () => einsum('...i...->i', zeros([2])),
    'ArgumentError',
    'more than one ellipsis',
  ),
  refuses(
    'einsum',
    'a rank that differs',
    () => einsum('ijk->i', zeros([2, 3])),
    'ShapeError',
    '"ijk" names 3 axes, operand 0 of shape [2, 3] has 2',
  ),
  refuses(
    'einsum',
    'extents that differ',
    () => einsum('ij,jk->ik', zeros([2, 3]), zeros([4, 5])),
    'ShapeError',
    'letter j of "ij,jk->ik" has extent 3 in operand 0 of shape [2, 3] and 4 in operand 1 of shape [4, 5]',
  ),
  refuses(
    'einsum',
    'a diagonal of a rectangle',
    () => einsum('ii->i', zeros([2, 3])),
    'ShapeError',
    'letter i',
  ),
  refuses(
    'einsum',
    'unnamed axes that do not broadcast',
    () => einsum('...,...', zeros([2]), zeros([3])),
    'ShapeError',
    'under "..."',
  ),
  refuses('inner', 'last axes that differ', () => inner(zeros([2, 3]), zeros([3, 2])), 'ShapeError', '3 ≠ 2'),
  refuses('vdot', 'sizes that differ', () => vdot(zeros([3]), zeros([4])), 'ShapeError', '3 elements'),
  refuses('vecdot', 'lengths that differ', () => vecdot(zeros([2, 3]), zeros([2, 4])), 'ShapeError', '3 ≠ 4'),
  refuses(
    'vecdot',
    'an axis that does not exist',
    () => vecdot(zeros([3]), zeros([3]), 1),
    'AxisError',
    'axis 1',
  ),
  refuses('matvec', 'lengths that differ', () => matvec(zeros([2, 3]), zeros([2])), 'ShapeError', 'letter n'),
  refuses('cross', 'vectors of length 4', () => cross(zeros([4]), zeros([4])), 'ShapeError', 'extent 4'),
  refuses(
    'cross',
    'an axis that does not exist',
    () => cross(zeros([3]), zeros([3]), 2),
    'AxisError',
    'axis 2',
  ),
  refuses(
    'kron',
    'an array',
    () => Reflect.apply(kron, undefined, [[1, 2], zeros([2])]),
    'ArgumentError',
    'an array',
  ),
  refuses('multiDot', 'one matrix', () => multiDot([zeros([2, 2])]), 'ArgumentError', 'at least two'),
  refuses(
    'multiDot',
    'neighbours that do not fit',
    () => multiDot([zeros([2, 3]), zeros([2, 3])]),
    'ShapeError',
    '3 ≠ 2',
  ),
  refuses(
    'multiDot',
    'a batch',
    () => multiDot([zeros([1, 2, 2]), zeros([2, 2])]),
    'ShapeError',
    'operand 0',
  ),
  refuses('matrixPower', 'a rectangle', () => matrixPower(zeros([2, 3]), 2), 'ShapeError', 'square'),
  refuses(
    'matrixPower',
    'a negative power',
    () => matrixPower(zeros([2, 2]), -1),
    'ArgumentError',
    'power -1',
  ),
  refuses(
    'addmm',
    'a term that is larger',
    () => addmm(zeros([3, 2, 2]), zeros([2, 2]), zeros([2, 2])),
    'ShapeError',
    'does not broadcast',
  ),
  refuses(
    'bilinear',
    'a weight that does not fit',
    () => bilinear(zeros([2, 3]), zeros([2, 4]), zeros([5, 4, 3])),
    'ShapeError',
    'letter m',
  ),
  refuses(
    'bilinear',
    'a bias that does not fit',
    () => bilinear(zeros([2, 3]), zeros([2, 4]), zeros([5, 3, 4]), zeros([4])),
    'ShapeError',
    'expected [5]',
  ),
  refuses(
    'cdist',
    'vectors of different length',
    () => cdist(zeros([2, 3]), zeros([2, 4])),
    'ShapeError',
    '[2, 4]',
  ),
  refuses(
    'cdist',
    'a negative p',
    () => cdist(zeros([2, 3]), zeros([2, 3]), { p: -1 }),
    'ArgumentError',
    'p -1',
  ),
];

export const linear: OperationFamily = {
  name: 'linear',
  samples: linearSamples,
  goldens,
  errors,
};
