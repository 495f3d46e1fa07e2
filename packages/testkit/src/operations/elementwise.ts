/**
 * Samples of element-wise operations.
 */
import {
  abs,
  add,
  bitcast,
  cast,
  ceil,
  clip,
  cos,
  type DType,
  div,
  equal,
  erf,
  exp,
  expm1,
  floor,
  floorDiv,
  greater,
  greaterEqual,
  isFinite as isFiniteElement,
  isNaN as isNaNElement,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  minimum,
  mod,
  mul,
  neg,
  notEqual,
  pow,
  reciprocal,
  round,
  rsqrt,
  sign,
  sin,
  sqrt,
  square,
  sub,
  tanh,
  tensor,
  where,
} from '@hadal/core';
import { input } from '../inputs';
import { binarySamples, isDifferentiated, type Sample, sample, unarySamples } from '../sample';

const INTEGERS: readonly DType[] = ['int32', 'uint8', 'int8', 'int16', 'uint32', 'int64'];
const FLOATS: readonly DType[] = ['float32', 'float64', 'float16', 'bfloat16'];
const NUMBERS: readonly DType[] = [...FLOATS, ...INTEGERS];
const ALL: readonly DType[] = [...NUMBERS, 'bool'];

const arithmetic: readonly Sample[] = [
  ...binarySamples('add', add, { dtypes: ALL, tolerance: 'arithmetic', derivatives: 2 }),
  ...binarySamples('sub', sub, { dtypes: NUMBERS, tolerance: 'arithmetic', derivatives: 2 }),
  ...binarySamples('mul', mul, { dtypes: NUMBERS, tolerance: 'arithmetic', derivatives: 2 }),
  ...binarySamples('div', div, {
    dtypes: [...FLOATS, 'int32'],
    values: 'away',
    tolerance: 'arithmetic',
    derivatives: 2,
    special: false,
  }),
  ...binarySamples('floorDiv', floorDiv, { dtypes: INTEGERS, tolerance: 'exact' }),
  ...binarySamples('mod', mod, { dtypes: INTEGERS, tolerance: 'exact' }),
  ...binarySamples('pow', pow, {
    dtypes: ['float32', 'float64'],
    values: 'positive',
    tolerance: 'elementary',
    derivatives: 2,
    special: false,
  }),
  ...binarySamples('maximum', maximum, { dtypes: NUMBERS, tolerance: 'exact', derivatives: 1 }),
  ...binarySamples('minimum', minimum, { dtypes: NUMBERS, tolerance: 'exact', derivatives: 1 }),
  ...unarySamples('neg', neg, { dtypes: NUMBERS, tolerance: 'exact', derivatives: 2 }),
  ...unarySamples('abs', abs, { dtypes: NUMBERS, values: 'away', tolerance: 'exact', derivatives: 1 }),
  ...unarySamples('sign', sign, { dtypes: NUMBERS, values: 'away', tolerance: 'exact' }),
  ...unarySamples('square', square, { dtypes: NUMBERS, tolerance: 'arithmetic', derivatives: 2 }),
  ...unarySamples('reciprocal', reciprocal, {
    dtypes: FLOATS,
    values: 'away',
    tolerance: 'arithmetic',
    derivatives: 2,
  }),
  ...unarySamples('clip', (x) => clip(x, -0.5, 0.75), { tolerance: 'exact', derivatives: 1 }),
  sample(
    'floorDiv',
    'of float32 away from whole quotients',
    [input([40]), input([40], 'float32', 'away')],
    (a, b) => floorDiv(add(mul(round(mul(a, 5)), b), mul(b, 0.4)), b),
    { tolerance: 'exact', viewed: true },
  ),
  sample(
    'mod',
    'of float32 away from whole quotients',
    [input([40]), input([40], 'float32', 'away')],
    (a, b) => mod(add(mul(round(mul(a, 5)), b), mul(b, 0.4)), b),
    { tolerance: 'contraction', viewed: true },
  ),
  ...[2, 3, -1, -2, 0.5, 1.5, 0, 7].map((exponent) =>
    sample('pow', `to ${exponent}`, [input([3, 5], 'float32', 'positive')], (x) => pow(x, exponent), {
      tolerance: 'elementary',
      derivatives: 2,
    }),
  ),
  sample(
    'pow',
    'of negative numbers to whole powers',
    [input([9])],
    (x) => [pow(x, 2), pow(x, 3), pow(x, 5)],
    {
      tolerance: 'elementary',
    },
  ),
  sample('pow', 'of int32 to 3', [input([9], 'int32')], (x) => pow(x, 3), { tolerance: 'exact' }),
  sample(
    'add',
    'of a tensor and plain numbers',
    [input([5])],
    (x) => [add(x, 3.25), sub(1, x), mul(0.1, x), div(7, x)],
    {
      tolerance: 'arithmetic',
    },
  ),
  sample('add', 'of int32 that overflows', [input([5], 'int32')], (x) => add(x, 2147483647), {
    tolerance: 'exact',
  }),
  sample('mul', 'of int32 that overflows', [input([5], 'int32')], (x) => mul(x, 1234567891), {
    tolerance: 'exact',
  }),
];

