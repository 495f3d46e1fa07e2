/**
 * Scalar operations of the loop kernel as functions of JavaScript numbers. An entry of its own
 * (`@hadal/core/kernel/scalar-functions`), so that backends that need it do not pull in anything else.
 */
import type { Register } from '../dtype';
import { makeScalarMath } from '../interpret/scalar-math';
import type { ScalarOp } from './form';

export { makeScalarMath };

type UnaryScalarOp = Exclude<
  ScalarOp,
  BinaryScalarOp | 'add' | 'sub' | 'mul' | 'select' | 'fma' | 'convert' | 'bitcast'
>;
type BinaryScalarOp =
  | 'div'
  | 'max'
  | 'min'
  | 'pow'
  | 'idiv'
  | 'mod'
  | 'lt'
  | 'le'
  | 'eq'
  | 'ne'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shr';

/**
 * The functions by operation, with one operand, with two, and with two integers. It names nothing outside of it but its
 * parameter, since threads are made from its text; methods, since bundlers that keep the names of functions wrap all
 * others in a helper of theirs.
 */
export function makeScalarFunctions(math: ReturnType<typeof makeScalarMath>) {
  const unary: Record<UnaryScalarOp, (x: number) => number> = {
    exp2(x) {
      return 2 ** x;
    },
    log2: Math.log2,
    sin: Math.sin,
    sqrt: Math.sqrt,
    recip(x) {
      return 1 / x;
    },
    neg(x) {
      return -x;
    },
    abs: Math.abs,
    sign: Math.sign,
    exp: Math.exp,
    log: Math.log,
    cos: Math.cos,
    tanh: Math.tanh,
    erf: math.erf,
    floor: Math.floor,
    ceil: Math.ceil,
    round: math.roundHalfToEven,
    rsqrt(x) {
      return 1 / Math.sqrt(x);
    },
  };

  const binary: Record<BinaryScalarOp, (x: number, y: number) => number> = {
    div(x, y) {
      return x / y;
    },
    max: Math.max,
    min: Math.min,
    pow: math.floatPower,
    idiv(x, y) {
      return Math.floor(x / y);
    },
    mod: math.floorMod,
    lt(x, y) {
      return x < y ? 1 : 0;
    },
    le(x, y) {
      return x <= y ? 1 : 0;
    },
    eq(x, y) {
      return x === y ? 1 : 0;
    },
    ne(x, y) {
      return x !== y ? 1 : 0;
    },
    and(x, y) {
      return x & y;
    },
    or(x, y) {
      return x | y;
    },
    xor(x, y) {
      return x ^ y;
    },
    shl(x, y) {
      return x << y;
    },
    shr(x, y) {
      return x >> y;
    },
  };

  const binaryOfIntegers: Partial<Record<BinaryScalarOp, (x: number, y: number) => number>> = {
    div: math.integerDivide,
    pow: math.integerPower,
    idiv: math.integerDivide,
    mod: math.integerModulo,
  };
  return {
    unary,
    binary,
    binaryOfIntegers,
    /** What an operation on operands of a type computes; undefined for those that are more than a function of numbers. */
    of(op: string, from: string): ((x: number, y: number) => number) | undefined {
      const byName: Readonly<Record<string, (x: number, y: number) => number>> = {
        ...unary,
        ...binary,
        ...(from === 'i32' ? binaryOfIntegers : {}),
      };
      return byName[op];
    },
  };
}

const { unary: UNARY, binary: BINARY, binaryOfIntegers: BINARY_I32 } = makeScalarFunctions(makeScalarMath());

const isUnaryOp = (op: ScalarOp): op is UnaryScalarOp => Object.hasOwn(UNARY, op);
const isBinaryOp = (op: ScalarOp): op is BinaryScalarOp => Object.hasOwn(BINARY, op);

/** What an operation of one operand computes. */
export function unaryFunction(op: ScalarOp): (x: number) => number {
  if (!isUnaryOp(op)) throw new RangeError(`${op} has one operand too few`);
  return UNARY[op];
}

/** What an operation of two operands of type `from` computes. */
export function binaryFunction(op: ScalarOp, from: Register): (x: number, y: number) => number {
  if (!isBinaryOp(op)) throw new RangeError(`${op} has an operand too many`);
  return (from === 'i32' ? BINARY_I32[op] : undefined) ?? BINARY[op];
}

/**
 * What an operation computes, for backends that call the host where they have no instruction.
 *
 * @param op   an operation on one or two numbers of one type
 * @param from the type of its operands
 * @returns a function that gives the exact or float64 result, to be rounded or wrapped to the result's type
 * @throws {RangeError} for operations that are more than a function of numbers (`select`, `fma`, `convert`, `bitcast`)
 * @example
 * scalarFunction('mod', 'i32')(-7, 3); // 2
 */
export const scalarFunction = (op: ScalarOp, from: Register): ((x: number, y: number) => number) =>
  isUnaryOp(op) ? UNARY[op] : binaryFunction(op, from);
