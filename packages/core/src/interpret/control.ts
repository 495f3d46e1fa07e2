/**
 * Control flow on host arrays: bodies are evaluated as often as they say, one iteration after the other.
 */
import { hostArray, type TypedArray } from '../dtype';
import { ArgumentError } from '../errors';
import type { Body, BranchControl, LoopControl, WhileControl } from '../graph/control';
import type { NodeOf } from '../graph/node';
import { sizeOf } from '../shape/shape';
import type { Bindings, evaluate } from './evaluate';

type Evaluate = typeof evaluate;

/**
 * The results of a control node.
 *
 * @param wanted which of them are asked for; stacks are kept for these only
 */
export function evaluateControl(
  node: NodeOf<'control'>,
  inputs: readonly TypedArray[],
  wanted: ReadonlySet<number>,
  evaluateGraph: Evaluate,
): readonly TypedArray[] {
  const { control } = node.attributes;
  switch (control.kind) {
    case 'loop':
      return evaluateLoop(node, control, inputs, wanted, evaluateGraph);
    case 'while':
      return evaluateWhile(control, inputs, evaluateGraph);
    case 'branch':
      return evaluateBranch(control, inputs, evaluateGraph);
  }
}

function evaluateBody(body: Body, inputs: readonly TypedArray[], evaluateGraph: Evaluate): TypedArray[] {
  const values = new Map(body.parameters.map(({ attributes }, place) => [attributes.index, inputs[place]]));
  const bindings: Bindings = {
    buffer: () => missing('a buffer'),
    parameter: (index) => values.get(index) ?? missing(`parameter ${index}`),
  };
  return evaluateGraph(body.outputs, bindings);
}

function missing(what: string): never {
  throw new ArgumentError('evaluate', `${what} of a body has no value.`);
}

function evaluateLoop(
  node: NodeOf<'control'>,
  { body, count, carries, scanned, reverse }: LoopControl,
  inputs: readonly TypedArray[],
  wanted: ReadonlySet<number>,
  evaluateGraph: Evaluate,
): TypedArray[] {
  const results = node.attributes.results.map(({ shape, dtype }, index) =>
    hostArray(dtype, index >= carries && wanted.has(index) ? sizeOf(shape) : 0),
  );
  const stacked = body.outputs.length - carries;
  const put = (index: number, at: number, value: TypedArray): void => {
    if (wanted.has(index)) results[index]?.set(value, at * value.length);
  };
  let state = inputs.slice(0, carries);
  const constants = inputs.slice(carries + scanned);
  for (let step = 0; step < count; step++) {
    const at = reverse ? count - 1 - step : step;
    state.forEach((value, carry) => {
      put(carries + stacked + carry, at, value);
    });
    const slices = inputs.slice(carries, carries + scanned).map((values) => {
      const length = values.length / count;
      return values.subarray(at * length, (at + 1) * length);
    });
    const outputs = evaluateBody(body, [Int32Array.of(at), ...state, ...slices, ...constants], evaluateGraph);
    state = outputs.slice(0, carries);
    outputs.slice(carries).forEach((value, output) => {
      put(carries + output, at, value);
    });
  }
  return results.map((result, index) => (index < carries ? (state[index] ?? result) : result));
}

function evaluateWhile(
  { condition, body, carries }: WhileControl,
  inputs: readonly TypedArray[],
  evaluateGraph: Evaluate,
): TypedArray[] {
  let values = [...inputs];
  while ((evaluateBody(condition, values, evaluateGraph)[0]?.[0] ?? 0) !== 0) {
    values = [...evaluateBody(body, values, evaluateGraph), ...inputs.slice(carries)];
  }
  return values.slice(0, carries);
}

function evaluateBranch(
  { whenTrue, whenFalse }: BranchControl,
  [predicate, ...operands]: readonly TypedArray[],
  evaluateGraph: Evaluate,
): TypedArray[] {
  return evaluateBody((predicate?.[0] ?? 0) === 0 ? whenFalse : whenTrue, operands, evaluateGraph);
}
