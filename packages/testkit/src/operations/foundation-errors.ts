/**
 * What the first operations refuse.
 */
import * as hadal from '@hadal/core';
import { type Tensor, tensor, zeros } from '@hadal/core';
import { type ErrorCase, refuses } from './family';
import { refusesLists, refusesPairs, untyped } from './wrong-operands';

/** Element-wise operations take any numbers there are, but nothing else. */
const UNARY = {
  abs: hadal.abs,
  bitcast: (x: Tensor) => hadal.bitcast(x, 'int32'),
  cast: (x: Tensor) => hadal.cast(x, 'int32'),
  ceil: hadal.ceil,
  clip: (x: Tensor) => hadal.clip(x, 0, 1),
  cos: hadal.cos,
  elu: hadal.elu,
  erf: hadal.erf,
  exp: hadal.exp,
  expm1: hadal.expm1,
  floor: hadal.floor,
  gelu: hadal.gelu,
  isFinite: hadal.isFinite,
  isNaN: hadal.isNaN,
  leakyRelu: hadal.leakyRelu,
  log: hadal.log,
  log1p: hadal.log1p,
  logicalNot: hadal.logicalNot,
  neg: hadal.neg,
  reciprocal: hadal.reciprocal,
  relu: hadal.relu,
  round: hadal.round,
  rsqrt: hadal.rsqrt,
  sigmoid: hadal.sigmoid,
  sign: hadal.sign,
  silu: hadal.silu,
  sin: hadal.sin,
  softplus: hadal.softplus,
  sqrt: hadal.sqrt,
  square: hadal.square,
  stopGradient: hadal.stopGradient,
  tanh: hadal.tanh,
};

const PAIRS = {
  add: hadal.add,
  sub: hadal.sub,
  mul: hadal.mul,
  div: hadal.div,
  floorDiv: hadal.floorDiv,
  mod: hadal.mod,
  pow: hadal.pow,
  maximum: hadal.maximum,
  minimum: hadal.minimum,
  equal: hadal.equal,
  notEqual: hadal.notEqual,
  less: hadal.less,
  lessEqual: hadal.lessEqual,
  logicalAnd: hadal.logicalAnd,
  logicalOr: hadal.logicalOr,
};

/** Operations along axes. */
const REDUCTIONS = {
  all: hadal.all,
  any: hadal.any,
  logSumExp: hadal.logSumExp,
  max: hadal.max,
  mean: hadal.mean,
  min: hadal.min,
  norm: hadal.norm,
  prod: hadal.prod,
  std: hadal.std,
  sum: hadal.sum,
  variance: hadal.variance,
};

const ALONG = {
  ...REDUCTIONS,
  argMax: hadal.argMax,
  argMin: hadal.argMin,
  flip: hadal.flip,
  softmax: hadal.softmax,
  logSoftmax: hadal.logSoftmax,
};

const matrix = zeros([2, 3]);
const vector = zeros([3]);
const image = zeros([1, 4, 4, 2]);
const classes = tensor([0, 1], { dtype: 'int32' });

const elementwise: readonly ErrorCase[] = [
  ...refusesLists(UNARY),
  ...refusesPairs(PAIRS),
  refuses(
    'greater',
    'shapes that do not broadcast',
    () => hadal.greater(vector, zeros([2])),
    'ShapeError',
    'greater: shapes do not broadcast',
  ),
  refuses(
    'greaterEqual',
    'shapes that do not broadcast',
    () => hadal.greaterEqual(vector, zeros([2])),
    'ShapeError',
    'greaterEqual: shapes do not broadcast',
  ),
  refuses('exp', 'nothing', () => hadal.exp(untyped(null)), 'ArgumentError', 'got null'),
  refuses(
    'exp',
    'a promise',
    () => hadal.exp(untyped(Promise.resolve(1))),
    'ArgumentError',
    'promises must be awaited first',
  ),
  refuses(
    'clip',
    'bounds in the wrong order',
    () => hadal.clip(vector, 1, 0),
    'ArgumentError',
    'lower bound 1 is over the upper bound 0',
  ),
  refuses('bitcast', 'bool', () => hadal.bitcast(tensor([true]), 'int32'), 'DTypeError', 'not bool'),
  refuses(
    'where',
    'shapes that do not broadcast',
    () => hadal.where(tensor([true, false]), matrix, 0),
    'ShapeError',
    'do not broadcast',
  ),
  refuses(
    'where',
    'text',
    () => hadal.where(untyped('yes'), vector, 0),
    'ArgumentError',
    'got the string "yes"',
  ),
];

