/**
 * The reference interpreter: the living definition of every operation of the graph.
 *
 * It evaluates one node at a time on host arrays, in float64 rounded to the node's dtype after every node, and knows
 * nothing of lowering, fusion or memory plans, so that it can judge them. Clarity comes before speed.
 */
import type { DeviceBuffer } from '../device/buffer';
import type { DType, TypedArray } from '../dtype';
import { ArgumentError } from '../errors';
import type { Node } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import { evaluateConv, evaluateDot } from './contraction';
import { evaluateControl } from './control';
import { finished, resultArray } from './dtypes';
import {
  evaluateBinary,
  evaluateBitcast,
  evaluateCast,
  evaluateUnary,
  evaluateWhere,
  isBinary,
  isUnary,
} from './elementwise';
import { evaluateGather, evaluateScatterAdd } from './indexed';
import { evaluateConcat, evaluateMovement, evaluatePad } from './movement';
import { evaluateReduce } from './reduce';

/** Where leaves find their values. The arrays are only read. */
export interface Bindings {
  /** The elements of a realized buffer, as a host array of its dtype. */
  buffer(buffer: DeviceBuffer): TypedArray;
  /** The elements of a parameter of the function being evaluated. */
  parameter(index: number): TypedArray;
  /** Called after each operation; control flow is one. */
  evaluated?(node: Node): void;
}

/**
 * Evaluates `outputs` and returns one row-major host array for each, the caller's own.
 *
 * @param outputs  nodes of any graph; what they share is computed once
 * @param bindings the values of buffer and parameter leaves
 * @throws {ArgumentError} when a leaf has no value
 * @example
 * const [sum] = evaluate([add(scalar(1), scalar(2)).node], noBindings);
 */
export function evaluate(outputs: readonly Node[], bindings: Bindings): TypedArray[] {
  const { order, decompositions } = schedule(outputs);
  const uses = countUses(order, decompositions, outputs);
  const values = new Map<Node, TypedArray>();
  const ofControl = new Map<Node | undefined, readonly TypedArray[]>();
  const borrowed = new Set<ArrayBufferLike>();
  for (const node of order) {
    const inputs = operandsOf(node, decompositions);
    const operands = inputs.map((input) => values.get(input) ?? missing(input));
    if (node.op === 'control') {
      const wanted = new Set(order.flatMap((user) => resultNumber(user, node)));
      ofControl.set(node, evaluateControl(node, operands, wanted, evaluate));
    }
    const value =
      node.op === 'result' && inputs.length > 0
        ? (ofControl.get(inputs[0])?.[node.attributes.index] ?? missing(node))
        : finished(node.dtype, evaluateNode(node, operands, bindings));
    values.set(node, value);
    bindings.evaluated?.(node);
    if (inputs.length === 0) borrowed.add(value.buffer);
    for (const input of inputs) {
      const left = (uses.get(input) ?? 0) - 1;
      uses.set(input, left);
      if (left > 0) continue;
      values.delete(input);
      ofControl.delete(input);
    }
  }
  const results = outputs.map((node) => values.get(node) ?? missing(node));
  return ownCopies(results, borrowed);
}

/** Which result of a control node another node is. */
const resultNumber = (user: Node, control: Node): number[] =>
  user.op === 'result' && user.inputs[0] === control ? [user.attributes.index] : [];

/** Bindings for graphs whose leaves carry their own values. */
export const noBindings: Bindings = {
  buffer: (buffer) => {
    throw new ArgumentError(
      'evaluate',
      `a buffer of ${buffer.length} ${buffer.dtype} elements has no value here.`,
    );
  },
  parameter: (index) => {
    throw new ArgumentError('evaluate', `parameter ${index} has no value here.`);
  },
};

type Decompositions = Map<Node, Node>;

