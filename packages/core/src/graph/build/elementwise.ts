/**
 * Builders of element-wise operations. `unary`, `binary` and `select` are strict: equal shapes and dtypes. `combine`
 * and the short names after it broadcast, promote, and take plain numbers as constants; gradient rules and
 * decompositions are written in those.
 */
import { type DType, isFloat, isInteger, promote } from '../../dtype';
import { DTypeError, ShapeError } from '../../errors';
import { broadcastShapes } from '../../shape/broadcast';
import { formatShape, sameShape } from '../../shape/shape';
import { type BinaryOp, makeNode, type Node, type UnaryOp } from '../node';
import { constant } from './leaves';
import { broadcastTo } from './movement';

/** A node, or a plain number that becomes a constant of the other operand's dtype. */
export type Term = Node | number;

const COMPARISONS: readonly BinaryOp[] = ['lt', 'le', 'eq', 'ne'];
const LOGICAL: readonly BinaryOp[] = ['and', 'or', 'xor'];
const SHIFTS: readonly BinaryOp[] = ['shl', 'shr'];
const INTEGER: readonly BinaryOp[] = ['idiv', 'mod'];
const FLOATING: readonly BinaryOp[] = ['div', 'pow'];
const UNARY_NUMERIC: readonly UnaryOp[] = ['neg', 'abs', 'sign'];

/** What operations take, as errors call it: what holds of it, and a dtype to convert to. */
const KINDS = {
  any: [() => true, ''],
  bool: [(dtype: DType) => dtype === 'bool', 'bool'],
  numbers: [(dtype: DType) => dtype !== 'bool', 'int32'],
  integers: [isInteger, 'int32'],
  'integers of up to 32 bits or bool': [(dtype: DType) => !isFloat(dtype) && dtype !== 'int64', 'int32'],
  'floating point': [isFloat, 'float32'],
  '32-bit numbers': [(dtype: DType) => dtype.endsWith('32'), 'int32'],
} as const;

type Kind = keyof typeof KINDS;

function operandsOf(op: BinaryOp): Kind {
  if (COMPARISONS.includes(op)) return 'any';
  if (LOGICAL.includes(op) || SHIFTS.includes(op)) return 'integers of up to 32 bits or bool';
  if (INTEGER.includes(op)) return 'integers';
  return FLOATING.includes(op) ? 'floating point' : 'numbers';
}

function requireKind(where: string, given: DType, kind: Kind): void {
  const [holds, other] = KINDS[kind];
  if (holds(given)) return;
  throw new DTypeError(where, `takes ${kind}, not ${given}.`, `Convert with x.cast('${other}') first.`);
}

/** One operand; the result has its dtype. `not` takes bool, `neg`, `abs` and `sign` any number, the rest floats. */
export function unary(op: UnaryOp, x: Node): Node {
  const kind = op === 'not' ? 'bool' : UNARY_NUMERIC.includes(op) ? 'numbers' : 'floating point';
  requireKind(op, x.dtype, kind);
  return makeNode(op, [x], {}, x.shape, x.dtype);
}

/** Two operands of one shape and dtype; comparisons give bool. */
export function binary(op: BinaryOp, a: Node, b: Node): Node {
  if (a.dtype !== b.dtype) throw new DTypeError(op, `dtypes differ: ${a.dtype} and ${b.dtype}.`);
  if (!sameShape(a.shape, b.shape)) {
    throw new ShapeError(op, `shapes differ: ${formatShape(a.shape)} and ${formatShape(b.shape)}.`);
  }
  requireKind(op, a.dtype, operandsOf(op));
  return makeNode(op, [a, b], {}, a.shape, COMPARISONS.includes(op) ? 'bool' : a.dtype);
}

/** Value conversion. */
export const cast = (x: Node, to: DType): Node =>
  x.dtype === to ? x : makeNode('cast', [x], { to }, x.shape, to);

/** The same 32 bits read as another dtype. */
export function bitcast(x: Node, to: DType): Node {
  for (const dtype of [x.dtype, to]) requireKind('bitcast', dtype, '32-bit numbers');
  return x.dtype === to ? x : makeNode('bitcast', [x], { to }, x.shape, to);
}

/** Brings two operands to one dtype and one shape; a number takes the dtype of the node beside it (two are float32). */
function meet(where: string, a: Term, b: Term): readonly [Node, Node] {
  if (typeof a === 'number') {
    if (typeof b === 'number') return [constant(a, 'float32'), constant(b, 'float32')];
    return [broadcastTo(constant(a, b.dtype), b.shape), b];
  }
  if (typeof b === 'number') return [a, broadcastTo(constant(b, a.dtype), a.shape)];
  const dtype = promote(a.dtype, b.dtype);
  const [left, right] = [cast(a, dtype), cast(b, dtype)];
  if (sameShape(left.shape, right.shape)) return [left, right];
  const shape = broadcastShapes(where, left.shape, right.shape);
  return [broadcastTo(left, shape), broadcastTo(right, shape)];
}

/** A binary operation with broadcasting and promotion; `where` is the name errors start with. */
export function combine(op: BinaryOp, a: Term, b: Term, where: string = op): Node {
  const [left, right] = meet(where, a, b);
  requireKind(where, left.dtype, operandsOf(op));
  return binary(op, left, right);
}

/** Takes `whenTrue` where `condition` holds and `whenFalse` elsewhere, with broadcasting and promotion. */
export function where(condition: Node, whenTrue: Term, whenFalse: Term): Node {
  requireKind('where', condition.dtype, 'bool');
  const [yes, no] = meet('where', whenTrue, whenFalse);
  const shape = broadcastShapes('where', condition.shape, yes.shape);
  const operands = [broadcastTo(condition, shape), broadcastTo(yes, shape), broadcastTo(no, shape)];
  return makeNode('where', operands, {}, shape, yes.dtype);
}

export const add = (a: Term, b: Term): Node => combine('add', a, b);
export const sub = (a: Term, b: Term): Node => combine('sub', a, b);
export const mul = (a: Term, b: Term): Node => combine('mul', a, b);
export const div = (a: Term, b: Term): Node => combine('div', a, b);
export const maximum = (a: Term, b: Term): Node => combine('max', a, b);
export const minimum = (a: Term, b: Term): Node => combine('min', a, b);
export const lessThan = (a: Term, b: Term): Node => combine('lt', a, b);
export const lessEqual = (a: Term, b: Term): Node => combine('le', a, b);
export const equal = (a: Term, b: Term): Node => combine('eq', a, b);
export const notEqual = (a: Term, b: Term): Node => combine('ne', a, b);
export const and = (a: Term, b: Term): Node => combine('and', a, b);
export const or = (a: Term, b: Term): Node => combine('or', a, b);
export const xor = (a: Term, b: Term): Node => combine('xor', a, b);
export const neg = (x: Node): Node => unary('neg', x);
export const exp = (x: Node): Node => unary('exp', x);
export const log = (x: Node): Node => unary('log', x);
export const sqrt = (x: Node): Node => unary('sqrt', x);
export const tanh = (x: Node): Node => unary('tanh', x);
export const abs = (x: Node): Node => unary('abs', x);

/** Checks that a node is floating point. */
export function requireFloatNode(where: string, x: Node): Node {
  if (!isFloat(x.dtype)) {
    throw new DTypeError(
      where,
      `needs floating point, not ${x.dtype}.`,
      "Convert with x.cast('float32') first.",
    );
  }
  return x;
}
