/** What is cut off or added at both ends of spatial axes. */
import type { ConfigReader, DataFormat, JsonObject } from '@hadal/core';
import { ArgumentError, DataError } from '@hadal/core';
import { imageExtents, imageShape } from '../../layer/data-format';
import { Layer, type LayerOptions } from '../../layer/layer';
import type { LayerShape } from '../../layer/shape';
import { requireImages } from '../convolution/windows';

/** Before and after. */
export type SidePair = readonly [before: number, after: number];

/** A number for all sides, one for each axis, or [before, after] for each axis. */
export type Sides = number | readonly number[] | readonly SidePair[];

/**
 * Pairs for each axis. For one axis [before, after] is enough.
 *
 * @throws {ArgumentError} when they are no whole numbers of at least 0, or as many as there are axes
 */
export function requireSides(
  where: string,
  name: string,
  sides: Sides,
  spatial: number,
): readonly SidePair[] {
  const pairs = pairsOf(sides, spatial);
  const fits =
    pairs.length === spatial &&
    pairs.every((pair) => pair.length === 2 && pair.every((n) => Number.isSafeInteger(n) && n >= 0));
  if (fits) return pairs;
  throw new ArgumentError(
    where,
    `${name} is ${JSON.stringify(sides)}; expected whole numbers of at least 0.`,
    spatial === 1
      ? 'Give one number, or [before, after].'
      : `Give one number, ${spatial} of them, or ${spatial} pairs [before, after].`,
  );
}

function pairsOf(sides: Sides, spatial: number): readonly SidePair[] {
  if (typeof sides === 'number') return Array.from({ length: spatial }, () => [sides, sides] as const);
  const isPairs = (list: Exclude<Sides, number>): list is readonly SidePair[] =>
    list.every((each) => Array.isArray(each));
  if (isPairs(sides)) return sides;
  const [before = 0, after = 0] = sides;
  if (spatial === 1) return sides.length === 2 ? [[before, after]] : [];
  return sides.map((each) => [each, each] as const);
}

/** Sides as they were saved: one pair for sequences, else a list of pairs. */
export function readSides(reader: ConfigReader, key: string): Sides {
  const value = reader.value(key);
  const isPair = (each: unknown): each is SidePair =>
    Array.isArray(each) && each.length === 2 && each.every((n) => typeof n === 'number');
  if (isPair(value)) return value;
  if (Array.isArray(value) && value.every(isPair)) return value;
  if (typeof value === 'number') return value;
  throw new DataError(key, `expected [before, after], or one such pair for each axis.`);
}

/** Changes the extents of spatial axes at their ends. */
export abstract class SidesLayer extends Layer {
  /** How much before and after each axis. */
  readonly sides: readonly SidePair[];

  /** @param entry what the sides are called in configurations */
  constructor(
    where: string,
    /** How many axes are changed. */
    readonly spatial: number,
    readonly entry: 'cropping' | 'padding',
    sides: Sides,
    readonly dataFormat: DataFormat,
    options: LayerOptions,
  ) {
    super(options);
    this.sides = requireSides(where, entry, sides, spatial);
  }

  /** The extent of an axis after it. */
  protected abstract extentAfter(extent: number, sides: SidePair, inputShape: LayerShape): number;

  /** What happens to each axis of the input. */
  protected pairs(): readonly SidePair[] {
    const none: SidePair = [0, 0];
    return this.dataFormat === 'channelsFirst' ? [none, none, ...this.sides] : [none, ...this.sides, none];
  }

  override build(inputShape: LayerShape): void {
    this.computeOutputShape(inputShape);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    requireImages(this.className, inputShape, this.spatial, this.dataFormat);
    const images = imageExtents(inputShape, this.dataFormat);
    const spatial = images.spatial.map((extent, axis) =>
      extent === null ? null : this.extentAfter(extent, this.sides[axis] ?? [0, 0], inputShape),
    );
    return imageShape({ ...images, spatial }, this.dataFormat);
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      [this.entry]: (this.spatial === 1 ? this.sides[0] : this.sides) ?? null,
    };
  }
}