/** What a node is computed from: nothing once it is realized, its decomposition where it is a composite. */
function operandsOf(node: Node, decompositions: Decompositions): readonly Node[] {
  if (node.realized !== undefined) return [];
  const decomposition = decompositions.get(node);
  return decomposition === undefined ? node.inputs : [decomposition];
}

/** All nodes that `outputs` need, operands first, composites taken apart. */
function schedule(outputs: readonly Node[]): { order: Node[]; decompositions: Decompositions } {
  const decompositions: Decompositions = new Map();
  const order = nodesOf(outputs, (node) => {
    if (node.op === 'composite' && node.realized === undefined && !decompositions.has(node)) {
      decompositions.set(node, node.attributes.definition.decompose(node.inputs, node.attributes.attributes));
    }
    return operandsOf(node, decompositions);
  });
  return { order, decompositions };
}

/** How often each value is still needed; an output once more, so that it is kept. */
function countUses(
  order: readonly Node[],
  decompositions: Decompositions,
  outputs: readonly Node[],
): Map<Node, number> {
  const uses = new Map<Node, number>();
  const count = (node: Node): void => {
    uses.set(node, (uses.get(node) ?? 0) + 1);
  };
  for (const node of order) operandsOf(node, decompositions).forEach(count);
  outputs.forEach(count);
  return uses;
}

/** Copies results that share memory with a leaf or with each other. */
function ownCopies(results: readonly TypedArray[], borrowed: ReadonlySet<ArrayBufferLike>): TypedArray[] {
  const taken = new Set(borrowed);
  return results.map((result) => {
    const own = taken.has(result.buffer) ? result.slice() : result;
    taken.add(own.buffer);
    return own;
  });
}

function missing(node: Node): never {
  throw new ArgumentError(node.op, 'an operand is missing in the graph.');
}

const scalarArray = (dtype: DType, value: number): TypedArray =>
  resultArray(dtype, 1).fill(dtype === 'bool' ? Number(value !== 0) : value);

function evaluateNode(node: Node, values: readonly TypedArray[], bindings: Bindings): TypedArray {
  if (node.realized !== undefined) return bindings.buffer(node.realized);
  const value = (index: number): TypedArray => values[index] ?? missing(node);
  const input = (index: number): Node => node.inputs[index] ?? missing(node);
  if (isUnary(node)) return evaluateUnary(node, value(0));
  if (isBinary(node)) return evaluateBinary(node, value(0), value(1));
  switch (node.op) {
    case 'scalar':
      return scalarArray(node.dtype, node.attributes.value);
    case 'data':
      return node.attributes.values;
    case 'buffer':
      return bindings.buffer(node.attributes.buffer);
    case 'parameter':
      return bindings.parameter(node.attributes.index);
    case 'control':
    case 'result':
      return resultArray(node.dtype, 0);
    case 'iota':
      return Int32Array.from({ length: node.shape[0] ?? 0 }, (_, index) => index);
    case 'where':
      return evaluateWhere(node, value(0), value(1), value(2));
    case 'cast':
      return evaluateCast(input(0).dtype, node.attributes.to, value(0));
    case 'bitcast':
      return evaluateBitcast(node.attributes.to, value(0));
    case 'reshape':
    case 'composite':
    case 'identity':
      return value(0);
    case 'permute':
    case 'expand':
    case 'flip':
    case 'slice':
    case 'window':
      return evaluateMovement(node, input(0), value(0));
    case 'pad':
      return evaluatePad(node, input(0), value(0), value(1));
    case 'concat':
      return evaluateConcat(node, values);
    case 'reduce':
      return evaluateReduce(node, input(0), value(0));
    case 'dot':
      return evaluateDot(node, input(0), input(1), value(0), value(1));
    case 'conv':
      return evaluateConv(node, input(0), input(1), value(0), value(1));
    case 'gather':
      return evaluateGather(node, input(0), value(0), value(1));
    case 'scatterAdd':
      return evaluateScatterAdd(node, input(0), value(0), value(1), value(2));
  }
}
