/**
 * Scalar operations of the loop kernel as functions of JavaScript numbers. An entry of its own
 * (`@hadal/core/kernel/scalar-functions`), so that backends that need it do not pull in anything else.
 */
import type { Register } from '../dtype';
import {
  erf,
  floatPower,
  floorMod,
  integerDivide,
  integerModulo,
  integerPower,
  roundHalfToEven,
} from '../interpret/scalar-math';
import type { ScalarOp } from './form';

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

const UNARY: Record<UnaryScalarOp, (x: number) => number> = {
  exp2: (x) => 2 ** x,
  log2: Math.log2,
  sin: Math.sin,
  sqrt: Math.sqrt,
  recip: (x) => 1 / x,
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  exp: Math.exp,
  log: Math.log,
  cos: Math.cos,
  tanh: Math.tanh,
  erf,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfToEven,
  rsqrt: (x) => 1 / Math.sqrt(x),
};

const BINARY: Record<BinaryScalarOp, (x: number, y: number) => number> = {
  div: (x, y) => x / y,
  max: Math.max,
  min: Math.min,
  pow: floatPower,
  idiv: (x, y) => Math.floor(x / y),
  mod: floorMod,
  lt: (x, y) => (x < y ? 1 : 0),
  le: (x, y) => (x <= y ? 1 : 0),
  eq: (x, y) => (x === y ? 1 : 0),
  ne: (x, y) => (x !== y ? 1 : 0),
  and: (x, y) => x & y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
  shl: (x, y) => x << y,
  shr: (x, y) => x >> y,
};

const BINARY_I32: Partial<Record<BinaryScalarOp, (x: number, y: number) => number>> = {
  div: integerDivide,
  pow: integerPower,
  idiv: integerDivide,
  mod: integerModulo,
};

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
