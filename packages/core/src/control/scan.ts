/**
 * `scan` and `forLoop`: a body run a fixed number of times. The graph holds the body once, however many iterations.
 */
import { ArgumentError, ShapeError } from '../errors';
import { add, constant } from '../graph/build';
import { resultOf } from '../graph/control';
import type { Node, NodeOf } from '../graph/node';
import { formatShape } from '../shape/shape';
import { Tensor } from '../tensor';
import { bodyParameter, closed, requireSynchronous, traced } from './body';
import { deviceOfLeaves, type Leaf, leavesOf, requireSameLeaves, withTensors } from './leaves';
import { type LoopInput, loopNode } from './loop-node';

export interface ScanOptions {
  /** The number of iterations, where there is nothing to scan. */
  readonly length?: number;
  /** Whether to go from the last slice to the first. What is stacked keeps its place. Default false. */
  readonly reverse?: boolean;
}

/** What an iteration gives, and so does the loop: a carry, and what is stacked. */
interface Iteration<Carry, Y> {
  readonly carry: Carry;
  readonly stacked: Y;
}

export const CARRY_RULE =
  'The body must return the carry with the structure, shapes and dtypes that it was given.';

/**
 * Runs a body over the slices of tensors along their leading axis, handing a carry from each iteration to the next:
 * cumulative sums, recurrent networks, simulations. Carries, scanned values and results are tensors, or arrays and
 * objects of them.
 *
 * The body is traced once and may use tensors and variables around it; it may draw random numbers, but not assign
 * variables. Gradients of any order pass through, also to what the body captured; they keep the carry of every
 * iteration and compute the rest again.
 *
 * @param body    of (carry, slice): returns [next carry, what to stack]; `undefined` stacks nothing
 * @param initial the carry of the first iteration
 * @param xs      tensors with equal leading extent; `undefined` where only `length` counts
 * @returns [last carry, stacked outputs], a stacked output being [iterations, …shape]
 * @throws {ShapeError} when leading extents differ, or the body changes the shape of a carry
 * @throws {DTypeError} when the body changes the dtype of a carry
 * @throws {ArgumentError} when something is not a tensor, or there is no number of iterations
 * @throws {TraceError} when the body is asynchronous, reads values or assigns variables
 * @example
 * const [total, sums] = scan((sum, x) => [sum.add(x), sum.add(x)], scalar(0), tensor([1, 2, 3]));
 * await sums.data(); // Float32Array [1, 3, 6]
 */
export function scan<const Carry, const Xs, const Y>(
  body: (carry: Carry, x: Xs) => readonly [carry: Carry, y: Y],
  initial: Carry,
  xs: Xs,
  { length, reverse = false }: ScanOptions = {},
): [carry: Carry, ys: Y] {
  const scanned = leavesOf('scan', 'xs', xs);
  const count = iterations(scanned, length);
  const { carry, stacked } = runLoop(
    'scan',
    { initial, xs, scanned, count, reverse },
    (state: Carry, x: Xs) => {
      const returned = body(state, x);
      requirePair(returned);
      return { carry: returned[0], stacked: returned[1] };
    },
  );
  return [carry, stacked];
}

function requirePair(returned: unknown): void {
  requireSynchronous('scan', returned);
  if (Array.isArray(returned) && returned.length === 2) return;
  throw new ArgumentError(
    'scan',
    'the body did not return a pair.',
    'Return [carry, y], y being what to stack; it may be undefined.',
  );
}

/**
 * Runs a body for lower, lower + 1, …, upper - 1, handing a value from each iteration to the next.
 *
 * @param body    of (i, carry), i being an int32 scalar: returns the next carry
 * @param initial the carry of the first iteration: a tensor, or arrays and objects of them
 * @returns the last carry; the initial one when upper ≤ lower
 * @throws {ArgumentError} when a bound is not a whole number, or something is not a tensor
 * @throws {ShapeError} when the body changes the shape of a carry
 * @throws {DTypeError} when the body changes the dtype of a carry
 * @throws {TraceError} when the body is asynchronous, reads values or assigns variables
 * @example
 * const factorial = forLoop(1, 6, (i, product) => product.mul(i.cast('float32')), scalar(1));
 * await factorial.item(); // 120
 */
export function forLoop<const Carry>(
  lower: number,
  upper: number,
  body: (i: Tensor, carry: Carry) => Carry,
  initial: Carry,
): Carry {
  for (const bound of [lower, upper]) {
    if (!Number.isInteger(bound) || Math.abs(bound) > 2 ** 31 - 1) {
      throw new ArgumentError('forLoop', `bound ${bound} is not a whole number of 32 bits.`);
    }
  }
  const count = Math.max(0, upper - lower);
  const loop = { initial, xs: undefined, scanned: [], count, reverse: false };
  const { carry } = runLoop('forLoop', loop, (state: Carry, _: undefined, counter: Node) => {
    const next = body(new Tensor(add(counter, constant(lower, 'int32'))), state);
    requireSynchronous('forLoop', next);
    return { carry: next, stacked: undefined };
  });
  return carry;
}

