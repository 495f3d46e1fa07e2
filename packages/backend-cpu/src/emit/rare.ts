/**
 * Where the operations that few kernels use are waited for: their module is loaded with the first kernel that has one,
 * so that a page that predicts with a network of products and exponentials does not download trigonometry. Preparing a
 * kernel asks `loadRare` first; writing code stays synchronous.
 */
import type { Instruction, ScalarOp } from '@hadal/core/backend';
import { known } from '../known';
import type { Expressions } from './expressions';
import type { Lane, Value } from './value';

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
]);

/** Only integers are divided by more than an instruction. */
const isRare = (instruction: Instruction): boolean =>
  RARE.has(instruction.op) || (instruction.op === 'div' && instruction.from === 'i32');

let push: ((e: Expressions, operation: RareOperation) => void) | undefined;

/** Loads what these instructions need before code can be written for them; undefined where nothing is missing. */
export function loadRare(instructions: readonly Instruction[]): Promise<void> | undefined {
  if (push !== undefined || !instructions.some(isRare)) return undefined;
  return import('../on-demand').then(({ pushRareOperation }) => {
    push = pushRareOperation;
  });
}

/** Pushes the result of an operation, for whose kernel `loadRare` has been waited for. */
export function pushRare(e: Expressions, operation: RareOperation): void {
  known(push, `the code of ${operation.op}`)(e, operation);
}
