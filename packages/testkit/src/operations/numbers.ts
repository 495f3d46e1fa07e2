/**
 * What is known of a number without a formula: whole parts, signs, bits, divisors, infinities and NaN; and tensors that
 * are compared, mixed or limited.
 */
import * as hadal from '@hadal/core';
import { add, type DType, mul } from '@hadal/core';
import { input } from '../inputs';
import { binarySamples, type Sample, sample, unarySamples } from '../sample';
import type { OperationFamily } from './family';
import { floatPairSamples, floatSamples } from './float-samples';
import { numberErrors } from './numbers-errors';
import { numberGoldens } from './numbers-goldens';

const exact = { tolerance: 'exact' } as const;
const WHOLE: readonly DType[] = ['int32', 'uint8'];
const wholeOrBool: readonly DType[] = [...WHOLE, 'bool'];

/** Operations that are sampled side by side. */
const NAMED = {
  isInf: hadal.isInf,
  isPosInf: hadal.isPosInf,
  isNegInf: hadal.isNegInf,
  bitwiseAnd: hadal.bitwiseAnd,
  bitwiseOr: hadal.bitwiseOr,
  bitwiseXor: hadal.bitwiseXor,
  leftShift: hadal.leftShift,
  rightShift: hadal.rightShift,
  gcd: hadal.gcd,
  lcm: hadal.lcm,
  fmax: hadal.fmax,
  fmin: hadal.fmin,
};

const rounding: readonly Sample[] = [
  ...unarySamples('trunc', hadal.trunc, { ...exact, dtypes: ['float32', 'int32'] }),
  sample('trunc', 'of float64', [input([2, 15], 'float64', 'special')], hadal.trunc, exact),
  ...floatSamples('frac', hadal.frac, { ...exact, derivatives: 1 }),
  ...binarySamples('fmod', hadal.fmod, { ...exact, dtypes: ['int32', 'uint8'] }),
  sample(
    'fmod',
    'of float32 away from whole quotients',
    [input([40]), input([40], 'float32', 'away')],
    (a, b) => hadal.fmod(add(mul(hadal.round(mul(a, 5)), b), mul(b, 0.4)), b),
    { tolerance: 'contraction', viewed: true },
  ),
  sample(
    'fmod',
    'with gradients to both',
    [input([9], 'float32', 'inner'), input([9], 'float32', 'inner')],
    (a, b) => hadal.fmod(add(a, 5), add(b, 3)),
    { tolerance: 'arithmetic', derivatives: 1 },
  ),
  sample(
    'fmod',
    'of zeros and infinities',
    [input([3], 'int32')],
    (x) => [hadal.fmod(mul(x, 1.5), Number.POSITIVE_INFINITY), hadal.fmod(mul(x, 1.5), 0), hadal.fmod(x, 0)],
    exact,
  ),
];

const predicates: readonly Sample[] = [
  ...binarySamples('logicalXor', hadal.logicalXor, { ...exact, dtypes: ['bool', 'int32'] }),
  ...(['isInf', 'isPosInf', 'isNegInf'] as const).flatMap((operation) =>
    unarySamples(operation, NAMED[operation], { ...exact, dtypes: ['float32', 'float64', 'int32'] }),
  ),
  ...binarySamples('isClose', hadal.isClose, { ...exact, dtypes: ['float32', 'int32'] }),
  sample(
    'isClose',
    'with a tolerance and equal NaN',
    [input([15, 1], 'float32', 'special'), input([15], 'float32', 'special')],
    (a, b) => [
      hadal.isClose(a, b, { rtol: 0.1, atol: 0.6, equalNaN: true }),
      hadal.isClose(a, add(a, 1e-3), { atol: 1e-2 }),
    ],
    exact,
  ),
  ...(['float32', 'int32', 'bool'] as const).flatMap((dtype) =>
    (
      [
        [3, 5],
        [0, 2],
        [33, 257],
      ] as const
    ).map((shape) =>
      sample(
        'allClose',
        `of [${shape.join(', ')}] ${dtype} with itself and with others`,
        [input(shape, dtype), input(shape, dtype)],
        (a, b) => [hadal.allClose(a, a), hadal.allClose(a, b), hadal.allClose(a, b, { atol: 1000 })],
        { ...exact, viewed: shape[0] === 3 },
      ),
    ),
  ),
  ...(['float32', 'int32', 'bool'] as const).map((dtype) =>
    sample(
      'arrayEqual',
      `of [3, 5] ${dtype} with itself, with others and with less`,
      [input([3, 5], dtype), input([3, 5], dtype)],
      (a, b) => [hadal.arrayEqual(a, a), hadal.arrayEqual(a, b), hadal.arrayEqual(a, hadal.flatten(a))],
      { ...exact, viewed: true },
    ),
  ),
  sample(
    'arrayEqual',
    'with NaN',
    [input([15], 'float32', 'special')],
    (x) => [hadal.arrayEqual(x, x), hadal.arrayEqual(x, x, { equalNaN: true })],
    exact,
  ),
];

