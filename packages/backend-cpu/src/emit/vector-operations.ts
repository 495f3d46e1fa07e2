/**
 * Every scalar operation of the kernel form on four lanes.
 *
 * Comparisons give masks; logical operations on masks stay masks. Operations on i32 that the instruction set lacks go
 * through float64, which holds every int32 exactly, or lane by lane.
 */
import { DeviceError } from '@hadal/core';
import type { ScalarOp } from '@hadal/core/backend';
import { known } from '../known';
import { LaneOp, Op } from '../wasm/index';
import type { Expression, Expressions } from './expressions';
import { DOUBLE_ROUNDING_SHIFT, demote, lowWords, promote, promoteIntegers } from './math/double';
import { exp, exp2 } from './math/exponential';
import { erf, tanh } from './math/hyperbolic';
import { log, log2 } from './math/logarithm';
import { pow } from './math/power';
import { cos, sin } from './math/trigonometric';
import { type Lane, pushLane, pushMask, pushVector, type Value } from './value';

const UNARY_F32: Partial<Record<ScalarOp, (e: Expressions, x: Expression) => Expression>> = {
  exp2,
  log2,
  exp,
  log,
  sin,
  cos,
  tanh,
  erf,
  sqrt: (e, x) => e.op(Op.f32x4_sqrt, x),
  recip: (e, x) => e.div(e.f32(1), x),
  rsqrt: (e, x) => e.div(e.f32(1), e.op(Op.f32x4_sqrt, x)),
  neg: (e, x) => e.op(Op.f32x4_neg, x),
  abs: (e, x) => e.op(Op.f32x4_abs, x),
  floor: (e, x) => e.op(Op.f32x4_floor, x),
  ceil: (e, x) => e.op(Op.f32x4_ceil, x),
  round: (e, x) => e.op(Op.f32x4_nearest, x),
  sign: (e, x) => {
    const negative = e.select(e.op(Op.f32x4_lt, x, e.f32(0)), e.f32(-1), x);
    return e.select(e.op(Op.f32x4_gt, x, e.f32(0)), e.f32(1), e.keep(negative));
  },
};

const UNARY_I32: Partial<Record<ScalarOp, (e: Expressions, x: Expression) => Expression>> = {
  neg: (e, x) => e.op(Op.i32x4_neg, x),
  abs: (e, x) => e.op(Op.i32x4_abs, x),
  sign: (e, x) => e.op(Op.i32x4_min_s, e.op(Op.i32x4_max_s, x, e.i32(-1)), e.i32(1)),
  floor: (_, x) => x,
  ceil: (_, x) => x,
  round: (_, x) => x,
};

const BINARY_F32: Partial<Record<ScalarOp, Op>> = {
  add: Op.f32x4_add,
  sub: Op.f32x4_sub,
  mul: Op.f32x4_mul,
  div: Op.f32x4_div,
  max: Op.f32x4_max,
  min: Op.f32x4_min,
};

const BINARY_I32: Partial<Record<ScalarOp, Op>> = {
  add: Op.i32x4_add,
  sub: Op.i32x4_sub,
  mul: Op.i32x4_mul,
  max: Op.i32x4_max_s,
  min: Op.i32x4_min_s,
};

const LOGICAL: Partial<Record<ScalarOp, Op>> = { and: Op.v128_and, or: Op.v128_or, xor: Op.v128_xor };

const COMPARE: Partial<Record<ScalarOp, Readonly<Record<Lane, Op>>>> = {
  lt: { f32: Op.f32x4_lt, i32: Op.i32x4_lt_s },
  le: { f32: Op.f32x4_le, i32: Op.i32x4_le_s },
  eq: { f32: Op.f32x4_eq, i32: Op.i32x4_eq },
  ne: { f32: Op.f32x4_ne, i32: Op.i32x4_ne },
};

/** What an operation pushed: lanes of the instruction's type, or a mask. */
export type Pushed = 'vector' | 'mask';

/** Pushes the result of `op` on four lanes. */
export function pushVectorOperation(
  e: Expressions,
  op: ScalarOp,
  type: Lane,
  from: Lane,
  operands: readonly Value[],
): Pushed {
  const value = (position: number): Value => known(operands[position], `operand ${position} of ${op}`);
  const wide =
    (position: number): Expression =>
    () =>
      pushVector(e.code, value(position));
  const compare = COMPARE[op];
  if (compare !== undefined) {
    e.op(compare[from], wide(0), wide(1))();
    return 'mask';
  }
  const logical = LOGICAL[op];
  if (logical !== undefined) return pushLogical(e, logical, value(0), value(1));
  if (op === 'select') {
    pushSelect(e, value(0), value(1), value(2));
    return 'vector';
  }
  const binary = (from === 'f32' ? BINARY_F32 : BINARY_I32)[op];
  const unary = (from === 'f32' ? UNARY_F32 : UNARY_I32)[op];
  if (from === 'f32' && (op === 'max' || op === 'min') && pushSimpleExtreme(e, op, value(0), value(1))) {
    return 'vector';
  }
  if (binary !== undefined) e.op(binary, wide(0), wide(1))();
  else if (unary !== undefined) unary(e, wide(0))();
  else pushSpecial(e, op, type, from, [wide(0), wide(1), wide(2)], operands);
  return 'vector';
}