const movement: readonly ErrorCase[] = [
  refuses('reshape', 'another number of elements', () => hadal.reshape(matrix, [4]), 'ShapeError', '[2, 3]'),
  refuses('flatten', 'an axis that does not exist', () => hadal.flatten(matrix, 3), 'AxisError', 'axis 3'),
  refuses(
    'transpose',
    'an order without every axis',
    () => hadal.transpose(matrix, [0, 0]),
    'AxisError',
    '[0, 0]',
  ),
  refuses('permute', 'an order that is too short', () => hadal.permute(matrix, [0]), 'AxisError', '[0]'),
  refuses(
    'expandDims',
    'an axis beyond the new rank',
    () => hadal.expandDims(matrix, 3),
    'AxisError',
    'axis 3',
  ),
  refuses(
    'squeeze',
    'an axis of more than one element',
    () => hadal.squeeze(matrix, 1),
    'ShapeError',
    'only extent 1 can be removed',
  ),
  refuses(
    'broadcastTo',
    'a shape it does not repeat to',
    () => hadal.broadcastTo(matrix, [2, 4]),
    'ShapeError',
    '[2, 3] does not repeat to [2, 4]',
  ),
  refuses('slice', 'a step of 0', () => hadal.slice(matrix, 0, 2, 0), 'ArgumentError', 'step 0'),
  refuses(
    'slice',
    'more positions than axes',
    () => hadal.slice(matrix, [0, 0, 0]),
    'ArgumentError',
    'more positions than axes',
  ),
  refuses(
    'pad',
    'pairs for another rank',
    () => hadal.pad(matrix, [[1, 1]]),
    'ArgumentError',
    '1 pairs of padding were given for 2 axes',
  ),
  refuses('pad', 'negative widths', () => hadal.pad(matrix, -1), 'ArgumentError', 'at least 0'),
  refuses('tile', 'a negative count', () => hadal.tile(matrix, -1), 'ArgumentError', 'count -1'),
  refuses('concat', 'no tensors', () => hadal.concat([]), 'ArgumentError', 'no tensors were given'),
  refuses('concat', 'scalars', () => hadal.concat([zeros([])]), 'ShapeError', 'Use stack([a, b])'),
  refuses(
    'concat',
    'extents that differ',
    () => hadal.concat([matrix, zeros([2, 4])]),
    'ShapeError',
    '[2, 3] and [2, 4]',
  ),
  refuses('stack', 'shapes that differ', () => hadal.stack([matrix, vector]), 'ShapeError', '[2, 3] and [3]'),
  refuses(
    'split',
    'a number of sections that does not divide',
    () => hadal.split(matrix, 2, 1),
    'ShapeError',
    'which 2 does not divide',
  ),
  refuses('split', 'no sections', () => hadal.split(matrix, 0), 'ArgumentError', '0 sections'),
];

