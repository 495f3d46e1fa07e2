/**
 * Dtypes that no register holds by itself, written with the scalar operations that every backend has.
 *
 * float16 and bfloat16 are float32 numbers, rounded after every operation as the interpreter does. int8 and int16 are
 * int32 numbers whose sign is extended again. uint32 has the bits of an int32: what depends on the first bit being a
 * sign (order, division, shifts to the right, conversion) is written out. int64 is a whole float64 number.
 */
import { type DType, isFloat, isHalf, limitsOf, registerOf } from '../dtype';
import type { Node } from '../graph/node';
import type { ScalarOp } from '../kernel/form';
import type { Emulation } from './elementwise';
import type { ScalarCode } from './scalar-code';

/** The bit that is a sign in int32 and 2³¹ in uint32. */
const FIRST_BIT = -(2 ** 31);

export const emulated: Emulation = (builder, node, operands, plain) => {
  const code = new Code(builder);
  const from = node.inputs[0]?.dtype ?? node.dtype;
  const [a = 0] = operands;
  if (node.op === 'cast') return cast(code, a, from, node.dtype);
  // The same bits: only float32 lives in another register.
  if (node.op === 'bitcast' && registerOf(from) === registerOf(node.dtype)) return a;
  if (node.op === 'where') return plain(builder, node, operands);
  if (from === 'uint32') return unsigned(code, node, operands, () => plain(builder, node, operands));
  if (from === 'int64') return wholeFloat(code, node, operands, () => plain(builder, node, operands));
  const value = plain(builder, node, operands);
  return node.dtype === 'bool' ? value : intoRange(code, value, node.dtype);
};

/** Shorthands over a builder. */
class Code {
  constructor(readonly builder: ScalarCode) {}

  /** An int32 number, or the result of an operation on int32. */
  i32(op: ScalarOp, ...operands: readonly number[]): number {
    return this.builder.scalarOp(op, operands, 'i32');
  }

  f32(op: ScalarOp, ...operands: readonly number[]): number {
    return this.builder.scalarOp(op, operands, 'f32');
  }

  f64(op: ScalarOp, ...operands: readonly number[]): number {
    return this.builder.scalarOp(op, operands, 'f64');
  }

  whole(value: number): number {
    return this.builder.constant(value, 'i32');
  }
}

/** Brings the result of an operation to what its dtype holds. */
function intoRange(code: Code, value: number, dtype: DType): number {
  switch (dtype) {
    case 'float16':
      return roundToFloat16(code, value);
    case 'bfloat16':
      return roundToBfloat16(code, value);
    case 'int8':
    case 'int16': {
      const unused = code.whole(dtype === 'int8' ? 24 : 16);
      return code.i32('shr', code.i32('shl', value, unused), unused);
    }
    default:
      return value;
  }
}

/** The bits of a float32 without those below `kept`, rounded to even; NaN stays NaN because its first bit does. */
function roundBits(code: Code, value: number, dropped: number): number {
  const { builder } = code;
  const bits = builder.scalarOp('bitcast', [value], 'i32', 'f32');
  const odd = code.i32('and', code.i32('shr', bits, code.whole(dropped)), code.whole(1));
  const half = code.i32('add', odd, code.whole(2 ** (dropped - 1) - 1));
  const rounded = code.i32('and', code.i32('add', bits, half), code.whole(-(2 ** dropped)));
  const number = builder.scalarOp('bitcast', [rounded], 'f32', 'i32');
  // Adding to the bits of a NaN could carry into its sign.
  const isNumber = builder.scalarOp('eq', [value, value], 'i32', 'f32');
  return builder.scalarOp('select', [isNumber, number, value], 'f32');
}

const roundToBfloat16 = (code: Code, value: number): number => roundBits(code, value, 16);

/** Below this float16 numbers are evenly spaced, 2⁻²⁴ apart. */
const FLOAT16_LEAST_NORMAL = 2 ** -14;
/** Adding it leaves multiples of 2⁻²⁴ in a float32. */
const FLOAT16_ALIGN = 0.5;
/** From here on a number rounds to infinity. */
const FLOAT16_OVERFLOW = 65520;

