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

/** Applies a rewrite to every instruction; a kernel without anything to rewrite is returned as it is. */
export function rewriteInstructions(kernel: LoopKernel, rewrite: InstructionRewrite): LoopKernel {
  const emit = new Emitter(kernel);
  let isChanged = false;
  const stages = kernel.stages.map((stage) => {
    emit.body.length = 0;
    for (const instruction of stage.body) {
      if (rewrite(instruction, emit, { kernel, stage })) isChanged = true;
      else emit.push(instruction);
    }
    return { ...stage, body: [...emit.body] };
  });
  return isChanged ? { ...kernel, stages } : kernel;
}

/** Replaces what an accumulator adds up, after the body of its stage. */
export function rewriteAccumulators(
  kernel: LoopKernel,
  rewrite: (accumulator: Accumulator, emit: Emitter, place: Place) => Accumulator,
): LoopKernel {
  const emit = new Emitter(kernel);
  let isChanged = false;
  const stages = kernel.stages.map((stage) => {
    emit.body.length = 0;
    const accumulators = stage.accumulators.map((each) => {
      const changed = rewrite(each, emit, { kernel, stage });
      if (changed !== each) isChanged = true;
      return changed;
    });
    return { ...stage, body: [...stage.body, ...emit.body], accumulators };
  });
  return isChanged ? { ...kernel, stages } : kernel;
}

type AddressRewrite = (address: Address) => Address;

/** Rewrites addresses; one that comes back with the same offset, index and terms counts as kept. */
function addressRewriter(rewrite: AddressRewrite): {
  readonly apply: AddressRewrite;
  readonly isChanged: () => boolean;
} {
  let isChanged = false;
  return {
    isChanged: () => isChanged,
    apply: (address) => {
      const changed = rewrite(address);
      if (JSON.stringify(changed) === JSON.stringify(address)) return address;
      isChanged = true;
      return changed;
    },
  };
}

export function rewriteLoads(kernel: LoopKernel, rewrite: AddressRewrite): LoopKernel {
  const { apply, isChanged } = addressRewriter(rewrite);
  const stages = kernel.stages.map((stage) => ({
    ...stage,
    body: stage.body.map((instruction) =>
      instruction.op === 'load' ? { ...instruction, address: apply(instruction.address) } : instruction,
    ),
  }));
  return isChanged() ? { ...kernel, stages } : kernel;
}

export function rewriteStores(kernel: LoopKernel, rewrite: AddressRewrite): LoopKernel {
  const { apply, isChanged } = addressRewriter(rewrite);
  const stages = kernel.stages.map((stage) => ({
    ...stage,
    stores: stage.stores.map((store) => ({ ...store, address: apply(store.address) })),
  }));
  return isChanged() ? { ...kernel, stages } : kernel;
}