const reductions: readonly ErrorCase[] = [
  ...Object.entries(ALONG).map(([operation, f]) =>
    refuses(
      operation,
      'an axis that does not exist',
      () => f(matrix, 2),
      'AxisError',
      `${operation}: axis 2 does not exist`,
    ),
  ),
  ...Object.entries(REDUCTIONS).map(([operation, f]) =>
    refuses(operation, 'an axis given twice', () => f(matrix, [1, -1]), 'AxisError', 'axis 1 is given twice'),
  ),
  refuses(
    'argMax',
    'nothing to choose from',
    () => hadal.argMax(zeros([0])),
    'ShapeError',
    'nothing to choose from',
  ),
  refuses(
    'argMin',
    'nothing to choose from',
    () => hadal.argMin(zeros([2, 0]), 1),
    'ShapeError',
    'nothing to choose from',
  ),
];

const products: readonly ErrorCase[] = [
  refuses(
    'matmul',
    'inner dimensions that differ',
    () => hadal.matmul(matrix, matrix),
    'ShapeError',
    '[2, 3] × [2, 3], 3 ≠ 2',
  ),
  refuses('matmul', 'a scalar', () => hadal.matmul(matrix, zeros([])), 'ShapeError', 'mul(a, b)'),
  refuses('dot', 'a scalar', () => hadal.dot(zeros([]), vector), 'ShapeError', 'rank 1 or more'),
  refuses('dot', 'vectors of different lengths', () => hadal.dot(vector, zeros([4])), 'ShapeError', '3 ≠ 4'),
  refuses(
    'outer',
    'a list of numbers',
    () => hadal.outer(untyped([1]), vector),
    'ArgumentError',
    'expected a tensor or a number',
  ),
  refuses(
    'tensordot',
    'more axes than there are',
    () => hadal.tensordot(matrix, matrix, 3),
    'ArgumentError',
    '3 axes cannot be paired',
  ),
  refuses(
    'tensordot',
    'extents that differ',
    () => hadal.tensordot(matrix, matrix, 1),
    'ShapeError',
    '3 ≠ 2',
  ),
  refuses(
    'conv',
    'ranks that differ',
    () => hadal.conv(zeros([1, 4, 2]), zeros([2, 2])),
    'ShapeError',
    'the same rank of at least 3',
  ),
  refuses(
    'conv',
    'an unknown padding',
    () => hadal.conv(zeros([1, 4, 2]), zeros([2, 2, 1]), { padding: -1 }),
    'ArgumentError',
    'padding -1',
  ),
  refuses(
    'conv2d',
    'channels that do not fit',
    () => hadal.conv2d(image, zeros([2, 2, 3, 1])),
    'ShapeError',
    'has 2, kernel [2, 2, 3, 1] takes 3',
  ),
  refuses(
    'conv2d',
    'images without a batch',
    () => hadal.conv2d(zeros([4, 4, 2]), zeros([2, 2, 2, 1])),
    'ShapeError',
    '[batch, height, width, channels]',
  ),
  refuses(
    'conv2d',
    'strides of 0',
    () => hadal.conv2d(image, zeros([2, 2, 2, 1]), { strides: 0 }),
    'ArgumentError',
    'strides 0 must be',
  ),
  refuses('maxPool', 'a vector', () => hadal.maxPool(vector, 2), 'ShapeError', '[batch, …spatial, channels]'),
  refuses('avgPool', 'a vector', () => hadal.avgPool(vector, 2), 'ShapeError', '[batch, …spatial, channels]'),
  refuses(
    'maxPool2d',
    'a window that does not fit',
    () => hadal.maxPool2d(image, 5),
    'ShapeError',
    'a window of 5 does not fit',
  ),
  refuses(
    'avgPool2d',
    'images without a batch',
    () => hadal.avgPool2d(zeros([4, 4, 2]), 2),
    'ShapeError',
    '[batch, height, width, channels]',
  ),
];

