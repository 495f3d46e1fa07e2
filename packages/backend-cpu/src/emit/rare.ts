/**
 * Where the operations that few kernels use are waited for: their module is loaded with the first kernel that has one,
 * so that a page that predicts with a network of products and exponentials does not download trigonometry. Preparing a
 * kernel asks `loadRare` first; writing code stays synchronous.
 */
import type { Accumulator, Instruction, ScalarOp } from '@hadal/core/backend';
import { known } from '../known';
import type { Expressions } from './expressions';
import type { Lane, Value } from './value';

/** What an operation pushed: lanes of the instruction's type, or a mask. */
export type Pushed = 'vector' | 'mask';

/** An operation on four lanes. */
export interface RareOperation {
  readonly op: ScalarOp;
  readonly from: Lane;
  readonly operands: readonly Value[];
}

const RARE: ReadonlySet<Instruction['op']> = new Set<ScalarOp>([
  'log2',
  'log',
  'sin',
  'cos',
  'tanh',
  'erf',
  'pow',
  'idiv',
  'mod',
  'shl',
  'shr',
  'and',
  'or',
  'xor',
  'select',
  'sign',
]);

/** Only integers are divided by more than an instruction; lanes of a guarded load are loaded one by one. */
const isRare = (instruction: Instruction): boolean =>
  RARE.has(instruction.op) ||
  (instruction.op === 'div' && instruction.from === 'i32') ||
  (instruction.op === 'load' && instruction.guard !== undefined);

/** Whether a stage needs the flat index of its loop. */
export const needsPosition = (accumulators: readonly Accumulator[]): boolean =>
  accumulators.some(({ kind }) => kind === 'argmax' || kind === 'argmin');

let rare: typeof import('../on-demand') | undefined;

/**
 * Loads what these instructions and accumulators need before code can be written for them; undefined where nothing is
 * missing.
 */
export function loadRare(
  instructions: readonly Instruction[],
  accumulators: readonly Accumulator[] = [],
): Promise<void> | undefined {
  if (rare !== undefined || !(instructions.some(isRare) || needsPosition(accumulators))) return undefined;
  return import('../on-demand').then((module) => {
    rare = module;
  });
}

/** The code of what few kernels use, for which `loadRare` has been waited for. */
export const rareCode = (name: string): typeof import('../on-demand') => known(rare, `the code of ${name}`);

/** Pushes the result of an operation. */
export const pushRare = (e: Expressions, operation: RareOperation): Pushed =>
  rareCode(operation.op).pushRareOperation(e, operation);
