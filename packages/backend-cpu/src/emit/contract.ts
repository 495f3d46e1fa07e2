/**
 * Fuses a multiplication with the addition that is its only reader, where the engine has a fused multiply-add. The form
 * allows this contraction; it happens before anything else, so that bodies and tails of loops round alike.
 */
import type { Instruction, LoopKernel, ScalarInstruction, Stage } from '@hadal/core/backend';

/** The same kernel with `fma` in place of `mul` and `add`. */
export function contract(kernel: LoopKernel): LoopKernel {
  const reads = countReads(kernel);
  return { ...kernel, stages: kernel.stages.map((stage) => contractStage(stage, reads)) };
}

function countReads(kernel: LoopKernel): ReadonlyMap<number, number> {
  const reads = new Map<number, number>();
  const note = (register: number | undefined): void => {
    if (register !== undefined) reads.set(register, (reads.get(register) ?? 0) + 1);
  };
  for (const stage of kernel.stages) {
    for (const instruction of stage.body) {
      if ('operands' in instruction) instruction.operands.forEach(note);
      if (instruction.op === 'load') {
        note(instruction.guard);
        note(instruction.address.index);
      }
    }
    for (const { value } of stage.accumulators) note(value);
    for (const { value, address } of stage.stores) {
      note(value);
      note(address.index);
    }
  }
  return reads;
}

function contractStage(stage: Stage, reads: ReadonlyMap<number, number>): Stage {
  const products = new Map<number, ScalarInstruction>();
  const fused = new Set<number>();
  const body = stage.body.map((instruction): Instruction => {
    if (instruction.op === 'mul' && instruction.type === 'f32' && reads.get(instruction.to) === 1) {
      products.set(instruction.to, instruction);
    }
    if (instruction.op !== 'add' || instruction.type !== 'f32') return instruction;
    const [left, right] = instruction.operands;
    if (left === undefined || right === undefined) return instruction;
    for (const [product, addend] of [
      [left, right],
      [right, left],
    ] as const) {
      const factors = products.get(product)?.operands;
      if (factors === undefined || product === addend) continue;
      fused.add(product);
      return { ...instruction, op: 'fma', operands: [...factors, addend] };
    }
    return instruction;
  });
  return { ...stage, body: body.filter(({ to }) => !fused.has(to)) };
}
