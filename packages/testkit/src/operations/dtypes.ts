/**
 * Golden values of the dtypes beyond float32 and int32: how they round, wrap and convert.
 */
import { add, cast, div, floorDiv, mean, mod, mul, sum, type Tensor } from '@hadal/core';
import type { GoldenUse, OperationFamily } from './family';

const HALVES = ['float16', 'bfloat16'] as const;
const INTEGERS = ['int8', 'int16', 'uint32'] as const;

/** A use of two operands computed in `dtype`, its result as float64, which holds every value of the others. */
const within =
  (
    dtype: (typeof HALVES)[number] | (typeof INTEGERS)[number],
    f: (a: Tensor, b: Tensor) => Tensor,
  ): GoldenUse =>
  (...[a, b]) => {
    if (a === undefined || b === undefined) throw new RangeError('two operands are needed');
    return cast(f(cast(a, dtype), cast(b, dtype)), 'float64');
  };

export const dtypes: OperationFamily = {
  name: 'dtypes',
  samples: [],
  goldens: Object.fromEntries(
    [
      ...HALVES.flatMap((dtype): [string, GoldenUse][] => [
        [`cast ${dtype}`, within(dtype, (a) => a)],
        [`add ${dtype}`, within(dtype, add)],
        [`mul ${dtype}`, within(dtype, mul)],
        [`div ${dtype}`, within(dtype, div)],
        [`sum ${dtype}`, within(dtype, (a) => sum(a))],
        [`mean ${dtype}`, within(dtype, (a) => mean(a))],
      ]),
      ...INTEGERS.flatMap((dtype): [string, GoldenUse][] => [
        [`add ${dtype}`, within(dtype, add)],
        [`mul ${dtype}`, within(dtype, mul)],
        [`floorDiv ${dtype}`, within(dtype, floorDiv)],
        [`mod ${dtype}`, within(dtype, mod)],
      ]),
    ].map(([entry, use]) => [entry, use]),
  ),
  errors: [],
};
