/** Small rules that several layers share: positive integers, pairs, penalties on outputs. */
import type { ConfigReader, Tensor } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import type { Regularizer } from '../regularizers/regularizer';
import type { CallContext } from './context';

/** Checks a count. */
export function requirePositiveInteger(where: string, name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new ArgumentError(where, `${name} is ${value}; expected a positive integer.`);
}

/** One number for both axes, or one for each: height first. */
export type Pair = number | readonly [height: number, width: number];

/** Checks a pair of positive integers. */
export function requirePair(where: string, name: string, value: Pair): readonly [number, number] {
  const [height, width] = typeof value === 'number' ? [value, value] : value;
  return [
    requirePositiveInteger(where, `${name} (height)`, height),
    requirePositiveInteger(where, `${name} (width)`, width),
  ];
}

/** A pair as it was saved: a list of two integers. Absent, the fallback. */
export function readPair(
  where: string,
  name: string,
  reader: ConfigReader,
  fallback?: readonly number[],
): readonly [number, number] {
  const values = reader.value(name) === undefined && fallback !== undefined ? fallback : reader.numbers(name);
  const [height, width] = values;
  if (values.length !== 2 || height === undefined || width === undefined) {
    throw new ArgumentError(where, `${name} is [${values}]; expected two integers, height and width.`);
  }
  return requirePair(where, name, [height, width]);
}

export const PADDINGS = ['valid', 'same'] as const;

/** `valid` adds nothing; `same` adds zeros so that the output has ⌈extent / stride⌉ positions. */
export type Padding = (typeof PADDINGS)[number];

/** Checks the padding that plain JavaScript may have misspelt. */
export function requirePadding(where: string, padding: string): Padding {
  const found = PADDINGS.find((known) => known === padding);
  if (found !== undefined) return found;
  throw new ArgumentError(where, `unknown padding '${padding}'; expected 'valid' or 'same'.`);
}

/** Extent of an axis after sliding a window over it; null stays open. */
export function windowedExtent(
  extent: number | null,
  window: number,
  stride: number,
  padding: Padding,
  dilation = 1,
): number | null {
  if (extent === null) return null;
  if (padding === 'same') return Math.ceil(extent / stride);
  return Math.floor((extent - (window - 1) * dilation - 1) / stride) + 1;
}

/** Adds the penalty on an output to the loss, per sample. */
export function penalizeActivity(
  regularizer: Regularizer | undefined,
  output: Tensor,
  context: CallContext,
): void {
  if (regularizer === undefined) return;
  context.addLoss(regularizer.penalty(output).div(output.shape[0] ?? 1));
}

/** Checks a rate of dropout inside a layer, which leaves something. */
export function requireDropoutRate(where: string, name: string, rate: number): number {
  if (rate >= 0 && rate < 1) return rate;
  throw new ArgumentError(where, `${name} is ${rate}; expected a probability in [0, 1).`);
}
