/**
 * Where each instruction of a kernel is computed, and whether it differs between the lanes of a vector.
 *
 * Levels number the depth of nested loops: level 0 is the function's beginning, level a + 1 the inside of the loop over
 * axis a. With k grid axes, level k is the grid point itself, deeper levels belong to the loops of a stage. Instructions
 * move to the smallest level at which all they depend on is known.
 */
import type { Instruction, LoadInstruction, LoopKernel, Stage } from '@hadal/core/backend';

/** An instruction with the level at which it is computed. */
export interface Placed {
  readonly instruction: Instruction;
  readonly level: number;
}

export interface StagePlan {
  readonly stage: Stage;
  /** In order; instructions that moved above the grid point are in `KernelPlan.hoisted` instead. */
  readonly body: readonly Placed[];
}

export interface KernelPlan {
  /** The axis of the lanes in stages without loop and in those with one; undefined where there is none. */
  readonly vectorAxis: (stage: Stage) => number | undefined;
  /** Instructions computed at levels below the grid point, before any stage. */
  readonly hoisted: readonly Placed[];
  readonly stages: readonly StagePlan[];
  /** Registers that differ between lanes. */
  readonly wide: ReadonlySet<number>;
  /** Registers equal in all lanes, that are read by something that has lanes. */
  readonly splat: ReadonlySet<number>;
}

/** The axis of a stage's lanes. */
function vectorAxisOf(kernel: LoopKernel, stage: Stage): number | undefined {
  switch (kernel.vectorAxis) {
    case 'none':
      return undefined;
    case 'grid':
      return kernel.grid.length - 1;
    case 'loop':
      return stage.loop.length === 0 ? undefined : kernel.grid.length + stage.loop.length - 1;
  }
}

/** Registers an instruction reads. */
export function operandsOf(instruction: Instruction): readonly number[] {
  if ('operands' in instruction) return instruction.operands;
  if (instruction.op !== 'load') return [];
  return [instruction.guard, instruction.address.index].filter((register) => register !== undefined);
}

/** Axes an instruction depends on by itself. */
function axesOf(instruction: Instruction): readonly number[] {
  if (instruction.op === 'axis') return [instruction.axis];
  return instruction.op === 'load' ? instruction.address.terms.map(({ axis }) => axis) : [];
}

export function analyze(kernel: LoopKernel): KernelPlan {
  const point = kernel.grid.length;
  const levels = new Map<number, number>();
  const wide = new Set<number>();
  const splat = new Set<number>();
  const hoisted: Placed[] = [];
  const stages: StagePlan[] = [];

  for (const stage of kernel.stages) {
    const innermost = point + stage.loop.length;
    const vectorAxis = vectorAxisOf(kernel, stage);
    const body: Placed[] = [];
    for (const instruction of stage.body) {
      let level = 0;
      let isWide = false;
      for (const axis of axesOf(instruction)) {
        level = Math.max(level, axis + 1);
        if (axis === vectorAxis) isWide = true;
      }
      for (const register of operandsOf(instruction)) {
        level = Math.max(level, levels.get(register) ?? 0);
        if (wide.has(register)) isWide = true;
      }
      if (instruction.op === 'load' && mustStay(kernel, stage, instruction)) level = innermost;
      levels.set(instruction.to, level);
      if (isWide) wide.add(instruction.to);
      (level < point ? hoisted : body).push({ instruction, level });
    }
    const overLoop = kernel.vectorAxis === 'loop' && stage.loop.length > 0;
    for (const { value, to } of stage.accumulators) {
      levels.set(to, point);
      if (overLoop && !wide.has(value)) splat.add(value);
      if (!overLoop && wide.has(value)) wide.add(to);
    }
    noteSplats(stage, wide, splat, vectorAxis);
    stages.push({ stage, body });
  }
  return { vectorAxis: (stage) => vectorAxisOf(kernel, stage), hoisted, stages, wide, splat };
}

/**
 * Loads that stay inside the loops of their stage: of memory that the kernel changes, and those whose computed address
 * may be meaningless when the loop is empty.
 */
function mustStay(kernel: LoopKernel, stage: Stage, load: LoadInstruction): boolean {
  if (kernel.buffers[load.buffer]?.access !== 'read') return true;
  const mayBeEmpty = stage.loop.some((extent) => typeof extent !== 'number' || extent === 0);
  return load.address.index !== undefined && mayBeEmpty;
}

/** Marks what lanes read although it has none. */
function noteSplats(
  stage: Stage,
  wide: ReadonlySet<number>,
  splat: Set<number>,
  vectorAxis: number | undefined,
): void {
  for (const instruction of stage.body) {
    if (instruction.op === 'load' || !wide.has(instruction.to)) continue;
    for (const register of operandsOf(instruction)) if (!wide.has(register)) splat.add(register);
  }
  for (const { value, address } of stage.stores) {
    if (wide.has(value)) continue;
    if (address.terms.some(({ axis }) => axis === vectorAxis)) splat.add(value);
  }
}
