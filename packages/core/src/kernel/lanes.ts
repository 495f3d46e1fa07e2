/**
 * Scalar operations of the loop kernel over strips of lanes.
 *
 * The executor runs an instruction for many grid points (or loop iterations) before it goes to the next one, so that
 * deciding which operation it is costs little. A register is one typed array with an element per lane: storing into a
 * Float32Array or Int32Array is the rounding or wrapping that the kernel form asks for.
 */
import type { Register } from '../dtype';
import { saturate } from '../interpret/scalar-math';
import type { ScalarInstruction } from './form';
import { binaryFunction, unaryFunction } from './scalar-functions';

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
        return apply(to, x, unaryFunction(op));
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
      return combine(to, x, y, binaryFunction(op, from));
  }
}

const toInteger = (x: number): number => saturate(x, LOWEST_I32, HIGHEST_I32);

export function lanesOf(registers: readonly Lanes[], index: number): Lanes {
  const lanes = registers[index];
  if (lanes === undefined) throw new RangeError(`register ${index} is never assigned`);
  return lanes;
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
