/**
 * `cond`: one of two functions, chosen by a value that is only known when it is computed.
 */
import { zerosOf } from '../autograd/rules/movement';
import { isFloat } from '../dtype';
import { ArgumentError } from '../errors';
import { type Body, type ControlRules, controlNode, resultOf, specOf } from '../graph/control';
import type { Node, NodeOf } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import { commonDevice } from '../ops/operand';
import { Tensor } from '../tensor';
import type { VariableStorage } from '../variable-storage';
import { bodyParameter, closed, requireSynchronous, type Traced, traced } from './body';
import { deviceOfLeaves, leavesOf, requireSameLeaves, withTensors } from './leaves';
import { describeControl } from './plan/describe';
import { divide } from './plan/divide';
import { bodyCotangents, dependents } from './pullback';
import { requireCondition } from './while-loop';

/**
 * Computes `whenTrue(…operands)` or `whenFalse(…operands)`; operands are tensors, or arrays and objects of them. A boolean is decided at once, as by `if`; for a bool tensor
 * both functions are traced, the predicate is read back from the device when the program runs, and only the chosen
 * function is computed. Where both are cheap, or where the choice is made element by element, `where` is faster.
 *
 * Gradients of any order pass through the chosen function, also to what it captured.
 *
 * @param predicate a bool tensor of one element, or a boolean
 * @returns its result; both functions must give the same structure, shapes and dtypes
 * @throws {DTypeError} when the predicate is not bool, or the results differ in dtype
 * @throws {ShapeError} when the predicate has several elements, or the results differ in shape
 * @throws {ArgumentError} when something is not a tensor, or the results differ in structure
 * @throws {TraceError} when a function is asynchronous, reads values or assigns variables
 * @example
 * const x = scalar(3);
 * const y = cond(x.greater(0), (v) => v.sqrt(), (v) => v.square(), x);
 * await y.item(); // 1.7320508
 */
export function cond<const Result>(
  predicate: boolean | Tensor,
  whenTrue: () => Result,
  whenFalse: () => NoInfer<Result>,
): Result;
export function cond<const Result, A>(
  predicate: boolean | Tensor,
  whenTrue: (a: A) => Result,
  whenFalse: (a: A) => NoInfer<Result>,
  a: A,
): Result;
export function cond<const Result, A, B>(
  predicate: boolean | Tensor,
  whenTrue: (a: A, b: B) => Result,
  whenFalse: (a: A, b: B) => NoInfer<Result>,
  a: A,
  b: B,
): Result;
export function cond<Result, Operands extends unknown[]>(
  predicate: boolean | Tensor,
  whenTrue: (...operands: Operands) => Result,
  whenFalse: (...operands: Operands) => Result,
  ...operands: Operands
): Result;
export function cond<Result>(
  predicate: boolean | Tensor,
  whenTrue: (...operands: unknown[]) => Result,
  whenFalse: (...operands: unknown[]) => Result,
  ...operands: unknown[]
): Result {
  if (typeof predicate === 'boolean') return (predicate ? whenTrue : whenFalse)(...operands);
  requireCondition('cond', 'the predicate', predicate);
  const given = leavesOf('cond', 'the operands', operands).map(({ tensor }) => tensor);
  const device = commonDevice('cond', [predicate, ...given]);
  const attempt = (branch: (...operands: unknown[]) => Result): Branch<Result> => {
    const parameters = given.map((each) => bodyParameter(each));
    const tensors = parameters.map((parameter) => new Tensor(parameter, device));
    const inside = traced('cond', () => {
      const result = branch(...withTensors(operands, tensors));
      requireSynchronous('cond', result);
      return result;
    });
    return { parameters, ...inside };
  };
  const [yes, no] = [attempt(whenTrue), attempt(whenFalse)];
  const rule = 'Both functions must return the same structure, shapes and dtypes.';
  const found = requireSameLeaves(
    'cond',
    'the result',
    rule,
    ['when true', yes.result],
    ['when false', no.result],
  );

  // A stream of random numbers that only one of them draws from stays where it is in the other.
  const storages = [...new Set([...yes.states, ...no.states].map(({ storage }) => storage))];
  const { bodies, captured } = closed([openBranch(yes, storages), openBranch(no, storages)], false);
  const [bodyTrue, bodyFalse] = bodies;
  if (bodyTrue === undefined || bodyFalse === undefined) throw new Error('a choice without bodies');
  const inputs = [
    predicate.node,
    ...given.map(({ node }) => node),
    ...storages.map((storage) => storage.node),
    ...captured,
  ];
  const choice = branchNode(inputs, bodyTrue, bodyFalse);
  const results = bodyTrue.outputs.map((_, index) => resultOf(choice, index));
  const count = results.length - storages.length;
  storages.forEach((storage, index) => {
    const final = results[count + index];
    if (final !== undefined) storage.assign(final);
  });
  // What the functions captured may say where it lives.
  const home = deviceOfLeaves('cond', [
    { path: '', tensor: predicate },
    ...leavesOf('cond', 'the result', yes.result),
    ...found,
  ]);
  return withTensors(
    yes.result,
    results.slice(0, count).map((node) => new Tensor(node, home)),
  );
}

