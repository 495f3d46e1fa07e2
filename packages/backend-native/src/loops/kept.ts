/**
 * What a loop of a row kernel computes and a later loop computes again, such as the exponentials of a softmax: the addon
 * keeps it, where a row is short enough to stay in the cache.
 */
import type { Instruction, LoopKernel, ScalarOp, Stage } from '@hadal/core/backend';
import { operandsOf, readAfterBody } from './operands';

/** Operations that take longer than to store a result and to load it. */
const SLOW: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  'exp',
  'exp2',
  'log',
  'log2',
  'sin',
  'cos',
  'tanh',
  'erf',
  'pow',
]);

/** Kept registers of one kernel at most: so many rows are in the cache at a time. */
const MOST_KEPT = 2;

export interface Kept {
  /** How many rows of values are kept. */
  readonly count: number;
  /** The row that takes the values of a register. */
  readonly keptAs: ReadonlyMap<number, number>;
  /** The row in which a register of a later stage is found. */
  readonly foundAs: ReadonlyMap<number, number>;
  /** Registers that nobody needs where rows are kept. */
  readonly skipped: ReadonlySet<number>;
}

interface Value {
  /** Equal for equal values at a point of equal loops. */
  readonly number: number;
  readonly isSlow: boolean;
}

export function keptRegisters(kernel: LoopKernel): Kept {
  const keptAs = new Map<number, number>();
  const foundAs = new Map<number, number>();
  const skipped = new Set<number>();
  const values = new Map<number, Value>();
  const numbers = new Map<string, number>();
  /** Registers by loop and value. */
  const known = new Map<string, number>();
  for (const stage of kernel.stages) {
    const loop = JSON.stringify(stage.loop);
    const same = new Map<number, number>();
    for (const instruction of stage.body) {
      const text = describe(instruction, kernel, values);
      const number = numbers.get(text) ?? numbers.size;
      numbers.set(text, number);
      const isSlow = stage.loop.length > 0 && takesLong(instruction, values);
      values.set(instruction.to, { number, isSlow });
      const place = `${loop} ${number}`;
      const earlier = known.get(place);
      if (earlier === undefined) known.set(place, instruction.to);
      else if (isSlow && instruction.type === 'f32') same.set(instruction.to, earlier);
    }
    if (kernel.vectorAxis !== 'loop' || stage.loop.length === 0) continue;
    for (const register of readBy(stage, (each) => !same.has(each.to))) {
      const earlier = same.get(register);
      if (earlier === undefined || keptAs.size >= MOST_KEPT) continue;
      const row = keptAs.get(earlier) ?? keptAs.size;
      keptAs.set(earlier, row);
      foundAs.set(register, row);
    }
    for (const { to } of unneeded(stage, foundAs)) skipped.add(to);
  }
  return { count: keptAs.size, keptAs, foundAs, skipped };
}

/** Registers that the outputs of a stage and some of its instructions read. */
function readBy(stage: Stage, reads: (instruction: Instruction) => boolean): ReadonlySet<number> {
  return new Set([...stage.body.filter(reads).flatMap(operandsOf), ...readAfterBody(stage)]);
}

/** Instructions whose results only those read that are found. */
function unneeded(stage: Stage, foundAs: ReadonlyMap<number, number>): readonly Instruction[] {
  const needed = new Set(readAfterBody(stage));
  return [...stage.body].reverse().filter((instruction) => {
    if (!needed.has(instruction.to)) return true;
    if (!foundAs.has(instruction.to)) for (const register of operandsOf(instruction)) needed.add(register);
    return false;
  });
}

/** Whether a slow operation is part of a value. */
function takesLong(instruction: Instruction, values: ReadonlyMap<number, Value>): boolean {
  if (!('operands' in instruction)) return false;
  return SLOW.has(instruction.op) || instruction.operands.some((register) => values.get(register)?.isSlow);
}

/** What an instruction computes, in terms of the numbers of what it reads. */
function describe(instruction: Instruction, kernel: LoopKernel, values: ReadonlyMap<number, Value>): string {
  const numberOf = (register: number | undefined): string =>
    register === undefined ? '' : `${values.get(register)?.number ?? `r${register}`}`;
  switch (instruction.op) {
    case 'constant':
      return `${instruction.type} ${Object.is(instruction.value, -0) ? '-0' : instruction.value}`;
    case 'scalar':
      return `scalar ${instruction.index}`;
    case 'integer':
      return `integer ${instruction.argument}`;
    case 'axis':
      return `axis ${instruction.axis}`;
    case 'load': {
      const { to, type, buffer, address, guard } = instruction;
      // What a kernel writes may have changed.
      if (kernel.buffers[buffer]?.access !== 'read') return `r${to}`;
      const at = JSON.stringify([address.offset, address.terms, numberOf(address.index), numberOf(guard)]);
      return `load ${type} ${buffer} ${at}`;
    }
    default: {
      const { op, from, type, operands } = instruction;
      return `${op} ${from} ${type}(${operands.map(numberOf).join()})`;
    }
  }
}
