/**
 * Optional scalar operations written with the required ones, for backends that lack them.
 *
 * exp, tanh and erf are not the shortest formulas but ones that keep float32 accuracy: a naive exp2(x · log2 e) is off by
 * 22 units in the last place near x = 80, because the product is rounded before the exponential magnifies it.
 */
import type { Register } from '../dtype';
import type { OptionalScalarOp, ScalarOp } from '../kernel/form';
import type { ScalarCode } from './scalar-code';

/** Shorthands over one builder and one operand type. */
class Formula {
  constructor(
    readonly builder: ScalarCode,
    readonly type: Register,
  ) {}

  number(value: number): number {
    return this.builder.constant(value, this.type);
  }

  integer(value: number): number {
    return this.builder.constant(value, 'i32');
  }

  op(op: ScalarOp, ...operands: readonly number[]): number {
    return this.builder.scalarOp(op, operands, this.type);
  }

  compare(op: 'lt' | 'ne' | 'le' | 'eq', a: number, b: number): number {
    return this.builder.scalarOp(op, [a, b], 'i32', this.type);
  }

  select(condition: number, yes: number, no: number): number {
    return this.builder.scalarOp('select', [condition, yes, no], this.type);
  }

  and(a: number, b: number): number {
    return this.builder.scalarOp('and', [a, b], 'i32');
  }

  toInteger(x: number): number {
    return this.builder.scalarOp('convert', [x], 'i32', this.type);
  }

  fromInteger(x: number): number {
    return this.builder.scalarOp('convert', [x], this.type, 'i32');
  }

  /** c[0] + x·(c[1] + x·(…)). */
  polynomial(x: number, coefficients: readonly number[]): number {
    const [last = 0, ...rest] = [...coefficients].reverse();
    return rest.reduce((sum, c) => this.op('add', this.op('mul', sum, x), this.number(c)), this.number(last));
  }
}

/** The value of an optional operation on operands of type `from`. */
export function decomposeScalarOp(
  builder: ScalarCode,
  op: OptionalScalarOp,
  operands: readonly number[],
  from: Register,
): number {
  const f = new Formula(builder, from);
  const [a = 0, b = 0, c = 0] = operands;
  const isInteger = from === 'i32';
  switch (op) {
    case 'neg':
      return f.op('mul', a, f.number(-1));
    case 'sub':
      return f.op('add', a, f.op('mul', b, f.number(-1)));
    case 'div':
      return f.op('mul', a, f.op('recip', b));
    case 'fma':
      return f.op('add', f.op('mul', a, b), c);
    case 'rsqrt':
      return f.op('recip', f.op('sqrt', a));
    case 'eq':
      return builder.scalarOp('xor', [f.compare('ne', a, b), f.integer(1)], 'i32');
    case 'le':
      return builder.scalarOp('or', [f.compare('lt', a, b), f.compare('eq', a, b)], 'i32');
    case 'min':
      // A NaN on the left is kept by the inner choice, one on the right by the comparison being false.
      return f.select(f.compare('lt', a, b), a, isInteger ? b : f.select(f.compare('ne', a, a), a, b));
    case 'abs':
      return f.op('max', a, f.op('mul', a, f.number(-1)));
    case 'sign':
      return sign(f, a, isInteger);
    case 'floor':
      return floor(f, a);
    case 'ceil':
      return f.op('neg', f.op('floor', f.op('neg', a)));
    case 'round':
      return roundHalfToEven(f, a);
    case 'exp':
      return exp(f, a);
    case 'log':
      return f.op('mul', f.op('log2', a), f.number(Math.LN2));
    case 'cos': {
      // cos x = 1 − 2 sin²(x/2): halving is exact, so no digit of a large x is lost as in sin(x + π/2).
      const s = f.op('sin', f.op('mul', a, f.number(0.5)));
      return f.op('add', f.number(1), f.op('mul', f.op('mul', s, s), f.number(-2)));
    }
    case 'tanh':
      return tanh(f, a);
    case 'erf':
      return erf(f, a);
    case 'pow':
      return pow(f, a, b);
  }
}

function sign(f: Formula, x: number, isInteger: boolean): number {
  const zero = f.number(0);
  const positive = f.compare('lt', zero, x);
  const negative = f.compare('lt', x, zero);
  const difference = f.builder.scalarOp('sub', [positive, negative], 'i32');
  return isInteger ? difference : f.select(f.compare('ne', x, x), x, f.fromInteger(difference));
}

/** Beyond this every float32 is whole. */
const WHOLE = 2 ** 23;

function floor(f: Formula, x: number): number {
  const truncated = f.fromInteger(f.toInteger(x));
  const tooHigh = f.fromInteger(f.compare('lt', x, truncated));
  const floored = f.op('sub', truncated, tooHigh);
  return f.select(f.compare('lt', f.op('abs', x), f.number(WHOLE)), floored, x);
}

