/**
 * Element-wise operations, one at a time: float64 arithmetic, rounded to the dtype by the array it is stored in
 * (arrays of integers wrap by themselves).
 */

import { type DType, hostArrayOver, isFloat, isInteger, limitsOf, type TypedArray } from '../dtype';
import type { BinaryOp, NodeOf, UnaryOp } from '../graph/node';
import { resultArray } from './dtypes';
import {
  erf,
  floatPower,
  floorMod,
  integerDivide,
  integerModulo,
  integerPower,
  roundHalfToEven,
  saturate,
} from './scalar-math';

type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;

/** The meaning of the operations with one operand, on floats. */
const UNARY: Record<UnaryOp, Unary> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  recip: (x) => 1 / x,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  exp2: (x) => 2 ** x,
  log2: Math.log2,
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  erf,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfToEven,
  not: (x) => (x === 0 ? 1 : 0),
};

/** Where integers differ. */
const UNARY_INTEGER: Partial<Record<UnaryOp, Unary>> = { not: (x) => ~x };

/** The meaning of the operations with two operands, on floats; bit operations are those of bool. */
const BINARY: Record<BinaryOp, Binary> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  pow: floatPower,
  max: Math.max,
  min: Math.min,
  idiv: (x, y) => Math.floor(x / y),
  mod: floorMod,
  lt: (x, y) => (x < y ? 1 : 0),
  le: (x, y) => (x <= y ? 1 : 0),
  eq: (x, y) => (x === y ? 1 : 0),
  ne: (x, y) => (x !== y ? 1 : 0),
  and: (x, y) => x & y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
  shl: (x, y) => x << y,
  shr: (x, y) => x >> y,
};

/** Where integers (and bool) differ: products and powers wrap, division floors and survives a zero. */
const BINARY_INTEGER: Partial<Record<BinaryOp, Binary>> = {
  mul: Math.imul,
  div: integerDivide,
  pow: integerPower,
  idiv: integerDivide,
  mod: integerModulo,
};

/** int64 does not wrap: what leaves its range is refused. */
const BINARY_INT64: Partial<Record<BinaryOp, Binary>> = { ...BINARY_INTEGER, mul: (x, y) => x * y };

/** Where unsigned integers of 32 bits differ from signed ones. */
const BINARY_UINT32: Partial<Record<BinaryOp, Binary>> = { ...BINARY_INTEGER, shr: (x, y) => x >>> y };

function integerBinary(dtype: DType): Partial<Record<BinaryOp, Binary>> {
  if (isFloat(dtype)) return {};
  return dtype === 'int64' ? BINARY_INT64 : dtype === 'uint32' ? BINARY_UINT32 : BINARY_INTEGER;
}

export type UnaryNode = { [O in UnaryOp]: NodeOf<O> }[UnaryOp];
export type BinaryNode = { [O in BinaryOp]: NodeOf<O> }[BinaryOp];

export const isUnary = (node: { readonly op: string }): node is UnaryNode => Object.hasOwn(UNARY, node.op);
export const isBinary = (node: { readonly op: string }): node is BinaryNode => Object.hasOwn(BINARY, node.op);

export function evaluateUnary(node: UnaryNode, x: TypedArray): TypedArray {
  const apply = (isInteger(node.dtype) ? UNARY_INTEGER[node.op] : undefined) ?? UNARY[node.op];
  const result = resultArray(node.dtype, x.length);
  for (let i = 0; i < result.length; i++) result[i] = apply(x[i] ?? 0);
  return asBool(node.dtype, result);
}

export function evaluateBinary(node: BinaryNode, x: TypedArray, y: TypedArray): TypedArray {
  const operand = node.inputs[0]?.dtype ?? node.dtype;
  const apply = integerBinary(operand)[node.op] ?? BINARY[node.op];
  const result = resultArray(node.dtype, x.length);
  for (let i = 0; i < result.length; i++) result[i] = apply(x[i] ?? 0, y[i] ?? 0);
  return asBool(node.dtype, result);
}

/** Arithmetic on bool gives bytes; a bool is 0 or 1. */
function asBool(dtype: DType, values: TypedArray): TypedArray {
  if (dtype === 'bool') for (let i = 0; i < values.length; i++) values[i] = values[i] === 0 ? 0 : 1;
  return values;
}

export function evaluateWhere(
  node: NodeOf<'where'>,
  condition: TypedArray,
  whenTrue: TypedArray,
  whenFalse: TypedArray,
): TypedArray {
  const result = resultArray(node.dtype, condition.length);
  for (let i = 0; i < result.length; i++) result[i] = (condition[i] === 0 ? whenFalse[i] : whenTrue[i]) ?? 0;
  return result;
}

export function evaluateCast(from: DType, to: DType, values: TypedArray): TypedArray {
  const result = resultArray(to, values.length);
  const convert = conversion(from, to);
  if (convert === undefined) result.set(values);
  else for (let i = 0; i < result.length; i++) result[i] = convert(values[i] ?? 0);
  return result;
}

/** How a value changes on its way, where storing it is not the whole of it. */
function conversion(from: DType, to: DType): Unary | undefined {
  if (to === 'bool') return (x) => (x === 0 ? 0 : 1);
  if (isFloat(to) || from === 'bool') return undefined;
  const [least, greatest] = limitsOf(to);
  return (x) => saturate(x, least, greatest);
}

export function evaluateBitcast(to: DType, { buffer, byteOffset, byteLength }: TypedArray): TypedArray {
  return hostArrayOver(to, new Uint8Array(buffer, byteOffset, byteLength)).slice();
}