const elementary: readonly Sample[] = [
  ...unarySamples('exp', exp, { dtypes: FLOATS, tolerance: 'elementary', derivatives: 2 }),
  ...unarySamples('expm1', expm1, { tolerance: 'elementary', derivatives: 2 }),
  ...unarySamples('log', log, {
    dtypes: FLOATS,
    values: 'positive',
    tolerance: 'elementary',
    derivatives: 2,
  }),
  ...unarySamples('log1p', log1p, { values: 'inner', tolerance: 'elementary', derivatives: 2 }),
  ...unarySamples('sqrt', sqrt, {
    dtypes: FLOATS,
    values: 'positive',
    tolerance: 'arithmetic',
    derivatives: 2,
  }),
  ...unarySamples('rsqrt', rsqrt, { values: 'positive', tolerance: 'arithmetic', derivatives: 2 }),
  ...unarySamples('sin', sin, { dtypes: FLOATS, tolerance: 'elementary', derivatives: 2, special: false }),
  ...unarySamples('cos', cos, { tolerance: 'elementary', derivatives: 2, special: false }),
  ...unarySamples('tanh', tanh, { dtypes: FLOATS, tolerance: 'elementary', derivatives: 2 }),
  ...unarySamples('erf', erf, { dtypes: FLOATS, tolerance: 'elementary', derivatives: 2 }),
  ...unarySamples('floor', floor, { dtypes: FLOATS, tolerance: 'exact' }),
  ...unarySamples('ceil', ceil, { dtypes: FLOATS, tolerance: 'exact' }),
  ...unarySamples('round', round, { dtypes: FLOATS, tolerance: 'exact' }),
  sample('round', 'of halves', [input([11], 'int32')], (x) => round(mul(cast(x, 'float32'), 0.5)), {
    tolerance: 'exact',
  }),
  sample('exp', 'of large arguments', [input([40])], (x) => exp(mul(x, 30)), { tolerance: 'elementary' }),
  sample(
    'tanh',
    'of tiny and large arguments',
    [input([40])],
    (x) => [tanh(mul(x, 1e-4)), tanh(mul(x, 30))],
    {
      tolerance: 'elementary',
    },
  ),
  sample('expm1', 'of tiny arguments', [input([40])], (x) => expm1(mul(x, 1e-4)), {
    tolerance: 'elementary',
  }),
  sample('log1p', 'of tiny arguments', [input([40])], (x) => log1p(mul(x, 1e-4)), {
    tolerance: 'elementary',
  }),
  sample('sin', 'of arguments of some hundreds', [input([40])], (x) => [sin(mul(x, 200)), cos(mul(x, 200))], {
    tolerance: 'elementary',
  }),
];

