/**
 * Which slot holds which register of a loop kernel. A slot is a block of lanes of the addon; the fewer there are, the
 * longer blocks stay in the first-level cache, so that a slot is used again once the last instruction has read it.
 */
import type { Instruction, LoopKernel, Stage } from '@hadal/core/backend';

/** Instructions whose result is the same at all points. */
export const isUniform = ({ op }: Instruction): boolean =>
  op === 'constant' || op === 'scalar' || op === 'integer';

/** Registers that an instruction reads. */
export function operandsOf(instruction: Instruction): readonly number[] {
  switch (instruction.op) {
    case 'constant':
    case 'scalar':
    case 'integer':
    case 'axis':
      return [];
    case 'load': {
      const { guard, address } = instruction;
      return [guard, address.index].filter((register) => register !== undefined);
    }
    default:
      return instruction.operands;
  }
}

/** Registers that the accumulators and stores of a stage read. */
export function readAfterBody({ accumulators, stores }: Stage): readonly number[] {
  return [
    ...accumulators.map(({ value }) => value),
    ...stores.flatMap(({ value, address }) =>
      address.index === undefined ? [value] : [value, address.index],
    ),
  ];
}

export interface Slots {
  readonly count: number;
  slotOf(register: number): number;
  /** Slots for the extremes of argmax and argmin, by the register of the place. */
  bestOf(register: number): number;
  /** Registers of earlier stages that a stage reads, uniform ones apart. */
  inherited(stage: number): readonly number[];
}

/** Whether some register of a kernel is float64. */
export const usesDoubles = ({ stages }: LoopKernel): boolean =>
  stages.some(({ body, accumulators }) => [...body, ...accumulators].some(({ type }) => type === 'f64'));

/**
 * Assigns slots to all registers of a kernel.
 *
 * @param steady registers that keep their values from one grid point to others
 */
export function assignSlots(kernel: LoopKernel, steady: ReadonlySet<number>): Slots {
  const hasDoubles = usesDoubles(kernel);
  const uniform = new Set<number>();
  /** Registers that live beyond what one stage's body does with them. */
  const lasting = new Set<number>();
  const inherited: Set<number>[] = kernel.stages.map(() => new Set());

  kernel.stages.forEach((stage, number) => {
    const own = new Set(stage.body.map(({ to }) => to));
    for (const instruction of stage.body) {
      if (isUniform(instruction)) uniform.add(instruction.to);
    }
    const read = [...stage.body.flatMap(operandsOf), ...readAfterBody(stage)];
    for (const register of read) {
      if (own.has(register) || uniform.has(register)) continue;
      lasting.add(register);
      inherited[number]?.add(register);
    }
    for (const register of readAfterBody(stage)) if (own.has(register)) lasting.add(register);
    for (const instruction of stage.body) {
      if (steady.has(instruction.to)) continue;
      for (const register of operandsOf(instruction)) if (steady.has(register)) lasting.add(register);
    }
    for (const { to } of stage.accumulators) lasting.add(to);
  });
  for (const register of uniform) lasting.add(register);

  let count = 0;
  const slots = new Map<number, number>();
  const best = new Map<number, number>();
  for (const register of lasting) slots.set(register, count++);
  for (const { accumulators } of kernel.stages) {
    for (const { kind, to } of accumulators) {
      if (kind === 'argmax' || kind === 'argmin') best.set(to, count++);
    }
  }
  const free: number[] = [];
  for (const stage of kernel.stages) {
    const lastRead = new Map<number, number>();
    stage.body.forEach((instruction, at) => {
      for (const register of operandsOf(instruction)) lastRead.set(register, at);
    });
    stage.body.forEach((instruction, at) => {
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
  const found = (map: ReadonlyMap<number, number>, register: number): number => {
    const slot = map.get(register);
    if (slot === undefined)
      throw new RangeError(`register ${register} of kernel ${kernel.name} is never assigned`);
    return slot;
  };
  return {
    count,
    slotOf: (register) => found(slots, register),
    bestOf: (register) => found(best, register),
    inherited: (stage) => [...(inherited[stage] ?? [])],
  };
}
