/**
 * What operations accept and how it becomes nodes of one dtype.
 *
 * A plain number is weak: it takes the dtype of the tensors beside it and never widens float32 to float64. Only where
 * it cannot be held (a fraction beside integers, anything beside bool, 300 beside uint8) the result is promoted.
 * In the graph it is a slot, an argument of the kernel, so that a changing value costs nothing; 0 and ±1 are constants.
 */
import type { Device } from '../device/device';
import { type DType, isFloat, isInteger, limitsOf, promote } from '../dtype';
import { ArgumentError, DeviceError } from '../errors';
import { cast, constant, slot } from '../graph/build';
import type { Node } from '../graph/node';
import { Tensor, versionOfTensor } from '../tensor';
import { version } from '../version';

/** A tensor, or a plain number that takes the dtype of the tensors beside it. */
export type TensorLike = Tensor | number;

/** The device on which operands meet: that of those which name one. */
export function commonDevice(where: string, values: readonly TensorLike[]): Device | undefined {
  let device: Device | undefined;
  for (const value of values) {
    const found = typeof value === 'number' ? undefined : value.device;
    if (found === undefined || found === device) continue;
    if (device !== undefined) {
      throw new DeviceError(
        where,
        `operands live on different devices: "${device.name}" and "${found.name}".`,
        'Move one of them first: await x.to(device).',
      );
    }
    device = found;
  }
  return device;
}

/** Checks what plain JavaScript may pass instead of a tensor or number. */
export function requireOperand(where: string, value: TensorLike): void {
  if (typeof value === 'number' || value instanceof Tensor) return;
  const other = versionOfTensor(value);
  if (other !== undefined) {
    throw new ArgumentError(
      where,
      `a tensor of another copy of @hadal/core was given: of version ${other}, this is ${version}.`,
      'Keep one: `npm ls @hadal/core` shows both.',
    );
  }
  throw new ArgumentError(
    where,
    `expected a tensor or a number, got ${describe(value)}.`,
    'Arrays become tensors with tensor([1, 2, 3]); promises must be awaited first.',
  );
}

function describe(value: unknown): string {
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'string' ? `the string "${value}"` : value === null ? 'null' : typeof value;
}

/** The dtype a plain number takes beside tensors of dtype `beside`. */
function weakDType(value: number, beside: DType | undefined): DType {
  if (beside === undefined) return 'float32';
  if (isFloat(beside)) return beside;
  if (!Number.isInteger(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return 'float32';
  for (const dtype of [beside, 'int32'] as const) {
    const [least, most] = limitsOf(dtype);
    if (isInteger(dtype) && value >= least && value <= most) return dtype;
  }
  return 'float32';
}

/** A number as a node: a slot, or a constant where the value is 0, 1 or -1. */
export const numberNode = (value: number, dtype: DType): Node =>
  value === 0 || Math.abs(value) === 1 ? constant(value, dtype) : slot(value, dtype);

/** Operands as nodes of one dtype; shapes stay as they are. */
export function operandNodes(where: string, values: readonly TensorLike[]): Node[] {
  for (const value of values) requireOperand(where, value);
  let beside: DType | undefined;
  for (const value of values)
    if (typeof value !== 'number') beside = promote(beside ?? value.dtype, value.dtype);
  const dtype = values.reduce<DType>(
    (found, value) => promote(found, typeof value === 'number' ? weakDType(value, beside) : value.dtype),
    'bool',
  );
  return values.map((value) =>
    typeof value === 'number' ? numberNode(value, dtype) : cast(value.node, dtype),
  );
}

/** Two operands as nodes of one dtype. */
export function operandPair(where: string, a: TensorLike, b: TensorLike): readonly [Node, Node] {
  const [left, right] = operandNodes(where, [a, b]);
  if (left === undefined || right === undefined) throw new ArgumentError(where, 'needs two operands.');
  return [left, right];
}

/** One operand as a node. */
export function operandNode(where: string, value: TensorLike): Node {
  requireOperand(where, value);
  return typeof value === 'number' ? numberNode(value, 'float32') : value.node;
}

/** One operand as a floating-point node; integers and bool become float32. */
export const floatingNode = (where: string, value: TensorLike): Node => asFloat(operandNode(where, value));

/** A node as floating point; integers and bool become float32. */
export const asFloat = (x: Node): Node => (isFloat(x.dtype) ? x : cast(x, 'float32'));

/** A node that can be counted with: bool becomes int32. */
export const numericNode = (node: Node): Node => (node.dtype === 'bool' ? cast(node, 'int32') : node);

/** A node whose sums and products have room: narrow integers and bool become int32. */
export const widenedNode = (node: Node): Node =>
  isFloat(node.dtype) || node.dtype === 'int64' || node.dtype === 'uint32' ? node : cast(node, 'int32');

/** Wraps a node computed from `operands`: it lives where they live. */
export const tensorFrom = (where: string, node: Node, operands: readonly TensorLike[]): Tensor =>
  new Tensor(node, commonDevice(where, operands));

/** An operation with one operand. */
export function lift1(where: string, x: TensorLike, make: (x: Node) => Node): Tensor {
  return tensorFrom(where, make(operandNode(where, x)), [x]);
}

/** An operation with one floating-point operand. */
export function liftFloat(where: string, x: TensorLike, make: (x: Node) => Node): Tensor {
  return tensorFrom(where, make(floatingNode(where, x)), [x]);
}

/** An operation with two operands, brought to one dtype. */
export function lift2(where: string, a: TensorLike, b: TensorLike, make: (a: Node, b: Node) => Node): Tensor {
  if (a instanceof Tensor && b instanceof Tensor && a.dtype === b.dtype) {
    return tensorFrom(where, make(a.node, b.node), [a, b]);
  }
  return tensorFrom(where, make(...operandPair(where, a, b)), [a, b]);
}
