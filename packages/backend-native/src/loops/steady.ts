/**
 * What a kernel computes from its axes alone, the leading one apart, such as the places where the gradient of a pooling
 * window goes: the addon computes it once for all indices of the other axes, such as a batch.
 */
import type { LoopKernel } from '@hadal/core/backend';
import { operandsOf } from './operands';
import { fixedRegisters } from './uniform';

/** A kernel whose stages compute what is steady before anything else. */
export interface SteadyFirst {
  readonly kernel: LoopKernel;
  readonly steady: ReadonlySet<number>;
  /** Axes that steady values depend on. */
  readonly axes: readonly number[];
}

/** Finds the steady registers of stages without a loop, and moves them to the front. */
export function steadyFirst(kernel: LoopKernel, uniform: ReadonlySet<number>): SteadyFirst {
  const fixed = fixedRegisters(kernel, uniform);
  const steady = new Set<number>();
  const axes = new Set<number>();
  const stages = kernel.stages.map((stage) => {
    for (const instruction of stage.body) {
      if (stage.loop.length === 0 && instruction.op !== 'load' && !uniform.has(instruction.to)) {
        const isSteady =
          instruction.op === 'axis'
            ? instruction.axis > 0
            : operandsOf(instruction).every((register) => steady.has(register) || fixed.has(register));
        if (isSteady) steady.add(instruction.to);
        if (isSteady && instruction.op === 'axis') axes.add(instruction.axis);
      }
    }
    const isFirst = ({ to }: { readonly to: number }): boolean => steady.has(to);
    return {
      ...stage,
      body: [...stage.body.filter(isFirst), ...stage.body.filter((each) => !isFirst(each))],
    };
  });
  return { kernel: { ...kernel, stages }, steady, axes: [...axes] };
}
