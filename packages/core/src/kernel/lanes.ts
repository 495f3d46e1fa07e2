/**
 * Scalar operations of the loop kernel over strips of lanes.
 *
 * The executor runs an instruction for many grid points (or loop iterations) before it goes to the next one, so that
 * deciding which operation it is costs little. A register is one typed array with an element per lane: storing into a
 * Float32Array or Int32Array is the rounding or wrapping that the kernel form asks for.
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
  saturate,
} from '../interpret/scalar-math';
import type { ScalarInstruction, ScalarOp } from './form';

/** Lanes of a strip: enough to hide the dispatch, few enough that all registers stay in the cache. */
export const STRIP = 256;

export type Lanes = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** Runs one instruction for the first `count` lanes. */
export type Step = (count: number) => void;

export function makeLanes(type: Register): Lanes {
  switch (type) {
    case 'f32':
      return new Float32Array(STRIP);
    case 'f64':
      return new Float64Array(STRIP);
    case 'i32':
      return new Int32Array(STRIP);
  }
}

const LOWEST_I32 = -(2 ** 31);
const HIGHEST_I32 = 2 ** 31 - 1;

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

/** A step for an instruction whose registers are `registers`. */
export function scalarStep(instruction: ScalarInstruction, registers: readonly Lanes[]): Step {
  const { op, from, type } = instruction;
  const [x, y, z] = instruction.operands.map((operand) => lanesOf(registers, operand));
  const to = lanesOf(registers, instruction.to);
  if (x === undefined) throw new RangeError(`${op} has no operand`);
  if (y === undefined) {
    switch (op) {
      case 'convert':
        return type === 'i32' && from !== 'i32' ? apply(to, x, toInteger) : (count) => copy(to, x, count);
      case 'bitcast':
        return bitcast(to, x);
      default:
        return apply(to, x, unary(op));
    }
  }
  switch (op) {
    case 'add':
      return (count) => {
        for (let i = 0; i < count; i++) to[i] = x[i]! + y[i]!;
      };
    case 'sub':
      return (count) => {
        for (let i = 0; i < count; i++) to[i] = x[i]! - y[i]!;
      };
    case 'mul':
      if (type === 'i32') return combine(to, x, y, Math.imul);
      return (count) => {
        for (let i = 0; i < count; i++) to[i] = x[i]! * y[i]!;
      };
    case 'fma':
      return (count) => {
        for (let i = 0; i < count; i++) to[i] = x[i]! * y[i]! + (z?.[i] ?? 0);
      };
    case 'select':
      return (count) => {
        for (let i = 0; i < count; i++) to[i] = x[i] !== 0 ? y[i]! : (z?.[i] ?? 0);
      };
    default:
      return combine(to, x, y, binary(op, from));
  }
}

const toInteger = (x: number): number => saturate(x, LOWEST_I32, HIGHEST_I32);

export function lanesOf(registers: readonly Lanes[], index: number): Lanes {
  const lanes = registers[index];
  if (lanes === undefined) throw new RangeError(`register ${index} is never assigned`);
  return lanes;
}

const isUnaryOp = (op: ScalarOp): op is UnaryScalarOp => Object.hasOwn(UNARY, op);
const isBinaryOp = (op: ScalarOp): op is BinaryScalarOp => Object.hasOwn(BINARY, op);

function unary(op: ScalarOp): (x: number) => number {
  if (!isUnaryOp(op)) throw new RangeError(`${op} has one operand too few`);
  return UNARY[op];
}

function binary(op: ScalarOp, from: Register): (x: number, y: number) => number {
  if (!isBinaryOp(op)) throw new RangeError(`${op} has an operand too many`);
  return (from === 'i32' ? BINARY_I32[op] : undefined) ?? BINARY[op];
}

const apply =
  (to: Lanes, x: Lanes, f: (x: number) => number): Step =>
  (count) => {
    for (let i = 0; i < count; i++) to[i] = f(x[i]!);
  };

const combine =
  (to: Lanes, x: Lanes, y: Lanes, f: (x: number, y: number) => number): Step =>
  (count) => {
    for (let i = 0; i < count; i++) to[i] = f(x[i]!, y[i]!);
  };

function copy(to: Lanes, from: Lanes, count: number): void {
  for (let i = 0; i < count; i++) to[i] = from[i]!;
}

function bitcast(to: Lanes, from: Lanes): Step {
  const target = new Int32Array(to.buffer);
  const source = new Int32Array(from.buffer);
  return (count) => copy(target, source, count);
}
