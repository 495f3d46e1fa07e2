/**
 * What the golden values of the family `numbers` are compared with.
 */
import * as hadal from '@hadal/core';
import { scalar, type Tensor } from '@hadal/core';
import type { GoldenUse } from './family';

const one =
  (f: (x: Tensor) => ReturnType<GoldenUse>): GoldenUse =>
  (x = scalar(0)) =>
    f(x);
const two =
  (f: (a: Tensor, b: Tensor) => Tensor): GoldenUse =>
  (a = scalar(0), b = scalar(0)) =>
    f(a, b);

export const numberGoldens: Readonly<Record<string, GoldenUse>> = {
  trunc: one(hadal.trunc),
  'trunc special': one(hadal.trunc),
  frac: one(hadal.frac),
  'frac special': one(hadal.frac),
  fmod: two(hadal.fmod),
  'fmod float': two(hadal.fmod),
  logicalXor: two(hadal.logicalXor),
  'logicalXor int32': two(hadal.logicalXor),
  ...Object.fromEntries(
    Object.entries({
      isInf: hadal.isInf,
      isPosInf: hadal.isPosInf,
      isNegInf: hadal.isNegInf,
      signBit: hadal.signBit,
    }).flatMap(([name, f]) => [
      [name, one(f)],
      [`${name} int32`, one(f)],
    ]),
  ),
  isClose: two(hadal.isClose),
  'isClose special': two((a, b) => hadal.isClose(a, b, { rtol: 0.1, equalNaN: true })),
  allClose: two(hadal.allClose),
  'allClose not': two((a, b) => hadal.allClose(a, b, { atol: 0 })),
  arrayEqual: two(hadal.arrayEqual),
  'arrayEqual shapes': two(hadal.arrayEqual),
  ...Object.fromEntries(
    Object.entries({
      bitwiseAnd: hadal.bitwiseAnd,
      bitwiseOr: hadal.bitwiseOr,
      bitwiseXor: hadal.bitwiseXor,
    }).flatMap(([name, f]) => [
      [name, two(f)],
      [`${name} uint8`, two(f)],
    ]),
  ),
  bitwiseNot: one(hadal.bitwiseNot),
  'bitwiseNot uint8': one(hadal.bitwiseNot),
  leftShift: two(hadal.leftShift),
  'leftShift uint8': two(hadal.leftShift),
  rightShift: two(hadal.rightShift),
  'rightShift uint8': two(hadal.rightShift),
  popcount: one(hadal.popcount),
  'popcount uint8': one(hadal.popcount),
  gcd: two(hadal.gcd),
  'gcd uint8': two(hadal.gcd),
  lcm: two(hadal.lcm),
  'lcm uint8': two(hadal.lcm),
  copySign: two(hadal.copySign),
  'copySign special': two(hadal.copySign),
  ldexp: two(hadal.ldexp),
  'ldexp special': two(hadal.ldexp),
  frexp: one(hadal.frexp),
  'frexp special': one(hadal.frexp),
  nextAfter: two(hadal.nextAfter),
  'nextAfter bits': two((a, b) => hadal.bitcast(hadal.nextAfter(a, b), 'int32')),
  nanToNum: one(hadal.nanToNum),
  'nanToNum values': one((x) => hadal.nanToNum(x, { nan: 1, posInf: 2, negInf: 3 })),
  heaviside: two(hadal.heaviside),
  'heaviside special': two(hadal.heaviside),
  fmax: two(hadal.fmax),
  'fmax special': two(hadal.fmax),
  fmin: two(hadal.fmin),
  'fmin special': two(hadal.fmin),
  divNoNan: two(hadal.divNoNan),
  'divNoNan int32': two(hadal.divNoNan),
  step: one((x) => hadal.step(x)),
  'step alpha': one((x) => hadal.step(x, 0.5)),
  threshold: one((x) => hadal.threshold(x, 0.5, -1)),
  'threshold special': one((x) => hadal.threshold(x, 0.5, -1)),
  squaredDifference: two(hadal.squaredDifference),
  'squaredDifference int32': two(hadal.squaredDifference),
  addN: (...xs) => hadal.addN(xs),
  'addN int32': (...xs) => hadal.addN(xs),
  lerp: two((a, b) => hadal.lerp(a, b, 0.7)),
  'lerp weights': (...[a, b, weight]) => hadal.lerp(a ?? 0, b ?? 0, weight ?? 0),
  clipByNorm: one((x) => hadal.clipByNorm(x, 1)),
  'clipByNorm axis': one((x) => hadal.clipByNorm(x, 2, 1)),
};
