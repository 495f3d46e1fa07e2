/**
 * Batching of control flow. Bodies are batched like any graph; what has to be found out is which of their parameters
 * are batched: those that see a batched input, and carries that become batched after some iteration.
 *
 * Where the examples disagree about a condition, a choice computes both sides and selects, and a loop goes on until it
 * is over for all of them, changing the carries of the others no more.
 */
import { broadcastTo, reduce, reshape, where } from '../../../graph/build';
import {
  type Body,
  type BranchControl,
  bodiesOf,
  type Control,
  controlNode,
  type LoopControl,
  resultOf,
  specOf,
  type ValueSpec,
  type WhileControl,
} from '../../../graph/control';
import type { Node, NodeOf } from '../../../graph/node';
import { nodesOf } from '../../../graph/traverse';
import { placeholder } from '../../placeholder';
import { Batching } from '../batching';
import { forAll, moveAxis, type Operand } from '../operand';
import { isRandomSource } from './random';

/** A result of batched control flow: with the batch as axis 0, or the same for all examples. */
export interface BatchedResult {
  readonly node: Node;
  readonly isBatched: boolean;
}

/** The results of control flow for all examples, by index. */
export function batchControl(
  node: NodeOf<'control'>,
  operands: readonly Operand[],
  batching: Batching,
): readonly BatchedResult[] {
  const { control } = node.attributes;
  switch (control.kind) {
    case 'loop':
      return batchLoop(node, control, operands, batching);
    case 'while':
      return batchWhile(node, control, operands, batching);
    case 'branch':
      return batchBranch(node, control, operands, batching);
  }
}

/** Whether a body, or a body in it, draws random numbers. */
export const drawsRandom = (control: Control): boolean =>
  bodiesOf(control).some(({ outputs }) =>
    nodesOf(outputs).some(
      (node) => isRandomSource(node) || (node.op === 'control' && drawsRandom(node.attributes.control)),
    ),
  );

/** A body whose parameters have been given to all examples. */
interface OpenBody {
  readonly parameters: readonly NodeOf<'parameter'>[];
  readonly batching: Batching;
}

/** Gives the batched parameters of a body a batch axis. */
function opened({ parameters }: Body, isBatched: (index: number) => boolean, outer: Batching): OpenBody {
  const batching = within(parameters, outer);
  return {
    batching,
    parameters: parameters.map((parameter, index) => {
      if (!isBatched(index)) return parameter;
      const all = placeholder([outer.size, ...parameter.shape], parameter.dtype);
      batching.bind(parameter, all);
      return all;
    }),
  };
}

/** A batching of the graph that begins with these parameters. */
const within = (parameters: readonly Node[], { size, randomness }: Batching): Batching =>
  new Batching(
    size,
    randomness,
    parameters.reduce((oldest, { id }) => Math.min(oldest, id), Number.POSITIVE_INFINITY),
  );

const outputOf = (batching: Batching, output: Node, isBatched: boolean): Node =>
  isBatched ? batching.all(output) : batching.shared(output);

/** Marks carries that are batched after some iteration, until no more are found. */
function spread(flags: boolean[], next: () => readonly boolean[]): void {
  for (let changed = true; changed; ) {
    changed = false;
    next().forEach((isBatched, index) => {
      if (!isBatched || flags[index] === true) return;
      flags[index] = true;
      changed = true;
    });
  }
}

function batchLoop(
  node: NodeOf<'control'>,
  control: LoopControl,
  operands: readonly Operand[],
  batching: Batching,
): BatchedResult[] {
  const { body, carries, scanned, count } = control;
  const { size } = batching;
  const flags = operands.map(({ batched }) => batched !== undefined);
  // The first parameter counts iterations.
  const open = (): OpenBody => opened(body, (index) => index > 0 && flags[index - 1] === true, batching);
  spread(flags, () => {
    const { batching: inner } = open();
    return body.outputs.slice(0, carries).map((output) => inner.find(output) !== undefined);
  });
  const { parameters, batching: inner } = open();
  const isBatched = body.outputs.map((output, index) =>
    index < carries ? flags[index] === true : inner.find(output) !== undefined,
  );
  const outputs = body.outputs.map((output, index) => outputOf(inner, output, isBatched[index] === true));
  const inputs = operands.map((operand, index) => {
    if (flags[index] !== true) return operand.example;
    const all = forAll(operand, size);
    // Slices are taken along the leading axis.
    return index >= carries && index < carries + scanned ? moveAxis(all, 0, 1) : all;
  });
  const stack = ({ shape, dtype }: ValueSpec): ValueSpec => ({ shape: [count, ...shape], dtype });
  const first = inputs.slice(0, carries);
  const results = [...first.map(specOf), ...outputs.slice(carries).map(stack), ...first.map(stack)];
  const { rules } = node.attributes;
  const loop = controlNode(inputs, {
    control: { ...control, body: { parameters, outputs } },
    results,
    rules,
  });
  return results.map((_, index) => {
    const isStacked = index >= carries;
    const batched = isBatched[index < outputs.length ? index : index - outputs.length] === true;
    const result = resultOf(loop, index);
    return { node: isStacked && batched ? moveAxis(result, 1, 0) : result, isBatched: batched };
  });
}