/** The leading extent of what is scanned, which all share with `length`. */
function iterations(scanned: readonly Leaf[], length: number | undefined): number {
  if (length !== undefined && !(Number.isInteger(length) && length >= 0)) {
    throw new ArgumentError('scan', `length ${length} is not a number of iterations.`);
  }
  const extents = scanned.map(({ path, tensor }) => {
    const [extent] = tensor.shape;
    if (extent !== undefined) return { name: `xs${path}`, extent };
    throw new ShapeError(
      'scan',
      `xs${path} has shape ${formatShape(tensor.shape)} and no leading axis to scan.`,
      'What is the same for all iterations can be used in the body as it is.',
    );
  });
  const all = [...extents, ...(length === undefined ? [] : [{ name: 'length', extent: length }])];
  const [first] = all;
  if (first === undefined) {
    throw new ArgumentError(
      'scan',
      'there is nothing to scan and no length.',
      'Pass the number of iterations: scan(body, initial, undefined, { length }).',
    );
  }
  for (const { name, extent } of all) {
    if (extent === first.extent) continue;
    throw new ShapeError(
      'scan',
      `lengths differ: ${first.name} has ${first.extent}, ${name} has ${extent}.`,
      'All scanned tensors have one leading extent, the number of iterations.',
    );
  }
  return first.extent;
}

interface Loop<Carry, Xs> {
  readonly initial: Carry;
  readonly xs: Xs;
  readonly scanned: readonly Leaf[];
  readonly count: number;
  readonly reverse: boolean;
}

/** Traces the body, builds the loop, and lets streams of random numbers go on where it ends. */
function runLoop<Carry, Xs, Y>(
  where: string,
  { initial, xs, scanned, count, reverse }: Loop<Carry, Xs>,
  body: (carry: Carry, x: Xs, counter: Node) => Iteration<Carry, Y>,
): Iteration<Carry, Y> {
  const first = leavesOf(where, 'the initial carry', initial);
  const device = deviceOfLeaves(where, [...first, ...scanned]);
  const counter = bodyParameter({ shape: [], dtype: 'int32' });
  const carried = first.map(({ tensor }) => ({ parameter: bodyParameter(tensor), value: tensor.node }));
  const slices = scanned.map(({ tensor: { shape, dtype, node } }) => ({
    parameter: bodyParameter({ shape: shape.slice(1), dtype }),
    value: node,
  }));
  const tensors = (inputs: readonly LoopInput[]): Tensor[] =>
    inputs.map(({ parameter }) => new Tensor(parameter, device));
  const carry = withTensors(initial, tensors(carried));
  const { result, states, since } = traced(where, () =>
    body(carry, withTensors(xs, tensors(slices)), counter),
  );
  const next = requireSameLeaves(
    where,
    'the carry',
    CARRY_RULE,
    ['before the body', carry],
    ['after it', result.carry],
  );
  const stacked = leavesOf(where, 'the output', result.stacked);

  const random = states.map(({ storage, parameter }) => ({ parameter, value: storage.node }));
  const inputs = [...carried, ...random, ...slices];
  const { bodies, captured } = closed(
    [
      {
        parameters: [counter, ...inputs.map(({ parameter }) => parameter)],
        outputs: [...next, ...stacked]
          .map(({ tensor }) => tensor.node)
          .concat(states.map(({ final }) => final)),
        since,
      },
    ],
    true,
  );
  const outputs = bodies[0]?.outputs ?? [];
  const finals = outputs.slice(next.length + stacked.length);
  const constants = captured.flatMap((value, index): LoopInput[] => {
    const parameter: NodeOf<'parameter'> | undefined = bodies[0]?.parameters[1 + inputs.length + index];
    return parameter === undefined ? [] : [{ parameter, value }];
  });
  const loop = loopNode({
    count,
    reverse,
    counter,
    carries: [
      ...carried.map((each, index) => ({ ...each, next: outputs[index] ?? each.parameter })),
      ...random.map((each, index) => ({ ...each, next: finals[index] ?? each.parameter })),
    ],
    scanned: slices,
    constants,
    stacked: outputs.slice(next.length, next.length + stacked.length),
  });
  states.forEach(({ storage }, index) => {
    storage.assign(resultOf(loop, next.length + index));
  });
  // What the body captured may say where it lives.
  const home = deviceOfLeaves(where, [...first, ...scanned, ...next, ...stacked]);
  const results = (leaves: readonly Leaf[], offset: number): Tensor[] =>
    leaves.map((_, index) => new Tensor(resultOf(loop, offset + index), home));
  return {
    carry: withTensors(initial, results(next, 0)),
    stacked: withTensors(result.stacked, results(stacked, next.length + states.length)),
  };
}