function roundToFloat16(code: Code, value: number): number {
  const { builder } = code;
  const number = (given: number): number => builder.constant(given, 'f32');
  const size = code.f32('max', value, code.f32('mul', value, number(-1)));
  const below = (bound: number): number => builder.scalarOp('lt', [size, number(bound)], 'i32', 'f32');
  const normal = roundBits(code, value, 13);
  const sum = code.f32('add', size, number(FLOAT16_ALIGN));
  const aligned = code.f32('add', sum, number(-FLOAT16_ALIGN));
  // The sign comes back through its bit, so that -0 stays -0.
  const sign = code.i32('and', builder.scalarOp('bitcast', [value], 'i32', 'f32'), code.whole(FIRST_BIT));
  const withSign = (positive: number): number => {
    const bits = code.i32('or', builder.scalarOp('bitcast', [positive], 'i32', 'f32'), sign);
    return builder.scalarOp('bitcast', [bits], 'f32', 'i32');
  };
  const infinite = withSign(number(Number.POSITIVE_INFINITY));
  const isNumber = builder.scalarOp('eq', [value, value], 'i32', 'f32');
  const large = builder.scalarOp('select', [isNumber, infinite, value], 'f32');
  const most = builder.scalarOp('select', [below(FLOAT16_OVERFLOW), normal, large], 'f32');
  return builder.scalarOp('select', [below(FLOAT16_LEAST_NORMAL), withSign(aligned), most], 'f32');
}

/** Floats truncate towards 0, what does not fit an integer saturates, everything but 0 is true. */
function cast(code: Code, value: number, from: DType, to: DType): number {
  const { builder } = code;
  const [source, target] = [registerOf(from), registerOf(to)];
  if (to === 'bool') return builder.scalarOp('ne', [value, builder.constant(0, source)], 'i32', source);
  if (to === 'uint32') return toUnsigned(code, value, from);
  if (from === 'uint32') return fromUnsigned(code, value, to);
  if (to === 'int64') {
    const wide = source === 'f64' ? value : builder.scalarOp('convert', [value], 'f64', source);
    return isFloat(from) ? truncated(code, wide) : wide;
  }
  const converted = source === target ? value : builder.scalarOp('convert', [value], target, source);
  if (isHalf(to)) return intoRange(code, converted, to);
  return target === 'i32' && from !== 'bool' ? clamped(code, converted, to) : converted;
}

function clamped(code: Code, value: number, to: DType): number {
  const [least, greatest] = limitsOf(to);
  const low = code.i32('max', value, code.whole(least));
  return code.i32('min', low, code.whole(greatest));
}

/** Towards zero, within what int64 holds; NaN gives 0. */
function truncated(code: Code, value: number): number {
  const { builder } = code;
  const number = (given: number): number => builder.constant(given, 'f64');
  const [least, greatest] = limitsOf('int64');
  const isNegative = builder.scalarOp('lt', [value, number(0)], 'i32', 'f64');
  const whole = code.f64('select', isNegative, code.f64('ceil', value), code.f64('floor', value));
  const within = code.f64('min', code.f64('max', whole, number(least)), number(greatest));
  return code.f64('select', builder.scalarOp('eq', [value, value], 'i32', 'f64'), within, number(0));
}

const turned = (code: Code, value: number): number => code.i32('xor', value, code.whole(FIRST_BIT));

const isLess = (code: Code, a: number, b: number): number => code.i32('lt', turned(code, a), turned(code, b));

function toUnsigned(code: Code, value: number, from: DType): number {
  const { builder } = code;
  const source = registerOf(from);
  if (source === 'i32') return from === 'bool' ? value : code.i32('max', value, code.whole(0));
  const number = (given: number): number => builder.constant(given, source);
  const positive = builder.scalarOp('max', [value, number(0)], source);
  const isSmall = builder.scalarOp('lt', [positive, number(2 ** 31)], 'i32', source);
  const rest = builder.scalarOp('add', [positive, number(-(2 ** 31))], source);
  const high = turned(code, builder.scalarOp('convert', [rest], 'i32', source));
  const low = builder.scalarOp('convert', [positive], 'i32', source);
  // A NaN is not less than anything; as a whole number it is 0.
  const isNumber = builder.scalarOp('eq', [value, value], 'i32', source);
  return code.i32('select', isNumber, code.i32('select', isSmall, low, high), code.whole(0));
}

