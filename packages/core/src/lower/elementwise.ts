/**
 * Element-wise nodes as instructions. bool and uint8 live in 32-bit registers: a bool is 0 or 1, a uint8 is masked after
 * every operation that can leave its range.
 */
import { type DType, isEmulated, isFloat, registerOf } from '../dtype';
import { DTypeError } from '../errors';
import type { Node } from '../graph/node';
import type { ScalarOp } from '../kernel/form';
import { onDemand } from '../loading';
import type { ScalarCode } from './scalar-code';

/** Writes a node with operations that its dtypes' registers do not have by themselves; `plain` lowers without that. */
export type Emulation = (
  builder: ScalarCode,
  node: Node,
  operands: readonly number[],
  plain: typeof lowerPlainly,
) => number;

/** The value of an element-wise node from those of its operands. */
export function lowerElementwise(builder: ScalarCode, node: Node, operands: readonly number[]): number {
  if (![node, ...node.inputs].some(({ dtype }) => isEmulated(dtype))) {
    return lowerPlainly(builder, node, operands);
  }
  return onDemand().emulated(builder, node, operands, lowerPlainly);
}

function lowerPlainly(builder: ScalarCode, node: Node, operands: readonly number[]): number {
  const [a = 0, b = 0, c = 0] = operands;
  const type = registerOf(node.dtype);
  const from = node.inputs[0]?.dtype ?? node.dtype;
  switch (node.op) {
    case 'where':
      return builder.scalarOp('select', [a, b, c], type);
    case 'cast':
      return lowerCast(builder, a, from, node.dtype);
    case 'bitcast':
      return builder.scalarOp('bitcast', [a], type, registerOf(from));
    case 'not':
      return builder.scalarOp('xor', [a, builder.constant(onesOf(node.dtype), 'i32')], 'i32');
    case 'lt':
    case 'le':
    case 'eq':
    case 'ne':
      return builder.scalarOp(node.op, [a, b], 'i32', registerOf(from));
    case 'idiv':
      return isFloat(from) ? floorDivide(builder, a, b, node.dtype) : builder.scalarOp('idiv', [a, b], type);
    case 'mod':
      return isFloat(from)
        ? floorRemainder(builder, a, b, node.dtype)
        : builder.scalarOp('mod', [a, b], type);
    case 'floor':
    case 'ceil':
    case 'round':
      return isFloat(from) ? builder.scalarOp(node.op, [a], type) : a;
    case 'neg':
    case 'abs':
    case 'sign':
    case 'sub':
    case 'add':
    case 'mul':
    case 'shl':
      return intoRange(builder, builder.scalarOp(node.op, operands, type), node.dtype);
    case 'recip':
    case 'sqrt':
    case 'rsqrt':
    case 'exp2':
    case 'log2':
    case 'exp':
    case 'log':
    case 'sin':
    case 'cos':
    case 'tanh':
    case 'erf':
    case 'div':
    case 'pow':
    case 'max':
    case 'min':
    case 'and':
    case 'or':
    case 'xor':
    case 'shr':
      return builder.scalarOp(node.op, operands, type);
    default:
      throw new DTypeError(node.op, 'this operation has no element-wise lowering.');
  }
}

const onesOf = (dtype: DType): number => (dtype === 'bool' ? 1 : dtype === 'uint8' ? 255 : -1);

/** Brings an integer back into the range of its dtype. */
function intoRange(builder: ScalarCode, value: number, dtype: DType): number {
  if (dtype === 'uint8') return builder.scalarOp('and', [value, builder.constant(255, 'i32')], 'i32');
  if (dtype === 'bool') return builder.scalarOp('ne', [value, builder.constant(0, 'i32')], 'i32');
  return value;
}

/** Floats truncate towards 0, whatever does not fit an integer saturates, everything but 0 is true. */
function lowerCast(builder: ScalarCode, value: number, from: DType, to: DType): number {
  const source = registerOf(from);
  const target = registerOf(to);
  if (to === 'bool') return builder.scalarOp('ne', [value, builder.constant(0, source)], 'i32', source);
  if (source === target && target !== 'i32') return value;
  if (target !== 'i32') return builder.scalarOp('convert', [value], target, source);
  const whole = source === 'i32' ? value : builder.scalarOp('convert', [value], 'i32', source);
  if (to !== 'uint8' || from === 'bool') return whole;
  const low = builder.scalarOp('max', [whole, builder.constant(0, 'i32')], 'i32');
  return builder.scalarOp('min', [low, builder.constant(255, 'i32')], 'i32');
}

function floorDivide(builder: ScalarCode, a: number, b: number, dtype: DType): number {
  const type = registerOf(dtype);
  const quotient: ScalarOp = 'div';
  return builder.scalarOp('floor', [builder.scalarOp(quotient, [a, b], type)], type);
}

/** a − ⌊a / b⌋ · b, which has the sign of b. */
function floorRemainder(builder: ScalarCode, a: number, b: number, dtype: DType): number {
  const type = registerOf(dtype);
  const whole = builder.scalarOp('mul', [floorDivide(builder, a, b, dtype), b], type);
  return builder.scalarOp('sub', [a, whole], type);
}
