/**
 * The gradient of a loop is a loop that runs the other way.
 *
 * Its carries are the cotangents of the loop's carries, and sums for the cotangents of constants, which every iteration
 * adds to. It scans what the loop scanned, what each iteration began with, and the cotangents of stacked results; it
 * stacks the cotangents of scanned values. Its body is the gradient of the loop's body, built once. Values between are
 * computed again from what the iteration began with rather than kept. Since it is a loop, it has a gradient in turn.
 */
import { zerosOf } from '../autograd/rules/movement';
import { isFloat } from '../dtype';
import { add } from '../graph/build';
import { type LoopControl, resultOf } from '../graph/control';
import type { Node, NodeOf } from '../graph/node';
import { bodyParameter } from './body';
import { type LoopCarry, type LoopInput, loopNode, loopResults } from './loop-node';
import { bodyCotangents, dependents } from './pullback';

/** A loop's parameters by what they are, beside the inputs that they see. */
interface LoopView {
  readonly counter: NodeOf<'parameter'>;
  readonly carries: readonly LoopCarry[];
  readonly scanned: readonly LoopInput[];
  readonly constants: readonly LoopInput[];
}

function viewOf(node: NodeOf<'control'>, { body, carries, scanned }: LoopControl): LoopView {
  const [counter, ...parameters] = body.parameters;
  if (counter === undefined) throw new Error('a loop without a counter');
  const inputs = parameters.flatMap((parameter, index): LoopCarry[] => {
    const value = node.inputs[index];
    return value === undefined ? [] : [{ parameter, value, next: body.outputs[index] ?? parameter }];
  });
  return {
    counter,
    carries: inputs.slice(0, carries),
    scanned: inputs.slice(carries, carries + scanned),
    constants: inputs.slice(carries + scanned),
  };
}

/** Cotangents of a loop's inputs. */
export function loopVjp(
  node: NodeOf<'control'>,
  cotangents: ReadonlyMap<number, Node>,
  isInvolved: (input: Node) => boolean,
): readonly (Node | undefined)[] {
  const { control } = node.attributes;
  if (control.kind !== 'loop') throw new Error('not a loop');
  const { body, count, reverse } = control;
  const { counter, carries, scanned, constants } = viewOf(node, control);
  const { stacked, stackedCarries } = loopResults(control);
  const differentiates = ({ value }: LoopInput): boolean => isFloat(value.dtype) && isInvolved(value);
  const sources = new Set(
    [...carries, ...scanned, ...constants].filter(differentiates).map(({ parameter }) => parameter),
  );
  const active = activeCarries(carries, sources);
  const sourceOf = ({ parameter }: LoopInput): boolean => sources.has(parameter);

  // What the body's outputs pass on: cotangents of the next carries, and slices of those of stacked results.
  const next = active.map(({ value }) => bodyParameter(value));
  const slices: LoopInput[] = [];
  const seeds: (readonly [Node, Node])[] = active.map((carry, index) => [
    carry.next,
    next[index] ?? carry.next,
  ]);
  const seedStack = (output: Node, index: number): void => {
    const value = cotangents.get(index);
    if (value === undefined) return;
    const parameter = bodyParameter(output);
    slices.push({ parameter, value });
    seeds.push([output, parameter]);
  };
  body.outputs.slice(carries.length).forEach((output, index) => {
    seedStack(output, stacked + index);
  });
  carries.forEach(({ parameter }, index) => {
    seedStack(parameter, stackedCarries + index);
  });

  const found = bodyCotangents(seeds, [...sources]);
  const sums = constants.filter((each) => sourceOf(each) && found.has(each.parameter));
  const stacks = scanned.filter((each) => sourceOf(each) && found.has(each.parameter));
  const cotangentOf = ({ parameter }: LoopInput): Node => found.get(parameter) ?? zerosOf(parameter);
  const loop = loopNode({
    count,
    reverse: !reverse,
    counter,
    carries: [
      ...active.map(
        (carry, index): LoopCarry => ({
          parameter: next[index] ?? carry.parameter,
          value: cotangents.get(carries.indexOf(carry)) ?? zerosOf(carry.value),
          next: cotangentOf(carry),
        }),
      ),
      ...sums.map((constant): LoopCarry => {
        const sum = bodyParameter(constant.value);
        return { parameter: sum, value: zerosOf(constant.value), next: add(sum, cotangentOf(constant)) };
      }),
    ],
    scanned: [
      ...carries.map(({ parameter }, index) => ({
        parameter,
        value: resultOf(node, stackedCarries + index),
      })),
      ...scanned,
      ...slices,
    ],
    constants,
    stacked: stacks.map(cotangentOf),
  });
  const resultAt = (index: number, offset: number): Node | undefined =>
    index < 0 ? undefined : resultOf(loop, offset + index);
  return [
    ...carries.map((carry) => resultAt(active.indexOf(carry), 0)),
    ...scanned.map((each) => resultAt(stacks.indexOf(each), active.length + sums.length)),
    ...constants.map((each) => resultAt(sums.indexOf(each), active.length)),
  ];
}

/**
 * Carries through which gradients flow: those whose first value is asked for, and those that depend on one of them or
 * on another source at any iteration. Their parameters join the sources.
 */
function activeCarries(carries: readonly LoopCarry[], sources: Set<Node>): readonly LoopCarry[] {
  for (let before = -1; before !== sources.size; ) {
    before = sources.size;
    const reached = dependents(
      carries.map(({ next }) => next),
      sources,
    );
    for (const { parameter, next } of carries) {
      if (isFloat(parameter.dtype) && reached.has(next)) sources.add(parameter);
    }
  }
  return carries.filter(({ parameter }) => sources.has(parameter));
}