const bits: readonly Sample[] = [
  ...(['bitwiseAnd', 'bitwiseOr', 'bitwiseXor'] as const).flatMap((operation) =>
    binarySamples(operation, NAMED[operation], { ...exact, dtypes: wholeOrBool, special: false }),
  ),
  ...unarySamples('bitwiseNot', hadal.bitwiseNot, { ...exact, dtypes: [...wholeOrBool, 'uint32'] }),
  ...(['leftShift', 'rightShift'] as const).flatMap((operation) => [
    ...binarySamples(operation, NAMED[operation], { ...exact, dtypes: ['int32'] }),
    ...(['int32', 'uint8', 'uint32', 'int16'] as const).map((dtype) =>
      sample(
        operation,
        `of ${dtype} by all counts`,
        [
          input([5, 1], dtype, {
            from: dtype.startsWith('u') ? 0 : -30000,
            below: dtype === 'uint8' ? 256 : 30000,
          }),
        ],
        (x) => NAMED[operation](x, hadal.arange(0, 40, 1, { dtype })),
        exact,
      ),
    ),
  ]),
  ...unarySamples('popcount', hadal.popcount, { ...exact, dtypes: WHOLE }),
  ...(['int32', 'uint32', 'int16', 'int8'] as const).map((dtype) =>
    sample(
      'popcount',
      `of large ${dtype}`,
      [
        input(
          [40],
          dtype,
          dtype === 'int8'
            ? { from: -128, below: 128 }
            : dtype === 'uint32'
              ? { from: 0, below: 2 ** 32 }
              : dtype === 'int16'
                ? { from: -(2 ** 15), below: 2 ** 15 }
                : { from: -(2 ** 31), below: 2 ** 31 },
        ),
      ],
      hadal.popcount,
      exact,
    ),
  ),
];

const divisors: readonly Sample[] = (['gcd', 'lcm'] as const).flatMap((operation) => [
  ...(['int32', 'uint8'] as const).map((dtype, index) =>
    sample(
      operation,
      `of [4, 1] and [6] ${dtype}`,
      [input([4, 1], dtype), input([6], dtype)],
      NAMED[operation],
      { ...exact, viewed: index === 0 },
    ),
  ),
  sample(operation, 'of nothing', [input([0, 3], 'int32'), input([3], 'int32')], NAMED[operation], exact),
  sample(
    operation,
    'of large numbers',
    [
      input([3, 7], 'int32', { from: -(2 ** 31), below: 2 ** 31 }),
      input([7], 'int32', { from: 1, below: 2 ** 20 }),
    ],
    NAMED[operation],
    exact,
  ),
  sample(
    operation,
    'of neighbouring Fibonacci numbers, which take longest',
    [
      input([1], 'int32', { from: 1836311903, below: 1836311904 }),
      input([1], 'int32', { from: 1134903170, below: 1134903171 }),
    ],
    NAMED[operation],
    exact,
  ),
]);

const parts: readonly Sample[] = [
  ...unarySamples('signBit', hadal.signBit, { ...exact, dtypes: ['float32', 'float64', 'int32'] }),
  ...floatPairSamples('copySign', hadal.copySign, { ...exact, derivatives: 1, values: 'away' }),
  ...(['float32', 'float64'] as const).map((dtype) =>
    sample(
      'ldexp',
      `of special ${dtype}`,
      [input([15], dtype, 'special'), input([9, 1], 'int32', { from: -150, below: 150 })],
      hadal.ldexp,
      { tolerance: 'arithmetic' },
    ),
  ),
  sample('ldexp', 'of [3, 5]', [input([3, 5]), input([5], 'int32')], hadal.ldexp, {
    ...exact,
    viewed: true,
    derivatives: 2,
  }),
  sample('ldexp', 'of int32 by a number', [input([7], 'int32')], (x) => hadal.ldexp(x, -3), exact),
  sample('ldexp', 'of nothing', [input([0])], (x) => hadal.ldexp(x, 2), exact),
  ...(['float32', 'float64', 'int32'] as const).flatMap((dtype) => [
    sample('frexp', `of [3, 5] ${dtype}`, [input([3, 5], dtype)], hadal.frexp, { ...exact, viewed: true }),
    sample(
      'frexp',
      `of special ${dtype}`,
      [input([15], dtype, dtype === 'int32' ? 'whole' : 'special')],
      hadal.frexp,
      exact,
    ),
  ]),
  sample(
    'frexp',
    'with a gradient',
    [input([9], 'float32', { from: 1, below: 2 })],
    (x) => hadal.frexp(mul(x, 1.3))[0],
    { ...exact, derivatives: 1 },
  ),
  sample('frexp', 'of nothing', [input([0])], hadal.frexp, exact),
  ...binarySamples('nextAfter', hadal.nextAfter, { ...exact, dtypes: ['float32'], special: false }),
  sample(
    'nextAfter',
    'of special numbers',
    [input([15, 1], 'float32', 'special'), input([15], 'float32', 'special')],
    (a, b) => hadal.bitcast(hadal.nanToNum(hadal.nextAfter(a, b), { posInf: 7, negInf: -7 }), 'int32'),
    exact,
  ),
];

