/** Convolution layers for sequences and volumes. */
import type { JsonObject, PerAxis } from '@hadal/core';
import { fromEntries } from '../../layer/options';
import { readWeightRules, TrainingRules, type WeightRuleOptions } from '../../layer/training-rules';
import { Convolution, type FilterArchitecture, readFilters } from './convolution';

export interface ConvolutionOptions extends FilterArchitecture, WeightRuleOptions {}

/**
 * Slides `filters` windows over sequences: [batch, steps, channels] → [batch, steps', filters]. Weights: `kernel` [steps, channels / groups, filters], `bias` [filters].
 *
 * @example
 * conv1d(16, 5, { padding: 'causal' }).apply(zeros([8, 100, 3])).shape; // [8, 100, 16]
 */
export class Conv1D extends Convolution {
  static readonly className = 'Conv1D';
  readonly className = Conv1D.className;

  constructor(filters: number, kernelSize: PerAxis, options: ConvolutionOptions = {}) {
    super('Conv1D', 1, filters, kernelSize, options, new TrainingRules(options));
  }

  static fromConfig(config: JsonObject): Conv1D {
    return fromEntries(Conv1D.className, config, (reader) => {
      const { filters, kernelSize, options } = readFilters(reader);
      return new Conv1D(filters, kernelSize, { ...options, ...readWeightRules(reader) });
    });
  }
}

/** Makes a {@link Conv1D} layer with `filters` windows of `kernelSize`. */
export const conv1d = (filters: number, kernelSize: PerAxis, options?: ConvolutionOptions): Conv1D =>
  new Conv1D(filters, kernelSize, options);

/**
 * Slides `filters` windows over volumes: [batch, depth, height, width, channels] → [batch, depth', height', width',
 * filters]. Weights: `kernel` [depth, height, width, channels / groups, filters], `bias` [filters].
 *
 * @example
 * conv3d(4, 3, { strides: 2 }).apply(zeros([2, 9, 9, 9, 1])).shape; // [2, 4, 4, 4, 4]
 */
export class Conv3D extends Convolution {
  static readonly className = 'Conv3D';
  readonly className = Conv3D.className;

  constructor(filters: number, kernelSize: PerAxis, options: ConvolutionOptions = {}) {
    super('Conv3D', 3, filters, kernelSize, options, new TrainingRules(options));
  }

  static fromConfig(config: JsonObject): Conv3D {
    return fromEntries(Conv3D.className, config, (reader) => {
      const { filters, kernelSize, options } = readFilters(reader);
      return new Conv3D(filters, kernelSize, { ...options, ...readWeightRules(reader) });
    });
  }
}

/** Makes a {@link Conv3D} layer with `filters` windows of `kernelSize`. */
export const conv3d = (filters: number, kernelSize: PerAxis, options?: ConvolutionOptions): Conv3D =>
  new Conv3D(filters, kernelSize, options);
