/** How much is changed, as an option of augmentation: a range that each image draws a number from. */
import type { ConfigReader, Generator, Tensor } from '@hadal/core';
import { ArgumentError, full, randomUniform } from '@hadal/core';
import { optional } from '../../../layer/options';

/** A number f for the range from -f to f (or from the least that makes sense), or a range itself. */
export type Factor = number | Interval;

/** From the least to the greatest. */
export type Interval = readonly [lower: number, upper: number];

const isRange = (factor: Factor): factor is Interval => typeof factor === 'object';

/**
 * The range of a factor.
 *
 * @param bounds what makes sense
 * @throws {ArgumentError} when it is beyond, or no number or range
 */
export function rangeOf(where: string, name: string, factor: Factor, [least, most]: Interval): Interval {
  const inside = (value: number | undefined): value is number =>
    value !== undefined && value >= least && value <= most;
  // Adding 0 makes 0 of -0, which JSON does not keep.
  if (!isRange(factor)) {
    if (inside(factor)) return [Math.max(-Math.abs(factor), least) + 0, Math.abs(factor)];
  } else if (factor.length === 2 && factor.every(inside)) {
    const [a, b] = factor;
    return [Math.min(a, b) + 0, Math.max(a, b) + 0];
  }
  throw new ArgumentError(
    where,
    `${name} is ${JSON.stringify(factor)}; expected a number from ${least} to ${most}, or a range [lower, upper] of them.`,
  );
}

/** A saved factor. */
export const readFactor = (reader: ConfigReader, name: string): Factor | undefined =>
  optional(reader, name, (key) => {
    if (typeof reader.value(key) === 'number') return reader.number(key);
    const [lower, upper, more] = reader.numbers(key);
    if (lower !== undefined && upper !== undefined && more === undefined) return [lower, upper];
    throw new ArgumentError('augmentation', `${key} must be a number or a range [lower, upper].`);
  });

/** Numbers drawn from a range, of the dtype of images. */
export function drawn(
  shape: readonly number[],
  [min, max]: Interval,
  like: Tensor,
  generator: Generator | undefined,
): Tensor {
  const { dtype } = like;
  return min === max ? full(shape, min, { dtype }) : randomUniform(shape, { min, max, dtype, generator });
}

/** For each image whether it is changed: with a probability that is drawn from a range itself. */
export function drawnWhether(range: Interval, images: Tensor, generator: Generator | undefined): Tensor {
  const perImage = [images.shape[0] ?? 1, 1, 1, 1];
  const probability = drawn(perImage, range, images, generator);
  return drawn(perImage, [0, 1], images, generator).less(probability);
}

/** The shape of one number for each image. */
export const oneEach = (images: Tensor): readonly number[] => [images.shape[0] ?? 1, 1, 1, 1];

/** What pixels can be; [0, 255] where nothing else is said. */
export const PIXEL_RANGE: Interval = [0, 255];

/** Checks the range of pixels. */
export function requireValueRange(where: string, range: Interval = PIXEL_RANGE): Interval {
  const [a, b] = range;
  if (range.length === 2 && Number.isFinite(a) && Number.isFinite(b) && a !== b)
    return a < b ? [a, b] : [b, a];
  throw new ArgumentError(
    where,
    `valueRange is ${JSON.stringify(range)}; expected two numbers, such as [0, 255] or [0, 1].`,
  );
}

/** A saved range of pixels. */
export function readValueRange(reader: ConfigReader): Interval | undefined {
  const range = readFactor(reader, 'valueRange');
  if (range === undefined || isRange(range)) return range;
  throw new ArgumentError('augmentation', 'valueRange must be a range [lower, upper].');
}

/** Pixels brought from one range to another. */
export function between(images: Tensor, [from, end]: Interval, [to, toEnd]: Interval): Tensor {
  if (from === to && end === toEnd) return images;
  return images
    .sub(from)
    .div(end - from)
    .mul(toEnd - to)
    .add(to);
}