const special: readonly Sample[] = [
  ...unarySamples('nanToNum', hadal.nanToNum, {
    ...exact,
    dtypes: ['float32', 'float64', 'int32'],
    derivatives: 1,
  }),
  sample(
    'nanToNum',
    'with other values',
    [input([30], 'float32', 'special')],
    (x) => hadal.nanToNum(x, { nan: 3, posInf: 4, negInf: -5 }),
    exact,
  ),
  ...floatPairSamples('heaviside', hadal.heaviside, { ...exact, values: 'away', derivatives: 1 }),
  ...(['fmax', 'fmin'] as const).flatMap((operation) =>
    binarySamples(operation, NAMED[operation], { ...exact, dtypes: ['float32', 'int32'], derivatives: 1 }),
  ),
  ...floatPairSamples('divNoNan', hadal.divNoNan, {
    tolerance: 'arithmetic',
    values: 'away',
    derivatives: 2,
    special: false,
  }),
  sample(
    'divNoNan',
    'of zeros',
    [input([7], 'int32'), input([7], 'int32', { from: -1, below: 2 })],
    hadal.divNoNan,
    { tolerance: 'arithmetic' },
  ),
  ...floatSamples('step', (x) => hadal.step(x, 0.25), { ...exact, values: 'away', derivatives: 1 }),
  ...floatSamples('threshold', (x) => hadal.threshold(x, 0.1, 2), {
    ...exact,
    values: 'away',
    derivatives: 1,
  }),
];

/** Several tensors of one shape. */
const several = (count: number, shape: readonly number[], dtype: DType = 'float32') =>
  Array.from({ length: count }, () => input(shape, dtype));

const combining: readonly Sample[] = [
  ...binarySamples('squaredDifference', hadal.squaredDifference, {
    tolerance: 'arithmetic',
    derivatives: 2,
    dtypes: ['float32', 'int32'],
  }),
  sample('addN', 'of 4 [3, 5]', several(4, [3, 5]), (...xs) => hadal.addN(xs), {
    tolerance: 'arithmetic',
    derivatives: 2,
    viewed: true,
  }),
  sample('addN', 'of one', several(1, [7]), (...xs) => hadal.addN(xs), exact),
  sample('addN', 'of 3 [33, 257] int32', several(3, [33, 257], 'int32'), (...xs) => hadal.addN(xs), exact),
  sample('addN', 'of 3 scalars bool', several(3, [], 'bool'), (...xs) => hadal.addN(xs), exact),
  sample('addN', 'of nothing twice', several(2, [0, 3]), (...xs) => hadal.addN(xs), exact),
  ...floatPairSamples('lerp', (a, b) => hadal.lerp(a, b, 0.3), {
    tolerance: 'arithmetic',
    derivatives: 2,
    special: false,
  }),
  sample('lerp', 'by a tensor', [input([3, 1]), input([4]), input([3, 4], 'float32', 'inner')], hadal.lerp, {
    tolerance: 'arithmetic',
    derivatives: 2,
    viewed: true,
  }),
  ...([undefined, 0, -1, [0, 2]] as const).map((axis) =>
    sample(
      'clipByNorm',
      `of [2, 3, 4] over ${axis ?? 'all'}`,
      [input([2, 3, 4])],
      (x) => hadal.clipByNorm(x, 1.5, axis),
      { tolerance: 'reduction', derivatives: 1, viewed: axis === 0 },
    ),
  ),
  sample(
    'clipByNorm',
    'below the limit, and of zeros',
    [input([5])],
    (x) => [hadal.clipByNorm(x, 100), hadal.clipByNorm(mul(x, 0), 0.5)],
    { tolerance: 'reduction', derivatives: 1 },
  ),
  sample('clipByNorm', 'of large numbers', [input([9])], (x) => hadal.clipByNorm(mul(x, 1e30), 2), {
    tolerance: 'reduction',
  }),
  sample(
    'clipByNorm',
    'of nothing, of float64 and of int32',
    [input([0]), input([33, 7], 'float64'), input([5], 'int32')],
    (a, b, c) => [hadal.clipByNorm(a, 1), hadal.clipByNorm(b, 1, 1), hadal.clipByNorm(c, 1)],
    { tolerance: 'reduction' },
  ),
];

export const numbers: OperationFamily = {
  name: 'numbers',
  samples: [...rounding, ...predicates, ...bits, ...divisors, ...parts, ...special, ...combining],
  goldens: numberGoldens,
  errors: numberErrors,
};