/** Logical operations of two masks give a mask; a lone mask next to integers becomes 0 and 1 first. */
function pushLogical(e: Expressions, op: Op, a: Value, b: Value): Pushed {
  if (a.kind === 'mask' && b.kind === 'mask') {
    e.code.get(a.local).get(b.local).op(op);
    return 'mask';
  }
  pushVector(e.code, a);
  pushVector(e.code, b);
  e.code.op(op);
  return 'vector';
}

const isZero = (value: Value): boolean => value.kind === 'constant' && Object.is(value.value, 0);

/** `and` suffices where one side is 0. */
function pushSelect(e: Expressions, condition: Value, whenTrue: Value, whenFalse: Value): void {
  const { code } = e;
  if (isZero(whenFalse)) {
    pushVector(code, whenTrue);
    pushMask(code, condition);
    code.op(Op.v128_and);
  } else if (isZero(whenTrue)) {
    pushVector(code, whenFalse);
    pushMask(code, condition);
    code.op(Op.v128_andnot);
  } else {
    pushVector(code, whenTrue);
    pushVector(code, whenFalse);
    pushMask(code, condition);
    code.op(Op.v128_bitselect);
  }
}

/** Against a constant that is no NaN, one compare-and-pick instruction keeps the other operand's NaN. */
function pushSimpleExtreme(e: Expressions, op: 'max' | 'min', a: Value, b: Value): boolean {
  const isPlain = (value: Value): boolean => value.kind === 'constant' && !Number.isNaN(value.value);
  const [first, second] = isPlain(b) ? [a, b] : [b, a];
  if (!isPlain(second)) return false;
  pushVector(e.code, first);
  pushVector(e.code, second);
  e.code.op(op === 'max' ? Op.f32x4_pmax : Op.f32x4_pmin);
  return true;
}

function pushSpecial(
  e: Expressions,
  op: ScalarOp,
  type: Lane,
  from: Lane,
  [a, b, c]: readonly [Expression, Expression, Expression],
  operands: readonly Value[],
): void {
  const isFloat = from === 'f32';
  const shift = powerOfTwo(operands[1]);
  switch (op) {
    case 'convert':
      if (type === from) a();
      else e.op(isFloat ? Op.i32x4_trunc_sat_f32x4_s : Op.f32x4_convert_i32x4_s, a)();
      return;
    case 'bitcast':
      a();
      return;
    case 'fma':
      if (isFloat) e.fma(a, b, c)();
      else e.op(Op.i32x4_add, e.op(Op.i32x4_mul, a, b), c)();
      return;
    case 'idiv':
    case 'div':
      if (isFloat) floatQuotient(e, a, b)();
      else if (shift !== undefined) e.shiftRight(a, shift)();
      else integerQuotient(e, a, b)();
      return;
    case 'mod':
      if (isFloat) floatRemainder(e, a, b)();
      else if (shift !== undefined) e.and(a, e.i32(2 ** shift - 1))();
      else integerRemainder(e, a, b)();
      return;
    case 'pow':
      if (isFloat) pow(e, a, b)();
      else integerPower(e, a, b)();
      return;
    case 'shl':
    case 'shr':
      pushShift(e, op, operands);
      return;
  }
  throw new DeviceError('cpu', `the operation ${op} does not exist on ${from}.`);
}

/** k for the constant integer 2^k. */
export function powerOfTwo(value: Value | undefined): number | undefined {
  if (value?.kind !== 'constant' || value.type !== 'i32' || value.value <= 0) return undefined;
  const exponent = 31 - Math.clz32(value.value);
  return 2 ** exponent === value.value ? exponent : undefined;
}

/** ⌊a / b⌋, 0 where b is 0: exact, since quotients of int32 differ from integers by more than float64 rounds. */
function integerQuotient(e: Expressions, a: Expression, b: Expression): Expression {
  const [aLow, aHigh] = promoteIntegers(e, a);
  const [bLow, bHigh] = promoteIntegers(e, b);
  const half = (x: Expression, y: Expression): Expression =>
    e.op(Op.f64x2_add, e.op(Op.f64x2_floor, e.op(Op.f64x2_div, x, y)), e.f64(DOUBLE_ROUNDING_SHIFT));
  const quotient = lowWords(e, half(aLow, bLow), half(aHigh, bHigh));
  return e.op(Op.v128_andnot, quotient, e.op(Op.i32x4_eq, b, e.i32(0)));
}

