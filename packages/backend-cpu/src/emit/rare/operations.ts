/**
 * The operations that few kernels use, in a module that is loaded with the first kernel that has one (see ../rare.ts):
 * functions beyond the exponential, and what the instruction set lacks on i32, which goes through float64 (it holds
 * every int32 exactly) or lane by lane.
 */
import type { ScalarOp } from '@hadal/core/backend';
import { known } from '../../known';
import { LaneOp, Op } from '../../wasm/index';
import type { Expression, Expressions } from '../expressions';
import type { Pushed, RareOperation } from '../rare';
import { powerOfTwo, pushLane, pushVector, type Value } from '../value';
import { pushLogical, pushSelect } from './choices';
import { DOUBLE_ROUNDING_SHIFT, demote, lowWords, promote, promoteIntegers } from './double';
import { erf, tanh } from './hyperbolic';
import { log, log2 } from './logarithm';
import { pow } from './power';
import { cos, sin } from './trigonometric';

const UNARY: Partial<Record<ScalarOp, (e: Expressions, x: Expression) => Expression>> = {
  log2,
  log,
  sin,
  cos,
  tanh,
  erf,
  sign: (e, x) => {
    const negative = e.select(e.op(Op.f32x4_lt, x, e.f32(0)), e.f32(-1), x);
    return e.select(e.op(Op.f32x4_gt, x, e.f32(0)), e.f32(1), e.keep(negative));
  },
};

const LOGICAL: Partial<Record<ScalarOp, Op>> = { and: Op.v128_and, or: Op.v128_or, xor: Op.v128_xor };

/** Pushes the result of `op` on four lanes of f32 or i32. */
export function pushRareOperation(e: Expressions, operation: RareOperation): Pushed {
  const { op, operands } = operation;
  const value = (position: number): Value => known(operands[position], `operand ${position} of ${op}`);
  const logical = LOGICAL[op];
  if (logical !== undefined) return pushLogical(e, logical, value(0), value(1));
  if (op === 'select') pushSelect(e, value(0), value(1), value(2));
  else pushArithmetic(e, operation);
  return 'vector';
}

function pushArithmetic(e: Expressions, { op, from, operands }: RareOperation): void {
  const isFloat = from === 'f32';
  const operand = (position: number): Expression => {
    const value = known(operands[position], `operand ${position} of ${op}`);
    return () => pushVector(e.code, value);
  };
  const a = operand(0);
  const unary = isFloat ? UNARY[op] : undefined;
  if (unary !== undefined) {
    unary(e, a)();
    return;
  }
  if (op === 'sign') {
    e.op(Op.i32x4_min_s, e.op(Op.i32x4_max_s, a, e.i32(-1)), e.i32(1))();
    return;
  }
  const b = operand(1);
  const shift = powerOfTwo(operands[1]);
  switch (op) {
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
  throw new RangeError(`the operation ${op} does not exist on ${from}`);
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
