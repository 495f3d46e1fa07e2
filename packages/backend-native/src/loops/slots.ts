/**
 * Which slot holds which register of a loop kernel. A slot is a block of lanes of the addon; the fewer there are, the
 * longer blocks stay in the first-level cache, so that a slot is used again once the last instruction has read it.
 */
import type { LoopKernel } from '@hadal/core/backend';
import { operandsOf, readAfterBody, usesDoubles } from './operands';
import { spreadRegisters } from './uniform';

export interface Slots {
  /** How many slots are blocks; those of uniform registers, which are a few equal lanes, have the numbers after them. */
  readonly count: number;
  /** The slot that scalar operations find a register in. */
  slotOf(register: number): number;
  /** The block of a register, as everything else reads it. */
  blockOf(register: number): number;
  /** Uniform registers that have a block as well. */
  readonly spread: readonly number[];
  /** Slots for the extremes of argmax and argmin, by the register of the place. */
  bestOf(register: number): number;
  /** Registers of earlier stages that a stage reads, uniform ones apart. */
  inherited(stage: number): readonly number[];
}

/**
 * Assigns slots to all registers of a kernel.
 *
 * @param uniform registers with the same value at all grid points
 * @param steady registers that keep their values from one grid point to others
 */
export function assignSlots(
  kernel: LoopKernel,
  uniform: ReadonlySet<number>,
  steady: ReadonlySet<number>,
): Slots {
  const hasDoubles = usesDoubles(kernel);
  /** Registers that live beyond what one stage's body does with them. */
  const lasting = new Set<number>();
  const inherited: Set<number>[] = kernel.stages.map(() => new Set());

  kernel.stages.forEach((stage, number) => {
    const own = new Set(stage.body.map(({ to }) => to));
    const read = [...stage.body.flatMap(operandsOf), ...readAfterBody(stage)];
    for (const register of read) {
      if (own.has(register) || uniform.has(register)) continue;
      lasting.add(register);
      inherited[number]?.add(register);
    }
    for (const register of readAfterBody(stage)) {
      if (own.has(register) && !uniform.has(register)) lasting.add(register);
    }
    for (const instruction of stage.body) {
      if (steady.has(instruction.to)) continue;
      for (const register of operandsOf(instruction)) if (steady.has(register)) lasting.add(register);
    }
    for (const { to } of stage.accumulators) lasting.add(to);
  });

  let count = 0;
  const slots = new Map<number, number>();
  const best = new Map<number, number>();
  const spread = new Map<number, number>();
  for (const register of spreadRegisters(kernel, uniform)) spread.set(register, count++);
  for (const register of lasting) slots.set(register, count++);
  for (const { accumulators } of kernel.stages) {
    for (const { kind, to } of accumulators) {
      if (kind === 'argmax' || kind === 'argmin') best.set(to, count++);
    }
  }
  const free: number[] = [];
  for (const stage of kernel.stages) {
    const lastRead = new Map<number, number>();
    const body = stage.body.filter(({ to }) => !uniform.has(to));
    body.forEach((instruction, at) => {
      for (const register of operandsOf(instruction)) lastRead.set(register, at);
    });
    body.forEach((instruction, at) => {
      const done = [...new Set(operandsOf(instruction))].flatMap((register) => {
        const slot = slots.get(register);
        return slot === undefined || lasting.has(register) || lastRead.get(register) !== at ? [] : [slot];
      });
      // Lane by lane a result may take the place of an operand, unless lanes differ in size; loads read guards at the end.
      const inPlace = instruction.op !== 'load' && !hasDoubles;
      if (inPlace) free.push(...done);
      if (!lasting.has(instruction.to)) {
        const slot = free.pop() ?? count++;
        slots.set(instruction.to, slot);
        // What nobody reads is free at once.
        if (!lastRead.has(instruction.to)) free.push(slot);
      }
      if (!inPlace) free.push(...done);
    });
  }
  const blocks = count;
  for (const register of uniform) slots.set(register, count++);
  const found = (map: ReadonlyMap<number, number>, register: number): number => {
    const slot = map.get(register);
    if (slot === undefined)
      throw new RangeError(`register ${register} of kernel ${kernel.name} is never assigned`);
    return slot;
  };
  return {
    count: blocks,
    slotOf: (register) => found(slots, register),
    blockOf: (register) => found(uniform.has(register) ? spread : slots, register),
    spread: [...spread.keys()],
    bestOf: (register) => found(best, register),
    inherited: (stage) => [...(inherited[stage] ?? [])],
  };
}
