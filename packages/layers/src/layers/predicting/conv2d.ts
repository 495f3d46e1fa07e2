/** The two-dimensional convolution layer as prediction needs it; the one that trains adds how its weights begin. */
import type { JsonObject, PerAxis } from '@hadal/core';
import { fromEntries } from '../../layer/options';
import { readSavedRules, unspecifiedRules, type WeightRules } from '../../layer/weight-rules';
import { Convolution, type FilterArchitecture, readFilters } from '../convolution/convolution';

/**
 * Slides `filters` windows over images: [batch, height, width, channels] → [batch, height', width', filters]. Weights:
 * `kernel` [height, width, channels / groups, filters], `bias` [filters].
 *
 * @example
 * const model = await loadModel('digits', { layers: [Conv2D, Flatten, Dense] });
 */
export class Conv2D extends Convolution {
  static readonly className = 'Conv2D';
  readonly className = Conv2D.className;

  constructor(
    filters: number,
    kernelSize: PerAxis,
    options: FilterArchitecture = {},
    rules: WeightRules = unspecifiedRules,
  ) {
    super('Conv2D', 2, filters, kernelSize, options, rules);
  }

  static fromConfig(config: JsonObject): Conv2D {
    return fromEntries(Conv2D.className, config, (reader) => {
      const { filters, kernelSize, options } = readFilters(reader);
      return new Conv2D(filters, kernelSize, options, readSavedRules(reader));
    });
  }
}
