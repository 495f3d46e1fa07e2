/**
 * Control flow for all examples of a batch at once.
 *
 * A body is batched as any graph: its parameters for one example are replaced by stand-ins, and its outputs rewritten.
 * A carry is batched when its first value is or when an iteration makes it so, which is found by trying. Examples that
 * end a loop at different iterations wait for each other; where they choose differently, both choices are computed.
 */
import type { Batching } from '../autograd/batching/batching';
import { forAll, moveAxis, type Operand } from '../autograd/batching/operand';
import { broadcastTo, reduce, reshape, where } from '../graph/build';
import type { Body, BranchControl, LoopControl, ValueSpec, WhileControl } from '../graph/control';
import type { Node, NodeOf } from '../graph/node';
import { bodyParameter } from './body';
import { controlNode, type LoopInput, loopNode, resultOf } from './loop-node';
import { rewrite } from './rewrite';

/** A body whose parameters are for all examples where they are batched; outputs are still those of one example. */
interface OpenBody {
  readonly parameters: readonly NodeOf<'parameter'>[];
  readonly standIns: ReadonlyMap<Node, Node>;
  readonly outputs: readonly Node[];
  readonly inner: Batching;
}

function opened(body: Body, isBatched: readonly boolean[], batching: Batching): OpenBody {
  const inner = batching.inner();
  const parameters = body.parameters.map(({ shape, dtype }, index) =>
    bodyParameter({ shape: isBatched[index] ? [batching.size, ...shape] : shape, dtype }),
  );
  const standIns = new Map<Node, Node>();
  body.parameters.forEach((parameter, index) => {
    const whole = parameters[index] ?? parameter;
    standIns.set(parameter, isBatched[index] ? inner.standIn(whole) : whole);
  });
  return { parameters, standIns, outputs: rewrite(body.outputs, (node) => standIns.get(node)), inner };
}

const isBatched = ({ batched }: Operand): boolean => batched !== undefined;

/** Which carries are batched at any iteration; `open` opens the body with those that are so far. */
function batchedCarries(
  carries: readonly Operand[],
  open: (flags: readonly boolean[]) => OpenBody,
): { readonly flags: readonly boolean[]; readonly body: OpenBody } {
  let flags = carries.map(isBatched);
  for (;;) {
    const body = open(flags);
    const grown = flags.map((flag, index) => {
      const output = body.outputs[index];
      return flag || (output !== undefined && body.inner.find(output) !== undefined);
    });
    if (grown.every((flag, index) => flag === flags[index])) return { flags, body };
    flags = grown;
  }
}

function batchLoop(
  control: LoopControl,
  operands: readonly Operand[],
  batching: Batching,
): NodeOf<'control'> {
  const { count, carries, scanned, reverse } = control;
  const rest = operands.slice(carries);
  const { flags, body } = batchedCarries(operands.slice(0, carries), (known) =>
    opened(control.body, [false, ...known, ...rest.map(isBatched)], batching),
  );
  const [counter, ...parameters] = body.parameters;
  if (counter === undefined) throw new Error('a loop without a counter');
  const inputs = operands.flatMap((operand, index): LoopInput[] => {
    const parameter = parameters[index];
    const { example, batched } = operand;
    if (parameter === undefined) return [];
    if (index < carries)
      return [{ parameter, value: flags[index] ? forAll(operand, batching.size) : example }];
    // Slices are taken along axis 0, so that the batch comes second.
    const scans = index < carries + scanned && batched !== undefined;
    return [{ parameter, value: scans ? moveAxis(batched, 0, 1) : (batched ?? example) }];
  });
  return loopNode({
    count,
    reverse,
    counter,
    carries: inputs.slice(0, carries).map((each, index) => {
      const output = body.outputs[index] ?? each.parameter;
      return { ...each, next: flags[index] ? body.inner.all(output) : output };
    }),
    scanned: inputs.slice(carries, carries + scanned),
    constants: inputs.slice(carries + scanned),
    stacked: body.outputs.slice(carries).map((output) => body.inner.find(output) ?? output),
  });
}

