/**
 * Nodes of loops with a fixed number of iterations.
 */
import {
  type Body,
  type ControlRules,
  controlNode,
  type LoopControl,
  specOf,
  type ValueSpec,
} from '../graph/control';
import type { Node, NodeOf } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import { loopVjp } from './loop-vjp';
import { describeControl } from './plan/describe';
import { divide } from './plan/divide';

/** What a loop is made of; inputs stand beside the parameters that see them. */
export interface LoopParts {
  readonly count: number;
  readonly reverse: boolean;
  /** The number of the slice, int32. */
  readonly counter: NodeOf<'parameter'>;
  readonly carries: readonly LoopCarry[];
  readonly scanned: readonly LoopInput[];
  readonly constants: readonly LoopInput[];
  /** What each iteration adds to the stacked results. */
  readonly stacked: readonly Node[];
}

export interface LoopInput {
  readonly parameter: NodeOf<'parameter'>;
  readonly value: Node;
}

export interface LoopCarry extends LoopInput {
  /** What the next iteration begins with. */
  readonly next: Node;
}

/** Where the results of a loop begin. */
export const loopResults = ({ body, carries }: LoopControl): { stacked: number; stackedCarries: number } => ({
  stacked: carries,
  stackedCarries: body.outputs.length,
});

const rules: ControlRules = {
  vjp: loopVjp,
  describe: describeControl,
  divide,
};

/** The node of a loop. Scanned values and constants that its body does not read are left out. */
export function loopNode(parts: LoopParts): NodeOf<'control'> {
  const { count, reverse, counter, carries, stacked } = parts;
  const outputs = [...carries.map(({ next }) => next), ...stacked];
  const read = new Set(nodesOf(outputs));
  const isRead = ({ parameter }: LoopInput): boolean => read.has(parameter);
  const scanned = parts.scanned.filter(isRead);
  const constants = parts.constants.filter(isRead);
  const inputs = [...carries, ...scanned, ...constants];
  const body: Body = { parameters: [counter, ...inputs.map(({ parameter }) => parameter)], outputs };
  const stack = ({ shape, dtype }: ValueSpec): ValueSpec => ({ shape: [count, ...shape], dtype });
  return controlNode(
    inputs.map(({ value }) => value),
    {
      control: { kind: 'loop', body, count, carries: carries.length, scanned: scanned.length, reverse },
      results: [
        ...carries.map(({ value }) => specOf(value)),
        ...stacked.map(stack),
        ...carries.map(({ value }) => stack(value)),
      ],
      rules,
    },
  );
}