function batchWhile(
  node: NodeOf<'control'>,
  control: WhileControl,
  operands: readonly Operand[],
  batching: Batching,
): BatchedResult[] {
  const { condition, body, carries } = control;
  const { size } = batching;
  const flags = operands.map(({ batched }) => batched !== undefined);
  const isFlagged = (index: number): boolean => flags[index] === true;
  const openTest = (): OpenBody => opened(condition, isFlagged, batching);
  const differs = (test: OpenBody): boolean =>
    condition.outputs.some((output) => test.batching.find(output) !== undefined);
  spread(flags, () => {
    const { batching: inner } = opened(body, isFlagged, batching);
    const disagree = differs(openTest());
    return body.outputs.map((output) => disagree || inner.find(output) !== undefined);
  });
  const test = openTest();
  const step = opened(body, isFlagged, batching);
  const disagree = differs(test);
  const inputs = operands.map((operand, index) =>
    isFlagged(index) ? forAll(operand, size) : operand.example,
  );
  const going = condition.outputs.map((output) => outputOf(test.batching, output, disagree));
  const next = body.outputs.map((output, index) => outputOf(step.batching, output, isFlagged(index)));
  const batchedControl: WhileControl = {
    ...control,
    condition: {
      parameters: test.parameters,
      outputs: disagree ? going.map((each) => reduce('max', each, [0])) : going,
    },
    body: {
      parameters: step.parameters,
      outputs: disagree ? unlessOver(condition, step, next, batching) : next,
    },
  };
  const results = inputs.slice(0, carries).map(specOf);
  const loop = controlNode(inputs, { control: batchedControl, results, rules: node.attributes.rules });
  return results.map((_, index) => ({ node: resultOf(loop, index), isBatched: isFlagged(index) }));
}

/** The next carries of the examples for which the condition holds, the carries that they have of the others. */
function unlessOver(condition: Body, step: OpenBody, next: readonly Node[], outer: Batching): Node[] {
  const inner = within(condition.parameters, outer);
  condition.parameters.forEach((parameter, index) => {
    const given = step.parameters[index];
    if (given === undefined) return;
    if (given.shape.length > parameter.shape.length) inner.bind(parameter, given);
    else inner.replace(parameter, given);
  });
  const [holds] = condition.outputs.map((output) => inner.all(output));
  return next.map((value, index) => {
    const before = step.parameters[index];
    return holds === undefined || before === undefined
      ? value
      : where(alongside(holds, value), value, before);
  });
}

/** One flag per example, shaped to meet values of theirs. */
const alongside = (flags: Node, values: Node): Node => {
  const { shape } = values;
  const [size = 0] = shape;
  return broadcastTo(reshape(flags, [size, ...shape.slice(1).map(() => 1)]), shape);
};

function batchBranch(
  node: NodeOf<'control'>,
  control: BranchControl,
  [predicate, ...operands]: readonly Operand[],
  batching: Batching,
): BatchedResult[] {
  if (predicate === undefined) throw new Error('a choice without a predicate');
  if (predicate.batched !== undefined) return bothSides(control, predicate.batched, operands, batching);
  const { size } = batching;
  const { whenTrue, whenFalse } = control;
  const flags = operands.map(({ batched }) => batched !== undefined);
  const sides = [whenTrue, whenFalse].map((body) => ({
    body,
    ...opened(body, (index) => flags[index] === true, batching),
  }));
  const isBatched = whenTrue.outputs.map((_, index) =>
    sides.some(({ body, batching: inner }) => {
      const output = body.outputs[index];
      return output !== undefined && inner.find(output) !== undefined;
    }),
  );
  const [yes, no] = sides.map(
    ({ body, parameters, batching: inner }): Body => ({
      parameters,
      outputs: body.outputs.map((output, index) => outputOf(inner, output, isBatched[index] === true)),
    }),
  );
  const inputs = operands.map((operand, index) =>
    flags[index] === true ? forAll(operand, size) : operand.example,
  );
  const bodies: BranchControl = { kind: 'branch', whenTrue: yes ?? whenTrue, whenFalse: no ?? whenFalse };
  const results = bodies.whenTrue.outputs.map(specOf);
  const { rules } = node.attributes;
  const choice = controlNode([predicate.example, ...inputs], { control: bodies, results, rules });
  return results.map((_, index) => ({ node: resultOf(choice, index), isBatched: isBatched[index] === true }));
}

/** Examples that disagree: both sides for all of them, and then the one that each asked for. */
function bothSides(
  { whenTrue, whenFalse }: BranchControl,
  predicate: Node,
  operands: readonly Operand[],
  outer: Batching,
): BatchedResult[] {
  const [yes = [], no = []] = [whenTrue, whenFalse].map(({ parameters, outputs }) => {
    const inner = within(parameters, outer);
    parameters.forEach((parameter, index) => {
      const operand = operands[index];
      if (operand?.batched !== undefined) inner.bind(parameter, operand.batched);
      else if (operand !== undefined) inner.replace(parameter, operand.example);
    });
    return outputs.map((output) => inner.all(output));
  });
  return yes.map((value, index) => ({
    node: where(alongside(predicate, value), value, no[index] ?? value),
    isBatched: true,
  }));
}