function roundHalfToEven(f: Formula, x: number): number {
  const up = f.op('floor', f.op('add', x, f.number(0.5)));
  const isTie = f.compare('eq', f.op('sub', up, x), f.number(0.5));
  const isOdd = f.builder.scalarOp('and', [f.toInteger(up), f.integer(1)], 'i32');
  const rounded = f.select(f.and(isTie, isOdd), f.op('sub', up, f.number(1)), up);
  return f.select(f.compare('lt', f.op('abs', x), f.number(WHOLE)), rounded, x);
}

/** ln 2 in two parts; the first has few enough bits that n·LN2_HIGH is exact for |n| < 2^9. */
const LN2_HIGH = 0.693145751953125;
const LN2_LOW = 1.42860676533018e-6;
/** Outside of ±150 a float32 exponential is 0 or infinite. */
const EXP_BOUND = 150;

/** e^x = 2^n · e^r with n = round(x / ln 2) and r computed from two parts of ln 2; 2^n in two factors so that it cannot overflow early. */
function exp(f: Formula, given: number): number {
  const x = f.op('min', f.op('max', given, f.number(-EXP_BOUND)), f.number(EXP_BOUND));
  const n = f.op('floor', f.op('add', f.op('mul', x, f.number(Math.LOG2E)), f.number(0.5)));
  const high = f.op('add', x, f.op('mul', n, f.number(-LN2_HIGH)));
  const r = f.op('add', high, f.op('mul', n, f.number(-LN2_LOW)));
  const half = f.op('floor', f.op('mul', n, f.number(0.5)));
  const fraction = f.op('exp2', f.op('mul', r, f.number(Math.LOG2E)));
  return f.op('mul', f.op('mul', fraction, f.op('exp2', half)), f.op('exp2', f.op('sub', n, half)));
}

/** Below this the Taylor series of tanh is exact to float32; above, 1 − 2 / (e^2x + 1) is. */
const TANH_SMALL = 0.25;

function tanh(f: Formula, x: number): number {
  const square = f.op('mul', x, x);
  const series = f.op('mul', x, f.polynomial(square, [1, -1 / 3, 2 / 15, -17 / 315, 62 / 2835]));
  const power = f.op('exp', f.op('add', x, x));
  const quotient = f.op('div', f.number(-2), f.op('add', power, f.number(1)));
  const large = f.op('add', f.number(1), quotient);
  return f.select(f.compare('lt', f.op('abs', x), f.number(TANH_SMALL)), series, large);
}

/** Below this the Maclaurin series of erf converges to float32 in ten terms. */
const ERF_SMALL = 1;

/** Abramowitz and Stegun 7.1.26 above ERF_SMALL, where its absolute error of 1.5e-7 is also a relative one. */
const ERF_COEFFICIENTS = [0, 0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];
const ERF_P = 0.3275911;

function erf(f: Formula, x: number): number {
  const square = f.op('mul', x, x);
  const terms: number[] = [];
  let factorial = 1;
  for (let n = 0; n < 12; n++) {
    if (n > 0) factorial *= n;
    terms.push(((n % 2 === 0 ? 1 : -1) * 2) / (Math.sqrt(Math.PI) * factorial * (2 * n + 1)));
  }
  const series = f.op('mul', x, f.polynomial(square, terms));
  const size = f.op('abs', x);
  const t = f.op('recip', f.op('add', f.number(1), f.op('mul', size, f.number(ERF_P))));
  const tail = f.op('mul', f.polynomial(t, ERF_COEFFICIENTS), f.op('exp', f.op('neg', square)));
  const large = f.op('mul', f.op('sign', x), f.op('sub', f.number(1), tail));
  return f.select(f.compare('lt', size, f.number(ERF_SMALL)), series, large);
}

/** 2^(b · log2 |a|), negative for negative a and odd b, NaN for negative a and fractional b; anything to the 0 is 1. */
function pow(f: Formula, a: number, b: number): number {
  const size = f.op('exp2', f.op('mul', b, f.op('log2', f.op('abs', a))));
  const isWhole = f.compare('eq', f.op('floor', b), b);
  const isOdd = f.builder.scalarOp('and', [f.toInteger(b), f.integer(1)], 'i32');
  const signed = f.select(isOdd, f.op('neg', size), size);
  const negative = f.select(isWhole, signed, f.number(Number.NaN));
  const power = f.select(f.compare('lt', a, f.number(0)), negative, size);
  const isOne = f.builder.scalarOp(
    'or',
    [f.compare('eq', a, f.number(1)), f.compare('eq', b, f.number(0))],
    'i32',
  );
  return f.select(isOne, f.number(1), power);
}
