/**
 * What test inputs look like: a shape, a dtype and a kind of values.
 */
import { type DType, hostArray, isFloat, type TypedArray } from '@hadal/core';
import { normal, type Random, shuffled } from './random';

/**
 * - `normal`: standard normal
 * - `positive`: in [0.2, 3]
 * - `inner`: in [-0.9, 0.9]
 * - `away`: of magnitude 0.3 … 2, so that no kink at 0 is near
 * - `distinct`: all different by at least 0.1, in random order
 * - `whole`: whole numbers from -5 to 5; for unsigned dtypes from 0 to 10, and now and then any
 * - `special`: NaN, infinities, zeros of both signs, large, tiny and ordinary numbers
 * - an index range: whole numbers from `from` up to but not including `below`
 */
export type Values =
  | 'normal'
  | 'positive'
  | 'inner'
  | 'away'
  | 'distinct'
  | 'whole'
  | 'special'
  | { readonly from: number; readonly below: number };

export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly values: Values;
}

/** An input of a sample. Floats are standard normal and integers small unless said otherwise. */
export const input = (shape: readonly number[], dtype: DType = 'float32', values?: Values): InputSpec => ({
  shape,
  dtype,
  values: values ?? (isFloat(dtype) ? 'normal' : 'whole'),
});

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

const SPECIAL = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  1e-30,
  -1e30,
  3.4e38,
  88.5,
  -104,
  1e4,
];

/** The values of an input, as a host array of its dtype. */
export function makeValues({ shape, dtype, values }: InputSpec, random: Random): TypedArray {
  const array = hostArray(dtype, sizeOf(shape));
  if (dtype === 'bool') {
    for (let i = 0; i < array.length; i++) array[i] = random() < 0.5 ? 0 : 1;
    return array;
  }
  if (values === 'distinct') {
    shuffled(random, array.length).forEach((place, i) => {
      array[i] = (place - array.length / 2) * 0.1 + 0.03 * random();
    });
    return array;
  }
  for (let i = 0; i < array.length; i++) array[i] = oneValue(values, dtype, random, i);
  return array;
}

function oneValue(values: Exclude<Values, 'distinct'>, dtype: DType, random: Random, index: number): number {
  switch (values) {
    case 'normal':
      return normal(random);
    case 'positive':
      return 0.2 + 2.8 * random();
    case 'inner':
      return 1.8 * random() - 0.9;
    case 'away':
      return (random() < 0.5 ? -1 : 1) * (0.3 + 1.7 * random());
    case 'whole':
      if (dtype === 'uint8') return Math.floor(random() * (random() < 0.7 ? 11 : 256));
      if (dtype === 'uint32') return Math.floor(random() * (random() < 0.7 ? 11 : 2 ** 32));
      return Math.floor(random() * 11) - 5;
    case 'special':
      return index < SPECIAL.length
        ? (SPECIAL[index] ?? 0)
        : (SPECIAL[Math.floor(random() * SPECIAL.length)] ?? 0);
    default:
      return values.from + Math.floor(random() * (values.below - values.from));
  }
}