/** A condition for each example: the loop goes on while any holds, and leaves the others as they are. */
function batchWhile(
  node: NodeOf<'control'>,
  control: WhileControl,
  operands: readonly Operand[],
  batching: Batching,
): NodeOf<'control'> {
  const { carries } = control;
  const rest = operands.slice(carries).map(isBatched);
  const found = batchedCarries(operands.slice(0, carries), (known) =>
    opened(control.body, [...known, ...rest], batching),
  );
  const test = opened(control.condition, [...found.flags, ...rest], batching);
  const [holds] = test.outputs;
  if (holds === undefined) throw new Error('a loop without a condition');
  const condition = test.inner.find(holds);
  const flags = condition === undefined ? found.flags : found.flags.map(() => true);
  const again = condition === undefined ? test : opened(control.condition, [...flags, ...rest], batching);
  const body = condition === undefined ? found.body : opened(control.body, [...flags, ...rest], batching);
  const everyone = (each: OpenBody, output: Node): Node => each.inner.all(output);
  const values = operands.map((operand, index) =>
    index < carries && flags[index] ? forAll(operand, batching.size) : (operand.batched ?? operand.example),
  );
  const conditionOutput =
    condition === undefined ? holds : reduce('max', everyone(again, again.outputs[0] ?? holds));
  // The condition over the parameters of the body, so that the body knows which examples go on.
  const standIns = new Map<Node, Node | undefined>(
    control.condition.parameters.map((parameter, index) => {
      const own = control.body.parameters[index];
      return [parameter, own === undefined ? undefined : body.standIns.get(own)];
    }),
  );
  const outputs = body.outputs.map((output, index) => {
    if (!flags[index]) return output;
    if (condition === undefined) return everyone(body, output);
    const [own = output] = rewrite(control.condition.outputs, (each) => standIns.get(each));
    const next = everyone(body, output);
    const goesOn = reshape(everyone(body, own), [batching.size, ...output.shape.map(() => 1)]);
    return where(broadcastTo(goesOn, next.shape), next, body.parameters[index] ?? next);
  });
  return controlNode(values, {
    ...node.attributes,
    control: {
      ...control,
      condition: { parameters: again.parameters, outputs: [conditionOutput] },
      body: { parameters: body.parameters, outputs },
    },
    results: outputs.map(specOf),
  });
}

function batchBranch(
  node: NodeOf<'control'>,
  control: BranchControl,
  operands: readonly Operand[],
  batching: Batching,
): NodeOf<'control'> {
  const [predicate, ...given] = operands;
  // Results are selected one by one, see below.
  if (predicate === undefined || isBatched(predicate)) return node;
  const open = (body: Body): OpenBody => opened(body, given.map(isBatched), batching);
  const bodies = [open(control.whenTrue), open(control.whenFalse)];
  const [yes, no] = bodies.map(({ parameters, outputs, inner }): Body => {
    const finished = outputs.map((output, index) =>
      bodies.some((each) => each.inner.find(each.outputs[index] ?? output) !== undefined)
        ? inner.all(output)
        : output,
    );
    return { parameters, outputs: finished };
  });
  return controlNode(
    operands.map(({ example, batched }) => batched ?? example),
    {
      ...node.attributes,
      control: { ...control, whenTrue: yes ?? control.whenTrue, whenFalse: no ?? control.whenFalse },
      results: (yes ?? control.whenTrue).outputs.map(specOf),
    },
  );
}

const specOf = ({ shape, dtype }: ValueSpec): ValueSpec => ({ shape, dtype });

/** A result of a choice that every example makes for itself, as for one example. */
function selected(
  node: NodeOf<'control'>,
  { whenTrue, whenFalse }: BranchControl,
  { attributes: { index }, shape }: NodeOf<'result'>,
): Node | undefined {
  const [predicate, ...operands] = node.inputs;
  const chosen = ({ parameters, outputs }: Body): Node | undefined => {
    const values = new Map<Node, Node | undefined>(
      parameters.map((parameter, place) => [parameter, operands[place]]),
    );
    return rewrite(outputs.slice(index, index + 1), (each) => values.get(each))[0];
  };
  const [yes, no] = [chosen(whenTrue), chosen(whenFalse)];
  if (predicate === undefined || yes === undefined || no === undefined) return undefined;
  return where(broadcastTo(reshape(predicate, []), shape), yes, no);
}

/** The node for all examples. */
export function batchControl(
  node: NodeOf<'control'>,
  operands: readonly Operand[],
  batching: Batching,
): NodeOf<'control'> {
  const { control } = node.attributes;
  switch (control.kind) {
    case 'loop':
      return batchLoop(control, operands, batching);
    case 'while':
      return batchWhile(node, control, operands, batching);
    case 'branch':
      return batchBranch(node, control, operands, batching);
  }
}

/** A result for all examples, along axis 0. */
export function batchResult(
  node: NodeOf<'result'>,
  example: NodeOf<'control'>,
  whole: NodeOf<'control'>,
  batching: Batching,
): Node {
  const { control } = example.attributes;
  const isChosen = control.kind === 'branch' && whole === example;
  const choice = isChosen ? selected(example, control, node) : undefined;
  if (choice !== undefined) return batching.all(choice);
  const { index } = node.attributes;
  const made = resultOf(whole, index);
  if (made.shape.length === node.shape.length) return broadcastTo(made, [batching.size, ...node.shape]);
  return control.kind === 'loop' && index >= control.carries ? moveAxis(made, 1, 0) : made;
}
