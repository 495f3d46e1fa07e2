/**
 * Reductions: the reduced axes are walked in row-major order for every result element, accumulating in float64
 * (in wrapping int32 for integer products).
 */

import type { DType, TypedArray } from '../dtype';
import { highest, lowest } from '../graph/build/leaves';
import type { Node, NodeOf, ReduceKind } from '../graph/node';
import { sizeOf, stridesOf } from '../shape/shape';
import { isExact, resultArray } from './dtypes';
import { addresses, pick } from './strided';

/** Reduces the elements of `values` at base + each of `within`. */
type Reducer = (values: TypedArray, base: number, within: Int32Array) => number;

const sum: Reducer = (values, base, within) => {
  let total = 0;
  for (let i = 0; i < within.length; i++) total += values[base + (within[i] ?? 0)] ?? 0;
  return total;
};

const product: Reducer = (values, base, within) => {
  let total = 1;
  for (let i = 0; i < within.length; i++) total *= values[base + (within[i] ?? 0)] ?? 0;
  return total;
};

const integerProduct: Reducer = (values, base, within) => {
  let total = 1;
  for (let i = 0; i < within.length; i++) total = Math.imul(total, values[base + (within[i] ?? 0)] ?? 0);
  return total;
};

const maximum =
  (start: number): Reducer =>
  (values, base, within) => {
    let best = start;
    for (let i = 0; i < within.length; i++) best = Math.max(best, values[base + (within[i] ?? 0)] ?? 0);
    return best;
  };

const minimum =
  (start: number): Reducer =>
  (values, base, within) => {
    let best = start;
    for (let i = 0; i < within.length; i++) best = Math.min(best, values[base + (within[i] ?? 0)] ?? 0);
    return best;
  };

/** The place of the first extreme; the first NaN beats everything. */
const extreme =
  (sign: 1 | -1): Reducer =>
  (values, base, within) => {
    let at = 0;
    let best = sign * (values[base + (within[0] ?? 0)] ?? 0);
    for (let i = 1; i < within.length && !Number.isNaN(best); i++) {
      const value = sign * (values[base + (within[i] ?? 0)] ?? 0);
      if (value > best || Number.isNaN(value)) {
        best = value;
        at = i;
      }
    }
    return at;
  };

function reducerOf(kind: ReduceKind, dtype: DType): Reducer {
  switch (kind) {
    case 'sum':
      return sum;
    case 'prod':
      return isExact(dtype) ? product : integerProduct;
    case 'max':
      return maximum(lowest(dtype));
    case 'min':
      return minimum(highest(dtype));
    case 'argmax':
      return extreme(1);
    case 'argmin':
      return extreme(-1);
  }
}

export function evaluateReduce(node: NodeOf<'reduce'>, operand: Node, values: TypedArray): TypedArray {
  const { kind, axes } = node.attributes;
  const strides = stridesOf(operand.shape);
  const kept = operand.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const bases = addresses(pick(operand.shape, kept), pick(strides, kept));
  const within = addresses(pick(operand.shape, axes), pick(strides, axes));
  const reduce = reducerOf(kind, operand.dtype);
  const result = resultArray(node.dtype, sizeOf(node.shape));
  for (let i = 0; i < result.length; i++) {
    const value = reduce(values, bases[i] ?? 0, within);
    result[i] = node.dtype === 'bool' && value !== 0 ? 1 : value;
  }
  return result;
}
