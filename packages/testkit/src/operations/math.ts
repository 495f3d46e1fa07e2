/**
 * Elementary and special functions beyond the first ones: logarithms, roots, trigonometry, hyperbolic functions, error
 * and gamma functions.
 */
import * as hadal from '@hadal/core';
import { add, mul, type Tensor } from '@hadal/core';
import { input } from '../inputs';
import { type Sample, sample } from '../sample';
import type { GoldenUse, OperationFamily } from './family';
import { floatPairSamples, floatSamples } from './float-samples';
import { one, two } from './golden-use';
import { refusesLists, refusesPairs } from './wrong-operands';

const tolerance = 'elementary';
const smooth = { tolerance, derivatives: 2 } as const;

/** Functions of one number; the samples say where each is smooth. */
const UNARY = {
  exp2: hadal.exp2,
  log2: hadal.log2,
  log10: hadal.log10,
  cbrt: hadal.cbrt,
  tan: hadal.tan,
  asin: hadal.asin,
  acos: hadal.acos,
  atan: hadal.atan,
  sinc: hadal.sinc,
  deg2rad: hadal.deg2rad,
  rad2deg: hadal.rad2deg,
  sinh: hadal.sinh,
  cosh: hadal.cosh,
  asinh: hadal.asinh,
  acosh: hadal.acosh,
  atanh: hadal.atanh,
  erfc: hadal.erfc,
  erfInv: hadal.erfInv,
  lgamma: hadal.lgamma,
  digamma: hadal.digamma,
  trigamma: hadal.trigamma,
};

/** Functions of two numbers. */
const PAIRS = {
  logAddExp: hadal.logAddExp,
  logAddExp2: hadal.logAddExp2,
  xlogy: hadal.xlogy,
  xlog1py: hadal.xlog1py,
  hypot: hadal.hypot,
  atan2: hadal.atan2,
};

/** A function of arguments that a stretch of the normal distribution misses. */
const stretched = (
  operation: keyof typeof UNARY,
  name: string,
  change: (x: Tensor) => Tensor,
  derivatives: 0 | 2 = 0,
): Sample =>
  sample(operation, name, [input([40])], (x) => UNARY[operation](change(x)), { tolerance, derivatives });

const samples: readonly Sample[] = [
  ...floatSamples('exp2', hadal.exp2, smooth),
  ...floatSamples('log2', hadal.log2, { ...smooth, values: 'positive' }),
  ...floatSamples('log10', hadal.log10, { ...smooth, values: 'positive' }),
  ...floatSamples('cbrt', hadal.cbrt, { ...smooth, values: 'away' }),
  ...floatSamples('tan', hadal.tan, { ...smooth, values: 'inner', special: false }),
  stretched('tan', 'of some turns', (x) => mul(x, 8)),
  ...floatSamples('asin', hadal.asin, { ...smooth, values: 'inner' }),
  ...floatSamples('acos', hadal.acos, { ...smooth, values: 'inner' }),
  ...floatSamples('atan', hadal.atan, smooth),
  stretched('atan', 'of large and tiny arguments', (x) => hadal.concat([mul(x, 1e4), mul(x, 1e-4)])),
  ...floatSamples('sinc', hadal.sinc, smooth),
  stretched('sinc', 'of tiny arguments', (x) => mul(x, 1e-3), 2),
  ...floatSamples('deg2rad', hadal.deg2rad, smooth),
  ...floatSamples('rad2deg', hadal.rad2deg, smooth),
  ...floatSamples('sinh', hadal.sinh, smooth),
  stretched('sinh', 'of large and tiny arguments', (x) => hadal.concat([mul(x, 25), mul(x, 1e-4)])),
  ...floatSamples('cosh', hadal.cosh, smooth),
  ...floatSamples('asinh', hadal.asinh, smooth),
  stretched('asinh', 'of large and tiny arguments', (x) => hadal.concat([mul(x, 1e5), mul(x, 1e-4)])),
  ...floatSamples('acosh', hadal.acosh, { tolerance }),
  stretched('acosh', 'of numbers over 1', (x) => add(hadal.square(x), 1.1), 2),
  ...floatSamples('atanh', hadal.atanh, { ...smooth, values: 'inner' }),
  ...floatSamples('erfc', hadal.erfc, smooth),
  stretched('erfc', 'far out', (x) => mul(x, 5)),
  ...floatSamples('erfInv', hadal.erfInv, { ...smooth, values: 'inner' }),
  // Multiples of a power of two, so that every device is asked for the same numbers.
  sample(
    'erfInv',
    'near a pole',
    [input([40], 'int32', { from: 1, below: 4000 })],
    (x) => hadal.erfInv(hadal.sub(1, mul(x, 2 ** -22))),
    { tolerance },
  ),
  ...floatSamples('lgamma', hadal.lgamma, { ...smooth, values: 'positive', whole: { from: 1, below: 9 } }),
  stretched('lgamma', 'of both signs', (x) => mul(x, 3)),
  ...floatSamples('digamma', hadal.digamma, { ...smooth, values: 'positive', whole: { from: 1, below: 9 } }),
  stretched('digamma', 'of large arguments', (x) => add(hadal.square(mul(x, 2)), 0.6), 2),
  ...floatSamples('trigamma', hadal.trigamma, {
    ...smooth,
    values: 'positive',
    whole: { from: 1, below: 9 },
  }),
  sample(
    'trigamma',
    'between its poles',
    [input([9], 'float32', 'inner')],
    (x) => hadal.trigamma(add(mul(x, 0.4), -2.5)),
    smooth,
  ),
  sample(
    'digamma',
    'between its poles',
    [input([9], 'float32', 'inner')],
    (x) => hadal.digamma(add(mul(x, 0.4), -2.5)),
    smooth,
  ),
  ...floatPairSamples('logAddExp', hadal.logAddExp, smooth),
  ...floatPairSamples('logAddExp2', hadal.logAddExp2, smooth),
  ...floatPairSamples('xlogy', hadal.xlogy, { ...smooth, second: 'positive' }),
  ...floatPairSamples('xlog1py', hadal.xlog1py, { ...smooth, second: 'inner' }),
  ...floatPairSamples('hypot', hadal.hypot, { ...smooth, values: 'away' }),
  ...floatPairSamples('atan2', hadal.atan2, { ...smooth, values: 'away' }),
];

/** Each function on ordinary arguments, and on special ones. */
const goldens: Readonly<Record<string, GoldenUse>> = Object.fromEntries([
  ...Object.entries(UNARY).flatMap(([name, f]) => [
    [name, one(f)],
    [`${name} special`, one(f)],
  ]),
  ...Object.entries(PAIRS).flatMap(([name, f]) => [
    [name, two(f)],
    [`${name} special`, two(f)],
  ]),
]);

export const math: OperationFamily = {
  name: 'math',
  samples,
  goldens,
  errors: [...refusesLists(UNARY), ...refusesPairs(PAIRS)],
};