function integerRemainder(e: Expressions, a: Expression, b: Expression): Expression {
  const quotient = e.keep(integerQuotient(e, a, b));
  const remainder = e.op(Op.i32x4_sub, a, e.op(Op.i32x4_mul, quotient, b));
  return e.op(Op.v128_andnot, remainder, e.op(Op.i32x4_eq, b, e.i32(0)));
}

/** ⌊a / b⌋ in float64, where the quotient of two floats that is no integer is not rounded to one. */
function floatQuotient(e: Expressions, a: Expression, b: Expression): Expression {
  const as = promote(e, a);
  const bs = promote(e, b);
  const half = (index: 0 | 1): Expression => e.op(Op.f64x2_floor, e.op(Op.f64x2_div, as[index], bs[index]));
  return demote(e, half(0), half(1));
}

/**
 * a - ⌊a / b⌋ · b in float64; b is added once more where the quotient was rounded up to an integer. Exact while the
 * quotient is below 2^29. By an infinite b: a itself, or b when the signs differ.
 */
function floatRemainder(e: Expressions, a: Expression, b: Expression): Expression {
  const as = promote(e, a);
  const bs = promote(e, b);
  const zero = e.f64(0);
  const half = (index: 0 | 1): Expression => {
    const dividend = e.keep(as[index]);
    const divisor = e.keep(bs[index]);
    const product = (x: Expression, y: Expression): Expression => e.op(Op.f64x2_mul, x, y);
    const difference = (x: Expression, y: Expression): Expression => e.op(Op.f64x2_sub, x, y);
    const quotient = e.op(Op.f64x2_floor, e.op(Op.f64x2_div, dividend, divisor));
    const plain = e.keep(difference(dividend, product(quotient, divisor)));
    const outside = e.op(Op.f64x2_lt, product(plain, divisor), zero);
    const finite = e.keep(e.op(Op.f64x2_add, plain, e.and(outside, divisor)));
    const differ = e.op(Op.f64x2_lt, product(dividend, divisor), zero);
    const nearest = e.select(differ, divisor, dividend);
    const unbounded = e.keep(e.op(Op.f64x2_add, nearest, difference(dividend, dividend)));
    const isInfinite = e.op(Op.f64x2_eq, e.op(Op.f64x2_abs, divisor), e.f64(Number.POSITIVE_INFINITY));
    return e.select(isInfinite, unbounded, finite);
  };
  return demote(e, half(0), half(1));
}

/** By squaring, with wrapping products; the truncated reciprocal for negative exponents. */
function integerPower(e: Expressions, base: Expression, exponent: Expression): Expression {
  const { code } = e;
  const result = code.local('v128');
  const factor = code.local('v128');
  const left = code.local('v128');
  const negative = e.keep(e.op(Op.i32x4_lt_s, exponent, e.i32(0)));
  const isUnit = e.op(Op.i32x4_eq, e.op(Op.i32x4_abs, base), e.i32(1));
  e.i32(1)();
  code.set(result);
  base();
  code.set(factor);
  e.op(Op.v128_andnot, exponent, e.op(Op.v128_andnot, negative, e.keep(isUnit)))();
  code.set(left);
  code.block((leave) => {
    code.loop((repeat) => {
      code.get(left).op(Op.v128_any_true).op(Op.i32_eqz).brIf(leave);
      const isOdd = e.op(Op.i32x4_ne, e.and(e.local(left), e.i32(1)), e.i32(0));
      e.select(isOdd, e.op(Op.i32x4_mul, e.local(result), e.local(factor)), e.local(result))();
      code.set(result);
      code.get(factor).get(factor).op(Op.i32x4_mul).set(factor);
      code.get(left).i32(1).op(Op.i32x4_shr_u).set(left);
      code.br(repeat);
    });
  });
  const kept = e.keep(e.local(result));
  for (const local of [result, factor, left]) code.release(local);
  return e.op(Op.v128_andnot, kept, e.op(Op.v128_andnot, negative, e.keep(isUnit)));
}

/** One instruction where all lanes shift alike, else lane by lane. */
function pushShift(e: Expressions, op: 'shl' | 'shr', operands: readonly Value[]): void {
  const { code } = e;
  const value = known(operands[0], op);
  const count = known(operands[1], op);
  if (count.kind === 'constant' || count.kind === 'scalar') {
    pushVector(code, value);
    pushLane(code, count, 0);
    code.op(op === 'shl' ? Op.i32x4_shl : Op.i32x4_shr_s);
    return;
  }
  pushVector(code, value);
  for (let lane = 0; lane < 4; lane++) {
    pushLane(code, value, lane);
    pushLane(code, count, lane);
    code.op(op === 'shl' ? Op.i32_shl : Op.i32_shr_s).lane(LaneOp.i32x4_replace_lane, lane);
  }
}
