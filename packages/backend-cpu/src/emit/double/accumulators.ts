/**
 * Accumulators of kernels in float64: floats and extremes are held in float64 and rounded once, when the loop is over;
 * sums and products of integers wrap at every step.
 */
import type { Accumulator } from '@hadal/core/backend';
import { type Code, type Local, Op } from '../../wasm/index';
import { convert } from './operations';

export interface DoubleAccumulator {
  /** Before the loop. */
  start(): void;
  /** In the loop; `position` is the flat index of the iteration. */
  add(value: Local, position: Local): void;
  /** After the loop: the result. */
  finish(): Local;
}

const IDENTITY = {
  sum: 0,
  prod: 1,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
  argmax: Number.NEGATIVE_INFINITY,
  argmin: Number.POSITIVE_INFINITY,
} as const;

const COMBINE = { sum: Op.f64_add, prod: Op.f64_mul, max: Op.f64_max, min: Op.f64_min } as const;

export function doubleAccumulator(code: Code, { kind, type }: Accumulator): DoubleAccumulator {
  const isWrapping = type === 'i32' && (kind === 'sum' || kind === 'prod');
  const held = code.local(isWrapping ? 'i32' : 'f64');
  const result = code.local(kind === 'argmax' || kind === 'argmin' ? 'i32' : type);
  const start = (): void => {
    if (isWrapping) code.i32(IDENTITY[kind]);
    else code.f64(IDENTITY[kind]);
    code.set(held).i32(0);
    convert(code, 'i32', kind === 'argmax' || kind === 'argmin' ? 'i32' : type);
    code.set(result);
  };
  if (kind === 'argmax' || kind === 'argmin') {
    return {
      start,
      // Better is what is not at most (at least) what is held, NaN among it, unless a NaN is held.
      add: (value, position) => {
        code.scratch(['f64'], (candidate) => {
          code.get(value);
          convert(code, type, 'f64');
          code
            .tee(candidate)
            .get(held)
            .op(kind === 'argmax' ? Op.f64_le : Op.f64_ge)
            .op(Op.i32_eqz);
          code.get(held).get(held).op(Op.f64_eq).op(Op.i32_and);
          code.if(() => code.get(candidate).set(held).get(position).set(result));
        });
      },
      finish: () => result,
    };
  }
  return {
    start,
    add: (value) => {
      code.get(held).get(value);
      if (isWrapping) {
        code.op(kind === 'sum' ? Op.i32_add : Op.i32_mul);
      } else {
        convert(code, type, 'f64');
        code.op(COMBINE[kind]);
      }
      code.set(held);
    },
    finish: () => {
      code.get(held);
      if (!isWrapping) convert(code, 'f64', type);
      code.set(result);
      return result;
    },
  };
}
