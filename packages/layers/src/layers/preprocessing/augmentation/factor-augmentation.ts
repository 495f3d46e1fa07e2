/** Augmentation of the values of pixels by a number that is drawn from a range. */
import type { JsonObject } from '@hadal/core';
import { fromEntries } from '../../../layer/options';
import { PixelAugmentation, type PixelOptions, readPixelOptions } from './augmentation';
import { type Factor, type Interval, rangeOf, readFactor } from './factor';

/** Augmentation of pixels by a number from a range. */
export abstract class FactorAugmentation extends PixelAugmentation {
  /** The interval that factors are drawn from. */
  readonly factor: Interval;

  constructor(name: string, factor: Factor, bounds: Interval, options: PixelOptions) {
    super(name, options);
    this.factor = rangeOf(name, 'factor', factor, bounds);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), factor: this.factor };
  }
}

/** Makes such a layer of what `getConfig` wrote. */
export const readFactorLayer = <T>(
  className: string,
  config: JsonObject,
  make: (factor: Factor | undefined, options: PixelOptions) => T,
): T =>
  fromEntries(className, config, (reader) => make(readFactor(reader, 'factor'), readPixelOptions(reader)));
