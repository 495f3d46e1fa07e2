/**
 * What the parts of a loop kernel read.
 */
import type { Instruction, LoopKernel, Stage } from '@hadal/core/backend';

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

/** Registers that anything but a scalar operation of a stage reads. */
export function readBeside(stage: Stage): readonly number[] {
  const loads = stage.body.filter(({ op }) => op === 'load');
  return [...loads.flatMap(operandsOf), ...readAfterBody(stage)];
}

/**
 * Whether a stage needs all lanes of a register that is alike in all of them: anything but a scalar operation reads it, or
 * one that has no other operands.
 */
export function isReadWhole(stage: Stage, register: number, isAlike: (register: number) => boolean): boolean {
  return (
    readBeside(stage).includes(register) ||
    stage.body.some(
      (each) => each.op !== 'load' && operandsOf(each).includes(register) && operandsOf(each).every(isAlike),
    )
  );
}

/** Whether some register of a kernel is float64. */
export const usesDoubles = ({ stages }: LoopKernel): boolean =>
  stages.some(({ body, accumulators }) => [...body, ...accumulators].some(({ type }) => type === 'f64'));
