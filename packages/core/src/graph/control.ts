/**
 * Control flow in the graph: computations that run graphs of their own, many times or not at all.
 *
 * A `control` node holds its bodies as plain graphs and stands for all of its results; `result` nodes name them one by
 * one. A body reads nothing but its parameters: whatever the function behind it captured has become an input of the
 * node. What is done with it (gradients, planning) is attached to the node, so that only programs with control flow
 * carry it.
 */
import type { DType } from '../dtype';
import type { Division, Executable } from '../plan/executable';
import { makeNode, type Node, type NodeOf } from './node';

/** A graph with inputs of its own. The list says which parameter is which; their numbers only tell them apart. */
export interface Body {
  readonly parameters: readonly NodeOf<'parameter'>[];
  readonly outputs: readonly Node[];
}

/**
 * A loop of `count` iterations. Inputs: `carries` first values, `scanned` values of which iteration i sees slice i of
 * the leading axis (from the last to the first when `reverse`), then constants. Parameters of the body: the number of
 * the slice as int32, then one for each input. Outputs of the body: the carries of the next iteration, then what is
 * stacked at slice i.
 *
 * Results: the last carries; the stacked outputs; and for each carry the stack of what iterations began with.
 */
export interface LoopControl {
  readonly kind: 'loop';
  readonly body: Body;
  readonly count: number;
  readonly carries: number;
  readonly scanned: number;
  readonly reverse: boolean;
}

/**
 * A loop that goes on while a condition holds. Inputs: first carries, then constants; both bodies have a parameter for
 * each. The condition gives one bool, the body the next carries. Results: the last carries.
 */
export interface WhileControl {
  readonly kind: 'while';
  readonly condition: Body;
  readonly body: Body;
  readonly carries: number;
}

/** A choice. Inputs: a bool of one element, then operands, for each of which both bodies have a parameter. */
export interface BranchControl {
  readonly kind: 'branch';
  readonly whenTrue: Body;
  readonly whenFalse: Body;
}

export type Control = LoopControl | WhileControl | BranchControl;

/** Shape and dtype of a value. */
export interface ValueSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

export const specOf = ({ shape, dtype }: ValueSpec): ValueSpec => ({ shape, dtype });

/** What is done with control flow, attached to its nodes. */
export interface ControlRules {
  /**
   * Cotangents of the inputs, undefined where there is none.
   *
   * @param cotangents of results, by index
   * @param isInvolved whether the cotangent of an input is asked for
   */
  vjp(
    node: NodeOf<'control'>,
    cotangents: ReadonlyMap<number, Node>,
    isInvolved: (input: Node) => boolean,
  ): readonly (Node | undefined)[];
  describe(node: NodeOf<'control'>): ControlDescription;
  /** Plans a graph with control flow in it, or in composites that no library takes. */
  divide(division: Division): Executable;
}

/** Thrown where control flow turns up inside of a composite: such a graph is planned in parts as well. */
export class HiddenControl {
  constructor(readonly rules: ControlRules) {}
}

export interface ControlDescription {
  /** A text equal for equal control flow up to the values of slots in its bodies. */
  readonly key: string;
  /** The values of these slots, body by body. */
  readonly slots: readonly number[];
}

export interface ControlAttributes {
  readonly control: Control;
  readonly results: readonly ValueSpec[];
  readonly rules: ControlRules;
}

/** A node for control flow. It has no value of its own; its dtype lets gradients pass. */
export const controlNode = (inputs: readonly Node[], attributes: ControlAttributes): NodeOf<'control'> =>
  makeNode('control', inputs, attributes, [0], 'float32');

/** One result of control flow. */
export function resultOf(control: NodeOf<'control'>, index: number): Node {
  const spec = control.attributes.results[index];
  if (spec === undefined) throw new Error(`control flow has no result ${index}`);
  return makeNode('result', [control], { index }, spec.shape, spec.dtype);
}

/** The bodies of a control node, in a fixed order. */
export function bodiesOf(control: Control): readonly Body[] {
  switch (control.kind) {
    case 'loop':
      return [control.body];
    case 'while':
      return [control.condition, control.body];
    case 'branch':
      return [control.whenTrue, control.whenFalse];
  }
}
