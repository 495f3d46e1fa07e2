/**
 * Samples of element-wise operations that give floating point: every awkward shape in float32, a look at float64, and
 * whole numbers, which become float32.
 */
import type { Tensor } from '@hadal/core';
import { input, type Values } from '../inputs';
import {
  type BinaryOptions,
  binarySamples,
  type Sample,
  sample,
  type UnaryOptions,
  unarySamples,
} from '../sample';

export interface FloatOptions extends Omit<UnaryOptions, 'dtypes'> {
  /** Values of whole numbers, where those from -5 to 5 are not what the operation is for. */
  readonly whole?: Values;
}

/** Samples of a floating-point operation with one operand. */
export function floatSamples(
  operation: string,
  compute: (x: Tensor) => Tensor,
  { whole, special = true, ...options }: FloatOptions,
): Sample[] {
  const { tolerance, values } = options;
  const samples = [
    ...unarySamples(operation, compute, { ...options, special, dtypes: ['float32'] }),
    sample(operation, 'of [3, 5] float64', [input([3, 5], 'float64', values)], compute, { tolerance }),
    sample(operation, 'of [7] int32', [input([7], 'int32', whole)], compute, { tolerance }),
  ];
  if (special) {
    const specials = input([2, 15], 'float64', 'special');
    samples.push(sample(operation, 'of special [2, 15] float64', [specials], compute, { tolerance }));
  }
  return samples;
}

/** Samples of a floating-point operation with two operands. */
export function floatPairSamples(
  operation: string,
  compute: (a: Tensor, b: Tensor) => Tensor,
  { whole, special = true, ...options }: FloatOptions & Pick<BinaryOptions, 'second'>,
): Sample[] {
  const { tolerance, values, second = values } = options;
  const samples = [
    ...binarySamples(operation, compute, { ...options, special, dtypes: ['float32'] }),
    sample(
      operation,
      'of [3, 1] and [4] float64',
      [input([3, 1], 'float64', values), input([4], 'float64', second)],
      compute,
      { tolerance },
    ),
    sample(
      operation,
      'of [5] and [5] int32',
      [input([5], 'int32', whole), input([5], 'int32', whole)],
      compute,
      {
        tolerance,
      },
    ),
  ];
  if (special) {
    const specials = [input([15, 1], 'float64', 'special'), input([15], 'float64', 'special')];
    samples.push(sample(operation, 'of special [15, 1] and [15] float64', specials, compute, { tolerance }));
  }
  return samples;
}
