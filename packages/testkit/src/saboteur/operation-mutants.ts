/**
 * Mutants of whole operations, as a library kernel might get them wrong: a stride ignored, indices not clamped, an axis
 * mistaken, and every composite a little off.
 */
import {
  add,
  gather,
  lessThan,
  makeNode,
  mul,
  type Node,
  type NodeOf,
  reshape,
  scatterAdd,
  where,
} from '@hadal/core/graph';
import { asIs, type NodeMeaning, rebuilt } from '../backends/library';

export interface OperationMutant {
  readonly name: string;
  /** What it breaks: the op of a node, or the name of a composite. */
  readonly operation: string;
  readonly meaning: NodeMeaning;
}

type Conv = NodeOf<'conv'>['attributes'];

const SLIGHTLY_OFF = 1.0005;

/** Convolutions with other attributes, where those give a result of the same shape; else zeros in its place. */
const convolution = (name: string, change: (attributes: Conv) => Partial<Conv>): OperationMutant => ({
  name,
  operation: 'conv',
  meaning: (node, operands) =>
    node.op === 'conv'
      ? makeNode('conv', operands, { ...node.attributes, ...change(node.attributes) }, node.shape, node.dtype)
      : rebuilt(node, operands),
});

const operandAt = (operands: readonly Node[], index: number): Node => {
  const operand = operands[index];
  if (operand === undefined) throw new RangeError(`operand ${index} is missing`);
  return operand;
};

const reversed = (x: Node, axes: readonly number[]): Node =>
  makeNode('flip', [x], { axes }, x.shape, x.dtype);

const spatialAxes = (kernel: Node): number[] => kernel.shape.slice(0, -2).map((_, axis) => axis);

export const operationMutants: readonly OperationMutant[] = [
  convolution('convolutions ignore their stride', ({ stride }) => ({ stride: stride.map(() => 1) })),
  convolution('convolutions exchange padding before and after', ({ padding }) => ({
    padding: padding.map(([lo, hi]) => [hi, lo]),
  })),
  convolution('convolutions ignore the dilation of the kernel', ({ kernelDilation }) => ({
    kernelDilation: kernelDilation.map(() => 1),
  })),
  convolution('convolutions ignore the dilation of the input', ({ inputDilation }) => ({
    inputDilation: inputDilation.map(() => 1),
  })),
  convolution('convolutions take the first group only', () => ({ groups: 1 })),
  {
    name: 'convolutions flip their kernel',
    operation: 'conv',
    meaning: (node, operands) => {
      if (node.op !== 'conv') return rebuilt(node, operands);
      const kernel = operandAt(operands, 1);
      return rebuilt(node, [operandAt(operands, 0), reversed(kernel, spatialAxes(kernel))]);
    },
  },
  {
    name: 'products miss the last term',
    operation: 'dot',
    meaning: (node, operands) => {
      if (node.op !== 'dot') return rebuilt(node, operands);
      const axis = node.attributes.leftContract.at(-1);
      const left = operandAt(operands, 0);
      const extent = axis === undefined ? 0 : (left.shape[axis] ?? 0);
      if (axis === undefined || extent === 0) return rebuilt(node, operands);
      const index = makeNode('iota', [], {}, [extent], 'int32');
      const aligned = reshape(
        index,
        left.shape.map((n, at) => (at === axis ? n : 1)),
      );
      return rebuilt(node, [where(lessThan(aligned, extent - 1), left, 0), operandAt(operands, 1)]);
    },
  },
  {
    name: 'products are slightly off',
    operation: 'dot',
    meaning: (node, operands) => {
      const right = rebuilt(node, operands);
      return node.op === 'dot' && node.dtype === 'float32' ? mul(right, SLIGHTLY_OFF) : right;
    },
  },
  {
    name: 'picking is off by one',
    operation: 'gather',
    meaning: (node, operands) =>
      node.op === 'gather'
        ? gather(operandAt(operands, 0), add(operandAt(operands, 1), 1), node.attributes.axis)
        : rebuilt(node, operands),
  },
  {
    name: 'picking outside gives 0 instead of the edge',
    operation: 'gather',
    meaning: (node, operands) => {
      const right = rebuilt(node, operands);
      if (node.op !== 'gather' || node.dtype !== 'float32' || node.attributes.axis !== 0) return right;
      const indices = operandAt(operands, 1);
      const trailing = node.shape.slice(indices.shape.length).map(() => 1);
      const shape = [...indices.shape, ...trailing];
      const isInside = lessThan(-1, reshape(indices, shape));
      return where(isInside, right, 0);
    },
  },
  {
    name: 'adding at positions forgets what was there',
    operation: 'scatterAdd',
    meaning: (node, operands) =>
      node.op === 'scatterAdd'
        ? rebuilt(node, [mul(operandAt(operands, 0), 0), operandAt(operands, 1), operandAt(operands, 2)])
        : rebuilt(node, operands),
  },
  {
    name: 'adding at positions outside takes the edge',
    operation: 'scatterAdd',
    meaning: (node, operands) => {
      if (node.op !== 'scatterAdd') return rebuilt(node, operands);
      const indices = operandAt(operands, 1);
      const clamped = where(lessThan(indices, 0), 0, indices);
      return scatterAdd(operandAt(operands, 0), clamped, operandAt(operands, 2), node.attributes.axis);
    },
  },
];

/** Every composite of this name a little off. */
export const compositeMutant = (composite: string): OperationMutant => ({
  name: `${composite} is slightly off`,
  operation: composite,
  meaning: (node, operands) => {
    const right = asIs(node, operands);
    const isBroken = node.op === 'composite' && node.attributes.definition.name === composite;
    return isBroken ? (node.dtype === 'int32' ? add(right, 1) : mul(right, SLIGHTLY_OFF)) : right;
  },
});