const logic: readonly Sample[] = [
  ...binarySamples('equal', equal, { dtypes: ALL, values: { from: -2, below: 3 }, tolerance: 'exact' }),
  ...binarySamples('notEqual', notEqual, { dtypes: ALL, values: { from: -2, below: 3 }, tolerance: 'exact' }),
  ...binarySamples('less', less, { dtypes: NUMBERS, values: { from: -2, below: 3 }, tolerance: 'exact' }),
  ...binarySamples('lessEqual', lessEqual, {
    dtypes: NUMBERS,
    values: { from: -2, below: 3 },
    tolerance: 'exact',
  }),
  ...binarySamples('greater', greater, {
    dtypes: NUMBERS,
    values: { from: -2, below: 3 },
    tolerance: 'exact',
  }),
  ...binarySamples('greaterEqual', greaterEqual, {
    dtypes: NUMBERS,
    values: { from: -2, below: 3 },
    tolerance: 'exact',
  }),
  ...binarySamples('logicalAnd', logicalAnd, { dtypes: ['bool'], tolerance: 'exact' }),
  ...binarySamples('logicalOr', logicalOr, { dtypes: ['bool'], tolerance: 'exact' }),
  ...unarySamples('logicalNot', logicalNot, { dtypes: ['bool'], tolerance: 'exact' }),
  ...unarySamples('isNaN', isNaNElement, { dtypes: FLOATS, tolerance: 'exact' }),
  ...unarySamples('isFinite', isFiniteElement, { dtypes: FLOATS, tolerance: 'exact' }),
  ...NUMBERS.map((dtype) =>
    sample(
      'where',
      `of ${dtype} with broadcasting`,
      [input([2, 1, 3], 'bool'), input([4, 1], dtype), input([3], dtype)],
      (condition, a, b) => where(condition, a, b),
      { tolerance: 'exact', viewed: true, derivatives: isDifferentiated(dtype) ? 1 : 0 },
    ),
  ),
  sample('where', 'of nothing', [input([0], 'bool'), input([0]), input([0])], where, { tolerance: 'exact' }),
];

const conversion: readonly Sample[] = [
  ...ALL.flatMap((from) =>
    ALL.map((to) =>
      sample('cast', `from ${from} to ${to}`, [input([3, 7], from)], (x) => cast(x, to), {
        tolerance: 'exact',
        viewed: from === 'float32' || to === 'int32',
      }),
    ),
  ),
  ...ALL.filter((dtype) => dtype !== 'bool').map((to) =>
    sample(
      'cast',
      `from float32 of every size to ${to}`,
      [input([60], 'float32', 'away'), input([60], 'int32', { from: -20, below: 40 })],
      (x, exponents) => cast(mul(x, pow(tensor(2), exponents)), to),
      { tolerance: 'exact', viewed: true },
    ),
  ),
  ...(['float16', 'bfloat16'] as const).map((to) =>
    sample(
      'cast',
      `from float32 around the least normal and subnormal numbers to ${to}`,
      [input([60], 'float32', 'away'), input([60], 'int32', { from: 0, below: 14 })],
      (x, exponents) => cast(mul(x, pow(tensor(2), sub(neg(exponents), to === 'float16' ? 12 : 112))), to),
      { tolerance: 'exact' },
    ),
  ),
  sample(
    'cast',
    'of integers that lie between half floats',
    [input([60], 'int32', { from: -9000, below: 9000 })],
    (x) => [cast(x, 'float16'), cast(x, 'bfloat16'), cast(x, 'int8'), cast(x, 'int16'), cast(x, 'uint32')],
    { tolerance: 'exact' },
  ),
  sample(
    'cast',
    'of uint32 of every size',
    [input([60], 'uint32')],
    (x) => [cast(x, 'float32'), cast(x, 'int32'), cast(x, 'uint8'), cast(x, 'float16'), cast(x, 'bool')],
    { tolerance: 'exact' },
  ),
  ...ALL.map((to) =>
    sample('cast', `from special float32 to ${to}`, [input([15], 'float32', 'special')], (x) => cast(x, to), {
      tolerance: 'exact',
    }),
  ),
  sample('cast', 'from int32 outside of uint8', [input([9], 'int32')], (x) => cast(mul(x, 100), 'uint8'), {
    tolerance: 'exact',
  }),
  sample('cast', 'with a gradient', [input([5])], (x) => mul(cast(x, 'float32'), x), {
    tolerance: 'arithmetic',
    derivatives: 2,
  }),
  sample('bitcast', 'of float32', [input([15], 'float32', 'away')], (x) => bitcast(x, 'int32'), {
    tolerance: 'exact',
    viewed: true,
  }),
  sample(
    'bitcast',
    'of int32',
    [input([15], 'int32', { from: 0x3f800000, below: 0x40000000 })],
    (x) => bitcast(x, 'float32'),
    {
      tolerance: 'exact',
      viewed: true,
    },
  ),
];

export const elementwiseSamples: readonly Sample[] = [...arithmetic, ...elementary, ...logic, ...conversion];
