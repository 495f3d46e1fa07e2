/**
 * What the operations of the family `numbers` refuse.
 */
import * as hadal from '@hadal/core';
import { type Tensor, tensor, zeros } from '@hadal/core';
import { type ErrorCase, refuses } from './family';
import { refusesLists, refusesPairs, untyped } from './wrong-operands';

const UNARY = {
  trunc: hadal.trunc,
  frac: hadal.frac,
  isInf: hadal.isInf,
  isPosInf: hadal.isPosInf,
  isNegInf: hadal.isNegInf,
  bitwiseNot: hadal.bitwiseNot,
  popcount: hadal.popcount,
  signBit: hadal.signBit,
  frexp: hadal.frexp,
  nanToNum: hadal.nanToNum,
  step: hadal.step,
  threshold: (x: Tensor) => hadal.threshold(x, 0, 0),
  clipByNorm: (x: Tensor) => hadal.clipByNorm(x, 1),
};

const PAIRS = {
  fmod: hadal.fmod,
  logicalXor: hadal.logicalXor,
  isClose: hadal.isClose,
  allClose: hadal.allClose,
  copySign: hadal.copySign,
  nextAfter: hadal.nextAfter,
  heaviside: hadal.heaviside,
  fmax: hadal.fmax,
  fmin: hadal.fmin,
  divNoNan: hadal.divNoNan,
  squaredDifference: hadal.squaredDifference,
  lerp: (a: Tensor, b: Tensor) => hadal.lerp(a, b, 0.5),
};

const three = zeros([3]);
/** Operations on whole numbers. */
const WHOLE = {
  bitwiseAnd: hadal.bitwiseAnd,
  bitwiseOr: hadal.bitwiseOr,
  bitwiseXor: hadal.bitwiseXor,
  leftShift: hadal.leftShift,
  rightShift: hadal.rightShift,
  gcd: hadal.gcd,
  lcm: hadal.lcm,
};

export const numberErrors: readonly ErrorCase[] = [
  ...refusesLists(UNARY),
  ...refusesPairs(PAIRS),
  refuses(
    'arrayEqual',
    'a list of numbers',
    () => hadal.arrayEqual(three, untyped([1])),
    'ArgumentError',
    'got an array',
  ),
  ...Object.entries(WHOLE).map(([operation, f]) =>
    refuses(operation, 'floating point', () => f(three, 1), 'DTypeError', 'not float32'),
  ),
  refuses(
    'bitwiseNot',
    'floating point',
    () => hadal.bitwiseNot(three),
    'DTypeError',
    'takes whole numbers or bool, not float32',
  ),
  refuses(
    'popcount',
    'bool',
    () => hadal.popcount(tensor([true])),
    'DTypeError',
    'takes whole numbers, not bool',
  ),
  refuses('ldexp', 'an exponent with a fraction', () => hadal.ldexp(three, 0.5), 'ArgumentError', 'not 0.5'),
  refuses('ldexp', 'floating-point exponents', () => hadal.ldexp(three, three), 'DTypeError', 'exp2(x)'),
  refuses(
    'nextAfter',
    'float64',
    () => hadal.nextAfter(zeros([2], { dtype: 'float64' }), 1),
    'DTypeError',
    'takes float32, not float64',
  ),
  refuses('addN', 'no tensors', () => hadal.addN([]), 'ArgumentError', 'at least one tensor'),
  refuses(
    'addN',
    'shapes that differ',
    () => hadal.addN([three, zeros([2, 3])]),
    'ShapeError',
    '[3] and [2, 3]',
  ),
  refuses(
    'clipByNorm',
    'a limit of 0',
    () => hadal.clipByNorm(three, 0),
    'ArgumentError',
    'must be positive, not 0',
  ),
  refuses(
    'clipByNorm',
    'an axis that does not exist',
    () => hadal.clipByNorm(three, 1, 1),
    'AxisError',
    'axis 1',
  ),
];
