/**
 * What a kernel computes alike at all of its points, such as the step size of an optimizer from the number of its steps:
 * the addon computes it once a run.
 */
import type { Instruction, LoopKernel, Stage } from '@hadal/core/backend';
import { operandsOf, readBeside } from './operands';

const isGiven = ({ op }: Instruction): boolean => op === 'constant' || op === 'scalar' || op === 'integer';

/** Registers with the same value at all points: numbers, what is loaded from one element, and what follows from these. */
export function uniformRegisters({ buffers, stages }: LoopKernel): ReadonlySet<number> {
  const uniform = new Set<number>();
  const isUniform = (instruction: Instruction, { loop }: Stage): boolean => {
    if (isGiven(instruction)) return true;
    if (instruction.op === 'axis') return false;
    if (instruction.op !== 'load') return operandsOf(instruction).every((register) => uniform.has(register));
    const { buffer, address, guard } = instruction;
    // In a loop, which may have no iterations, there may be nothing to load.
    const isOneElement = address.terms.length === 0 && address.index === undefined && guard === undefined;
    return isOneElement && loop.length === 0 && buffers[buffer]?.access === 'read';
  };
  for (const stage of stages) {
    for (const instruction of stage.body) {
      if (isUniform(instruction, stage)) uniform.add(instruction.to);
    }
  }
  return uniform;
}

/** Uniform registers that are the same in all runs with the same integers: numbers, integers, and what follows from these. */
export function fixedRegisters({ stages }: LoopKernel, uniform: ReadonlySet<number>): ReadonlySet<number> {
  const fixed = new Set<number>();
  for (const instruction of stages.flatMap(({ body }) => body)) {
    const { op, to } = instruction;
    const isArgument = op === 'scalar' || op === 'load';
    if (uniform.has(to) && !isArgument && operandsOf(instruction).every((register) => fixed.has(register)))
      fixed.add(to);
  }
  return fixed;
}

/** Uniform registers that are also read lane by lane: by accumulators, stores, addresses and guards. */
export function spreadRegisters({ stages }: LoopKernel, uniform: ReadonlySet<number>): ReadonlySet<number> {
  return new Set(stages.flatMap(readBeside).filter((register) => uniform.has(register)));
}
