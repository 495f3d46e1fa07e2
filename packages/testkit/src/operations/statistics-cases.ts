/**
 * Ways to use a reduction that samples of statistics share: axes, special numbers, data with gaps.
 */
import { concat, type DType, iota, isFloat, mul, type ReduceOptions, type Tensor, where } from '@hadal/core';
import { input, type Values } from '../inputs';
import { isDifferentiated, type Sample, type SampleOptions, sample, shapeText } from '../sample';

export type Reduce = (x: Tensor, options: ReduceOptions) => Tensor | readonly Tensor[];

const CASES: readonly (readonly [readonly number[], ReduceOptions])[] = [
  [[7], {}],
  [[3, 5], { axis: 0 }],
  [[3, 5], { axis: -1, keepDims: true }],
  [[2, 3, 4], { axis: [0, 2] }],
  [[33, 257], { axis: 0 }],
  [[33, 257], { axis: 1 }],
];

interface ReductionOptions extends SampleOptions {
  readonly dtypes?: readonly DType[];
  readonly values?: Values;
  /** Whether NaN and infinities have a result that all devices share. Default true. */
  readonly special?: boolean;
}

export function reductions(
  operation: string,
  reduce: Reduce,
  { dtypes = ['float32', 'float64', 'int32'], values, special = true, ...options }: ReductionOptions,
): Sample[] {
  return dtypes.flatMap((dtype) => {
    const cases = dtype === 'float32' ? CASES : CASES.slice(0, 4);
    const samples = cases.map(([shape, choice], index) =>
      sample(
        operation,
        `of ${shapeText(shape)} ${dtype} over ${choice.axis === undefined ? 'all' : JSON.stringify(choice.axis)}`,
        [input(shape, dtype, isFloat(dtype) ? (values ?? (index > 3 ? 'positive' : undefined)) : undefined)],
        (x) => reduce(x, choice),
        {
          tolerance: options.tolerance,
          viewed: index > 0 && index < 3 && (dtype === 'float32' || dtype === 'int32'),
          derivatives: isDifferentiated(dtype) && index < 4 ? options.derivatives : 0,
        },
      ),
    );
    if (isFloat(dtype) && special) {
      samples.push(
        sample(
          operation,
          `of special ${dtype}`,
          [input([6, 5], dtype, 'special')],
          (x) => [reduce(x, { axis: 0 }), reduce(x, { axis: 1 })].flat(),
          { tolerance: options.tolerance },
        ),
      );
    }
    return samples;
  });
}

/** `x` with NaN where the gaps are. */
const withGaps = (x: Tensor, gaps: Tensor): Tensor => where(gaps, Number.NaN, x);

/** A reduction of data with gaps: many, one in every row, and rows without any number. */
export const gapped = (
  operation: string,
  reduce: Reduce,
  { values, tolerance, derivatives }: ReductionOptions,
): Sample[] =>
  (['float32', 'float64'] as const).flatMap((dtype) => [
    sample(
      operation,
      `of gaps in ${dtype}`,
      [input([4, 6], dtype, values), input([4, 6], 'bool')],
      (x, gaps) => [reduce(withGaps(x, gaps), { axis: 0 }), reduce(withGaps(x, gaps), {})].flat(),
      { tolerance, viewed: true },
    ),
    sample(
      operation,
      `of rows without any number in ${dtype}`,
      [input([2, 5], dtype, values)],
      (x) => reduce(concat([mul(x, Number.NaN), x]), { axis: 1 }),
      { tolerance },
    ),
    sample(
      operation,
      `of one gap a row in ${dtype}`,
      [input([4, 6], dtype, values)],
      (x) => reduce(withGaps(x, iota(6).equal(2)), { axis: 1 }),
      { tolerance, derivatives },
    ),
  ]);

export const FLOATS: readonly DType[] = ['float32', 'float64'];
export const NUMBERS: readonly DType[] = [...FLOATS, 'int32', 'uint8'];
