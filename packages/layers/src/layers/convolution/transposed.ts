/** Transposed convolutions: layers that make images larger. */
import type { JsonObject, PerAxis } from '@hadal/core';
import { fromEntries } from '../../layer/options';
import {
  type ConvolutionTransposeOptions,
  readTransposedConvolution,
  TransposedConvolution,
} from './transposed-convolution';

/**
 * Adds up copies of the windows, scaled by every step and `strides` apart: [batch, steps, channels] → [batch, steps',
 * filters]; with `strides` s and padding `same`, steps' = steps · s. Weights: `kernel` [steps, filters, channels], `bias` [filters].
 *
 * Source: Zeiler et al. (2010).
 *
 * @example
 * conv1dTranspose(4, 3, { strides: 2, padding: 'same' }).apply(zeros([2, 10, 3])).shape; // [2, 20, 4]
 */
export class Conv1DTranspose extends TransposedConvolution {
  static readonly className = 'Conv1DTranspose';
  readonly className = Conv1DTranspose.className;

  constructor(filters: number, kernelSize: PerAxis, options: ConvolutionTransposeOptions = {}) {
    super('Conv1DTranspose', 1, filters, kernelSize, options);
  }

  static fromConfig(config: JsonObject): Conv1DTranspose {
    return fromEntries(
      Conv1DTranspose.className,
      config,
      (reader) =>
        new Conv1DTranspose(
          reader.integer('filters'),
          reader.numbers('kernelSize'),
          readTransposedConvolution(reader),
        ),
    );
  }
}

/** Makes a {@link Conv1DTranspose} layer with `filters` windows of `kernelSize`. */
export const conv1dTranspose = (
  filters: number,
  kernelSize: PerAxis,
  options?: ConvolutionTransposeOptions,
): Conv1DTranspose => new Conv1DTranspose(filters, kernelSize, options);

/**
 * Adds up copies of the windows, scaled by every pixel and `strides` apart: [batch, height, width, channels] → [batch,
 * height', width', filters]; with `strides` s and padding `same`, height' = height · s. Weights: `kernel` [height, width, filters, channels], `bias` [filters].
 *
 * Source: Zeiler et al. (2010).
 *
 * @example
 * conv2dTranspose(8, 3, { strides: 2, padding: 'same' }).apply(zeros([1, 7, 7, 16])).shape; // [1, 14, 14, 8]
 */
export class Conv2DTranspose extends TransposedConvolution {
  static readonly className = 'Conv2DTranspose';
  readonly className = Conv2DTranspose.className;

  constructor(filters: number, kernelSize: PerAxis, options: ConvolutionTransposeOptions = {}) {
    super('Conv2DTranspose', 2, filters, kernelSize, options);
  }

  static fromConfig(config: JsonObject): Conv2DTranspose {
    return fromEntries(
      Conv2DTranspose.className,
      config,
      (reader) =>
        new Conv2DTranspose(
          reader.integer('filters'),
          reader.numbers('kernelSize'),
          readTransposedConvolution(reader),
        ),
    );
  }
}

/** Makes a {@link Conv2DTranspose} layer with `filters` windows of `kernelSize`. */
export const conv2dTranspose = (
  filters: number,
  kernelSize: PerAxis,
  options?: ConvolutionTransposeOptions,
): Conv2DTranspose => new Conv2DTranspose(filters, kernelSize, options);

/**
 * Adds up copies of the windows, scaled by every voxel and `strides` apart: [batch, depth, height, width, channels] →
 * [batch, depth', height', width', filters]. Weights: `kernel` [depth, height, width, filters, channels], `bias` [filters].
 *
 * Source: Zeiler et al. (2010).
 *
 * @example
 * conv3dTranspose(2, 2, { strides: 2 }).apply(zeros([1, 4, 4, 4, 3])).shape; // [1, 8, 8, 8, 2]
 */
export class Conv3DTranspose extends TransposedConvolution {
  static readonly className = 'Conv3DTranspose';
  readonly className = Conv3DTranspose.className;

  constructor(filters: number, kernelSize: PerAxis, options: ConvolutionTransposeOptions = {}) {
    super('Conv3DTranspose', 3, filters, kernelSize, options);
  }

  static fromConfig(config: JsonObject): Conv3DTranspose {
    return fromEntries(
      Conv3DTranspose.className,
      config,
      (reader) =>
        new Conv3DTranspose(
          reader.integer('filters'),
          reader.numbers('kernelSize'),
          readTransposedConvolution(reader),
        ),
    );
  }
}

/** Makes a {@link Conv3DTranspose} layer with `filters` windows of `kernelSize`. */
export const conv3dTranspose = (
  filters: number,
  kernelSize: PerAxis,
  options?: ConvolutionTransposeOptions,
): Conv3DTranspose => new Conv3DTranspose(filters, kernelSize, options);
