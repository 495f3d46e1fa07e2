/**
 * Rewriting loop kernels: the tool with which the saboteur breaks one thing in them.
 */
import type {
  Accumulator,
  Address,
  Instruction,
  LoopKernel,
  Register,
  ScalarOp,
  Stage,
} from '@hadal/core/backend';

/** Appends instructions and hands out fresh registers. */
export class Emitter {
  readonly body: Instruction[] = [];
  #next: number;

  constructor(kernel: LoopKernel) {
    const assigned = kernel.stages.flatMap((stage) => [
      ...stage.body.map(({ to }) => to),
      ...stage.accumulators.map(({ to }) => to),
    ]);
    this.#next = Math.max(-1, ...assigned) + 1;
  }

  get register(): number {
    return this.#next++;
  }

  push(instruction: Instruction): number {
    this.body.push(instruction);
    return instruction.to;
  }

  constant(type: Register, value: number, to = this.register): number {
    return this.push({ op: 'constant', to, type, value });
  }

  axis(axis: number): number {
    return this.push({ op: 'axis', to: this.register, type: 'i32', axis });
  }

  /** A scalar operation whose result has the operands' type. */
  apply(op: ScalarOp, type: Register, operands: readonly number[], to = this.register): number {
    return this.push({ op, to, type, from: type, operands });
  }

  compare(op: 'lt' | 'ne', from: Register, operands: readonly number[]): number {
    return this.push({ op, to: this.register, type: 'i32', from, operands });
  }

  select(type: Register, condition: number, yes: number, no: number, to = this.register): number {
    return this.push({ op: 'select', to, type, from: type, operands: [condition, yes, no] });
  }
}

/** How a stage lies in its kernel. */
export interface Place {
  readonly kernel: LoopKernel;
  readonly stage: Stage;
}

/** Replaces an instruction: emits others that assign its register, or returns false to keep it. */
export type InstructionRewrite = (instruction: Instruction, emit: Emitter, place: Place) => boolean;

export function rewriteInstructions(kernel: LoopKernel, rewrite: InstructionRewrite): LoopKernel {
  const registers = new Emitter(kernel);
  const stages = kernel.stages.map((stage) => {
    registers.body.length = 0;
    for (const instruction of stage.body) {
      if (!rewrite(instruction, registers, { kernel, stage })) registers.push(instruction);
    }
    return { ...stage, body: [...registers.body] };
  });
  return { ...kernel, stages };
}

/** Replaces what an accumulator adds up, after the body of its stage. */
export function rewriteAccumulators(
  kernel: LoopKernel,
  rewrite: (accumulator: Accumulator, emit: Emitter, place: Place) => Accumulator,
): LoopKernel {
  const registers = new Emitter(kernel);
  const stages = kernel.stages.map((stage) => {
    registers.body.length = 0;
    const accumulators = stage.accumulators.map((each) => rewrite(each, registers, { kernel, stage }));
    return { ...stage, body: [...stage.body, ...registers.body], accumulators };
  });
  return { ...kernel, stages };
}

export function rewriteLoads(
  kernel: LoopKernel,
  rewrite: (address: Address, place: Place) => Address,
): LoopKernel {
  return {
    ...kernel,
    stages: kernel.stages.map((stage) => ({
      ...stage,
      body: stage.body.map((instruction) =>
        instruction.op === 'load'
          ? { ...instruction, address: rewrite(instruction.address, { kernel, stage }) }
          : instruction,
      ),
    })),
  };
}

export function rewriteStores(kernel: LoopKernel, rewrite: (address: Address) => Address): LoopKernel {
  return {
    ...kernel,
    stages: kernel.stages.map((stage) => ({
      ...stage,
      stores: stage.stores.map((store) => ({ ...store, address: rewrite(store.address) })),
    })),
  };
}
