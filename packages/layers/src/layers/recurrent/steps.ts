/** A cell over a sequence step by step: a `scan`, which holds the step once however long the sequence is. */
import type { Tensor } from '@hadal/core';
import { scan, swapAxes, where } from '@hadal/core';
import type { CellRun, SequenceRules } from './cell';

export interface StepsResult {
  /** [batch, time, …]; the last one alone is not stacked. */
  readonly outputs: Tensor | undefined;
  readonly last: Tensor;
  readonly states: readonly Tensor[];
}

export interface StepsRules extends SequenceRules {
  /** Whether the outputs of all steps are wanted. */
  readonly keepsOutputs: boolean;
  /** Of a cell whose output is its first state. */
  readonly outputsFirstState: boolean;
  /** What the output is before the first step that counts; not needed where it is a state. */
  readonly noOutput: Tensor;
}

/**
 * Runs a cell over what the inputs of a sequence contribute. Where a mask is false, states and output stay what they
 * were.
 *
 * @param projected [batch, time, …]
 * @param initial   the states at the beginning
 */
export function runSteps(
  run: CellRun,
  projected: Tensor,
  initial: readonly Tensor[],
  { mask, reverse, keepsOutputs, outputsFirstState, noOutput }: StepsRules,
): StepsResult {
  const carriesOutput = !outputsFirstState;
  const body = (carry: readonly Tensor[], [now, open]: readonly Tensor[]) => {
    if (now === undefined) throw new RangeError('a step without inputs');
    const states = carry.slice(0, initial.length);
    const result = run.step(now, states);
    const next = [...result.states, ...(carriesOutput ? [result.output] : [])].map((value, index) => {
      const before = carry[index];
      if (before === undefined) throw new RangeError('a step gave more states than it was given');
      const after = value.cast(before.dtype);
      return open === undefined ? after : where(alongBatch(open, after), after, before);
    });
    const output = carriesOutput ? next.at(-1) : next[0];
    return [next, keepsOutputs ? output : undefined] as const;
  };
  const [carry, outputs] = scan(
    body,
    carriesOutput ? [...initial, noOutput] : initial,
    [swapAxes(projected, 0, 1), ...(mask === undefined ? [] : [swapAxes(mask, 0, 1)])],
    { reverse },
  );
  const states = carry.slice(0, initial.length);
  const last = carriesOutput ? carry.at(-1) : states[0];
  if (last === undefined) throw new RangeError('a cell without states or output');
  return { outputs: outputs && swapAxes(outputs, 0, 1), last, states };
}

/** A mask of the first axes of `x` with an axis of 1 for each of the others. */
export const alongBatch = (mask: Tensor, x: Tensor): Tensor =>
  mask.reshape([...mask.shape, ...Array.from({ length: x.rank - mask.rank }, () => 1)]);
