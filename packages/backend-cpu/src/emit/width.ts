/**
 * How many vectors a loop handles next to each other. Reductions need several to hide the latency of their additions;
 * elsewhere a second one halves the loop's overhead while bodies are short. The choice depends on the kernel alone.
 */
import type { Instruction, LoopKernel, ScalarOp, Stage } from '@hadal/core/backend';
import { needsPosition } from './rare';

/** Bodies up to these sizes are written eight (in columns only), four and two times. */
const TINY_BODY = 3;
const SHORT_BODY = 12;
const MEDIUM_BODY = 32;

/** About how many instructions the operations take that are functions of their own. */
const LONG_OPERATIONS: Partial<Record<ScalarOp, number>> = {
  exp: 20,
  exp2: 20,
  log: 30,
  log2: 30,
  tanh: 45,
  erf: 45,
  sin: 60,
  cos: 60,
  pow: 100,
  idiv: 15,
  mod: 15,
};

const sizeOf = (instruction: Instruction): number =>
  'operands' in instruction ? (LONG_OPERATIONS[instruction.op] ?? 1) : 1;

/** Vectors at a time along the lanes: of the whole kernel, or of one stage whose lanes run over its loop. */
export function copiesFor(kernel: LoopKernel, stage?: Stage): number {
  const stages = stage === undefined ? kernel.stages : [stage];
  if (stages.some(({ accumulators }) => needsPosition(accumulators))) return 1;
  const hasMixedGuards = stages.some(({ body }) =>
    body.some((instruction) => instruction.op === 'load' && instruction.guard !== undefined),
  );
  const size = stages
    .flatMap(({ body }) => body.map(sizeOf))
    .reduce(
      (sum, each) => sum + each,
      stages.reduce((sum, { stores }) => sum + stores.length, 0),
    );
  if (hasMixedGuards || size > MEDIUM_BODY) return 1;
  const reduces = stages.some(({ accumulators, loop }) => accumulators.length > 0 && loop.length > 0);
  if (!reduces || size > SHORT_BODY) return 2;
  // Sums of narrow columns then read whole cache lines.
  return stage === undefined && size <= TINY_BODY ? 8 : 4;
}