function fromUnsigned(code: Code, value: number, to: DType): number {
  const { builder } = code;
  const target = registerOf(to);
  if (target === 'i32') {
    const isLarge = code.i32('lt', value, code.whole(0));
    const bounded = code.i32('select', isLarge, code.whole(limitsOf('int32')[1]), value);
    return clamped(code, bounded, to);
  }
  // The halves are exact; their sum is rounded once.
  const high = code.i32('and', code.i32('shr', value, code.whole(16)), code.whole(0xffff));
  const low = code.i32('and', value, code.whole(0xffff));
  const [a, b] = [high, low].map((half) => builder.scalarOp('convert', [half], target, 'i32'));
  const scaled = builder.scalarOp('mul', [a ?? 0, builder.constant(2 ** 16, target)], target);
  return intoRange(code, builder.scalarOp('add', [scaled, b ?? 0], target), to);
}

function unsigned(code: Code, node: Node, operands: readonly number[], plain: () => number): number {
  const [a = 0, b = 0] = operands;
  switch (node.op) {
    case 'lt':
      return isLess(code, a, b);
    case 'le':
      return code.i32('xor', isLess(code, b, a), code.whole(1));
    case 'max':
    case 'min':
      return turned(code, code.i32(node.op, turned(code, a), turned(code, b)));
    case 'abs':
      return a;
    case 'sign':
      return code.i32('ne', a, code.whole(0));
    case 'shr':
      return shiftedRight(code, a, b);
    case 'idiv':
      return quotient(code, a, b);
    case 'mod': {
      const product = code.i32('mul', quotient(code, a, b), b);
      const isZero = code.i32('eq', b, code.whole(0));
      return code.i32('select', isZero, code.whole(0), code.i32('sub', a, product));
    }
    default:
      return plain();
  }
}

/** Zeros come in from the left: all but the first place are shifted as a positive number. */
function shiftedRight(code: Code, a: number, count: number): number {
  const once = code.i32('and', code.i32('shr', a, code.whole(1)), code.whole(limitsOf('int32')[1]));
  const places = code.i32('and', count, code.whole(31));
  const rest = code.i32('shr', once, code.i32('sub', places, code.whole(1)));
  return code.i32('select', places, rest, a);
}

/** Half of the dividend is a positive int32; its quotient doubled is off by one at most. 0 where the divisor is. */
function quotient(code: Code, a: number, b: number): number {
  const half = code.i32('and', code.i32('shr', a, code.whole(1)), code.whole(limitsOf('int32')[1]));
  const doubled = code.i32('shl', code.i32('idiv', half, b), code.whole(1));
  const rest = code.i32('sub', a, code.i32('mul', doubled, b));
  const reaches = (x: number, y: number): number => code.i32('xor', isLess(code, x, y), code.whole(1));
  const small = code.i32('add', doubled, reaches(rest, b));
  const isLarge = code.i32('lt', b, code.whole(0));
  const found = code.i32('select', isLarge, reaches(a, b), small);
  return code.i32('select', code.i32('eq', b, code.whole(0)), code.whole(0), found);
}

function wholeFloat(code: Code, node: Node, operands: readonly number[], plain: () => number): number {
  const { builder } = code;
  const [a = 0, b = 0] = operands;
  const zero = (): number => builder.constant(0, 'f64');
  switch (node.op) {
    case 'idiv':
    case 'mod': {
      const near = code.f64('floor', code.f64('div', a, b));
      // A quotient just below a whole number may have been rounded to it: then the rest has the wrong sign.
      const rest = code.f64('sub', a, code.f64('mul', near, b));
      const wrong = code.i32(
        'and',
        builder.scalarOp('ne', [rest, zero()], 'i32', 'f64'),
        code.i32(
          'ne',
          builder.scalarOp('lt', [rest, zero()], 'i32', 'f64'),
          builder.scalarOp('lt', [b, zero()], 'i32', 'f64'),
        ),
      );
      const found =
        node.op === 'idiv'
          ? code.f64('select', wrong, code.f64('sub', near, builder.constant(1, 'f64')), near)
          : code.f64('select', wrong, code.f64('add', rest, b), rest);
      return code.f64('select', builder.scalarOp('eq', [b, zero()], 'i32', 'f64'), zero(), found);
    }
    default:
      return plain();
  }
}