const indexed: readonly ErrorCase[] = [
  refuses('gather', 'fractional indices', () => hadal.gather(matrix, vector), 'DTypeError', 'not float32'),
  refuses(
    'gather',
    'an axis that does not exist',
    () => hadal.gather(matrix, classes, 2),
    'AxisError',
    'axis 2',
  ),
  refuses(
    'take',
    'nothing to pick from',
    () => hadal.take(zeros([0]), classes),
    'ShapeError',
    'nothing can be picked',
  ),
  refuses(
    'scatterAdd',
    'updates of another shape',
    () => hadal.scatterAdd(matrix, classes, vector),
    'ShapeError',
    'updates [3] do not fit',
  ),
  refuses(
    'scatterAdd',
    'bool',
    () => hadal.scatterAdd(hadal.zeros([2], { dtype: 'bool' }), classes, hadal.zeros([2], { dtype: 'bool' })),
    'DTypeError',
    'takes numbers, not bool',
  ),
  refuses('oneHot', 'a negative depth', () => hadal.oneHot(classes, -1), 'ArgumentError', 'depth -1'),
  refuses('oneHot', 'fractional classes', () => hadal.oneHot(vector, 3), 'DTypeError', 'not float32'),
];

const creation: readonly ErrorCase[] = [
  refuses('tensor', 'ragged rows', () => tensor([[1], [2, 3]]), 'ShapeError', 'ragged'),
  refuses(
    'tensor',
    'a shape that the values do not fill',
    () => tensor([1, 2, 3], { shape: [2] }),
    'ShapeError',
    '3 values do not fill [2]',
  ),
  refuses('scalar', 'text', () => Reflect.apply(hadal.scalar, undefined, ['two']), 'ArgumentError', 'two'),
  refuses('full', 'a negative extent', () => hadal.full([-1], 0), 'ShapeError', 'extent -1'),
  refuses('zeros', 'a fractional extent', () => zeros([1.5]), 'ShapeError', 'extent 1.5'),
  refuses('ones', 'a negative extent', () => hadal.ones([2, -2]), 'ShapeError', 'extent -2'),
  refuses(
    'zerosLike',
    'a list of numbers',
    () => hadal.zerosLike(untyped([1])),
    'ArgumentError',
    'expected a tensor',
  ),
  refuses('onesLike', 'text', () => hadal.onesLike(untyped('x')), 'ArgumentError', 'expected a tensor'),
  refuses('iota', 'a negative length', () => hadal.iota(-1), 'ShapeError', 'extent -1'),
  refuses('arange', 'a step of 0', () => hadal.arange(0, 1, 0), 'ArgumentError', 'step not 0'),
  refuses('linspace', 'a negative count', () => hadal.linspace(0, 1, -1), 'ArgumentError', 'count -1'),
  refuses('eye', 'a negative extent', () => hadal.eye(-1), 'ShapeError', 'extent -1'),
];

const losses: readonly ErrorCase[] = [
  refuses(
    'sparseSoftmaxCrossEntropy',
    'labels of another shape',
    () => hadal.sparseSoftmaxCrossEntropy(zeros([3, 2]), classes),
    'ShapeError',
    'need labels [3], got [2]',
  ),
  refuses(
    'sparseSoftmaxCrossEntropy',
    'fractional labels',
    () => hadal.sparseSoftmaxCrossEntropy(matrix, zeros([2])),
    'DTypeError',
    'not float32',
  ),
  refuses(
    'softmaxCrossEntropy',
    'class numbers',
    () => hadal.softmaxCrossEntropy(matrix, classes),
    'ShapeError',
    'sparseSoftmaxCrossEntropy(logits, labels)',
  ),
  refuses(
    'sigmoidCrossEntropy',
    'shapes that differ',
    () => hadal.sigmoidCrossEntropy(matrix, vector),
    'ShapeError',
    '[2, 3] and targets [3]',
  ),
  refuses(
    'dropout',
    'a rate of 1',
    () => hadal.dropout(vector, 1),
    'ArgumentError',
    'rate 1 is outside [0, 1)',
  ),
];

export const foundationErrors: readonly ErrorCase[] = [
  ...elementwise,
  ...movement,
  ...reductions,
  ...products,
  ...indexed,
  ...creation,
  ...losses,
];