interface Branch<Result> extends Traced<Result> {
  readonly parameters: readonly NodeOf<'parameter'>[];
}

/** A branch with a parameter and an output for each stream of random numbers. */
function openBranch<Result>(
  { parameters, result, states, since }: Branch<Result>,
  storages: readonly VariableStorage[],
): { parameters: NodeOf<'parameter'>[]; outputs: Node[]; since: number } {
  const streams = storages.map((storage) => {
    const drawn = states.find((state) => state.storage === storage);
    const parameter = drawn?.parameter ?? bodyParameter(storage);
    return { parameter, final: drawn?.final ?? parameter };
  });
  const outputs = leavesOf('cond', 'the result', result).map(({ tensor }) => tensor.node);
  return {
    parameters: [...parameters, ...streams.map(({ parameter }) => parameter)],
    outputs: [...outputs, ...streams.map(({ final }) => final)],
    since,
  };
}

/** The node of a choice. Inputs that neither body reads are left out. */
function branchNode(inputs: readonly Node[], whenTrue: Body, whenFalse: Body): NodeOf<'control'> {
  const [predicate, ...operands] = inputs;
  if (predicate === undefined) throw new ArgumentError('cond', 'there is no predicate.');
  const read = new Set(nodesOf([...whenTrue.outputs, ...whenFalse.outputs]));
  const bodies = [whenTrue, whenFalse];
  const isRead = (_: unknown, index: number): boolean =>
    bodies.some(({ parameters }) => {
      const parameter = parameters[index];
      return parameter !== undefined && read.has(parameter);
    });
  const [yes, no] = bodies.map(
    ({ parameters, outputs }): Body => ({ parameters: parameters.filter(isRead), outputs }),
  );
  return controlNode([predicate, ...operands.filter(isRead)], {
    control: { kind: 'branch', whenTrue: yes ?? whenTrue, whenFalse: no ?? whenFalse },
    results: whenTrue.outputs.map(specOf),
    rules,
  });
}

/** The gradient of a choice is a choice between gradients. */
function branchVjp(
  node: NodeOf<'control'>,
  cotangents: ReadonlyMap<number, Node>,
  isInvolved: (input: Node) => boolean,
): readonly (Node | undefined)[] {
  const { control } = node.attributes;
  if (control.kind !== 'branch') throw new Error('not a choice');
  const [predicate, ...operands] = node.inputs;
  const given = [...cotangents];
  const wanted = operands.flatMap((operand, index) =>
    isFloat(operand.dtype) && isInvolved(operand) && reaches(control.whenTrue, control.whenFalse, index)
      ? [index]
      : [],
  );
  if (predicate === undefined || wanted.length === 0) return [];
  const differentiated = ({ parameters, outputs }: Body): Body => {
    const seeds = given.map(([index, cotangent]) => ({
      output: outputs[index],
      seed: bodyParameter(cotangent),
    }));
    const sources = wanted.flatMap((index) => parameters[index] ?? []);
    const found = bodyCotangents(
      seeds.flatMap(({ output, seed }) => (output === undefined ? [] : [[output, seed] as const])),
      sources,
    );
    return {
      parameters: [...parameters, ...seeds.map(({ seed }) => seed)],
      outputs: sources.map((source) => found.get(source) ?? zerosOf(source)),
    };
  };
  const choice = branchNode(
    [predicate, ...operands, ...given.map(([, cotangent]) => cotangent)],
    differentiated(control.whenTrue),
    differentiated(control.whenFalse),
  );
  const byOperand = new Map(wanted.map((operand, index) => [operand, resultOf(choice, index)]));
  return [undefined, ...operands.map((_, index) => byOperand.get(index))];
}

/** Whether a gradient passes from the results of either body to a parameter. */
const reaches = (whenTrue: Body, whenFalse: Body, index: number): boolean =>
  [whenTrue, whenFalse].some(({ parameters, outputs }) => {
    const parameter = parameters[index];
    return parameter !== undefined && dependents(outputs, new Set([parameter])).size > 0;
  });

const rules: ControlRules = {
  vjp: branchVjp,
  describe: describeControl,
  divide,
};
