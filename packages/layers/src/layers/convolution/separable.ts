/** Separable convolutions: every channel on its own, then a mixture of the channels. */
import type { ConfigReader, JsonObject, PerAxis, Tensor, Variable } from '@hadal/core';
import { separableConv1d as convolve1d, separableConv2d as convolve2d } from '@hadal/core';
import { imageShape } from '../../layer/data-format';
import type { WeightOptions } from '../../layer/layer';
import { fromEntries } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import {
  readWeightOptions,
  serializeWeightOptions,
  type WeightOptionsOf,
  weightOptions,
} from '../../layer/weight-options';
import {
  type Regularizer,
  type RegularizerLike,
  readRegularizer,
  resolveRegularizer,
  serializeRegularizer,
} from '../../regularizers/regularizer';
import { type ConvolutionArchitecture, ConvolutionLayer, readConvolution } from './convolution-layer';
import { windowedExtents } from './windows';

export interface SeparableConvolutionOptions
  extends ConvolutionArchitecture,
    WeightOptionsOf<'depthwise'>,
    WeightOptionsOf<'pointwise'>,
    WeightOptionsOf<'bias'> {
  /** How many windows each channel has (default 1). */
  readonly depthMultiplier?: number;
  /** A penalty on the output, divided by the batch size. */
  readonly activityRegularizer?: RegularizerLike;
}

/** Both kernels begin glorotUniform and the bias as zeros, unless told otherwise. */
abstract class SeparableConvolution extends ConvolutionLayer {
  readonly filters: number;
  readonly depthMultiplier: number;
  protected override readonly activityPenalty: Regularizer | undefined;
  readonly #depthwiseOptions: WeightOptions;
  readonly #pointwiseOptions: WeightOptions;
  readonly #biasOptions: WeightOptions;
  #depthwise: Variable | undefined;
  #pointwise: Variable | undefined;

  constructor(
    where: string,
    spatial: number,
    filters: number,
    kernelSize: PerAxis,
    options: SeparableConvolutionOptions,
  ) {
    super(where, spatial, kernelSize, options);
    this.filters = requirePositiveInteger(where, 'filters', filters);
    this.depthMultiplier = requirePositiveInteger(where, 'depthMultiplier', options.depthMultiplier ?? 1);
    this.activityPenalty = resolveRegularizer(options.activityRegularizer);
    this.#depthwiseOptions = weightOptions(
      options.depthwiseInitializer ?? 'glorotUniform',
      options.depthwiseRegularizer,
      options.depthwiseConstraint,
    );
    this.#pointwiseOptions = weightOptions(
      options.pointwiseInitializer ?? 'glorotUniform',
      options.pointwiseRegularizer,
      options.pointwiseConstraint,
    );
    this.#biasOptions = weightOptions(
      options.biasInitializer ?? 'zeros',
      options.biasRegularizer,
      options.biasConstraint,
    );
  }

  protected get depthwiseKernel(): Tensor {
    return this.#depthwise!.value;
  }

  protected get pointwiseKernel(): Tensor {
    return this.#pointwise!.value;
  }

  override build(inputShape: LayerShape): void {
    const channels = this.channelsOf(inputShape);
    const { kernelSize, depthMultiplier, filters } = this;
    const windows = [...kernelSize, channels, depthMultiplier];
    this.#depthwise = this.addWeight('depthwise_kernel', windows, this.#depthwiseOptions);
    const mixture = [...kernelSize.map(() => 1), channels * depthMultiplier, filters];
    this.#pointwise = this.addWeight('pointwise_kernel', mixture, this.#pointwiseOptions);
    this.addBias(filters, this.#biasOptions);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const { batch, spatial } = windowedExtents(this.className, inputShape, this.windows);
    return imageShape({ batch, spatial, channels: this.filters }, this.dataFormat);
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      filters: this.filters,
      depthMultiplier: this.depthMultiplier,
      ...serializeWeightOptions('depthwise', this.#depthwiseOptions),
      ...serializeWeightOptions('pointwise', this.#pointwiseOptions),
      ...serializeWeightOptions('bias', this.#biasOptions),
      activityRegularizer: serializeRegularizer(this.activityPenalty),
    };
  }
}

const readSeparable = (reader: ConfigReader): SeparableConvolutionOptions => ({
  ...readConvolution(reader),
  depthMultiplier: reader.integer('depthMultiplier', 1),
  ...readWeightOptions(reader, 'depthwise'),
  ...readWeightOptions(reader, 'pointwise'),
  ...readWeightOptions(reader, 'bias'),
  activityRegularizer: readRegularizer(reader, 'activityRegularizer'),
});

/**
 * A depthwise convolution, then a mixture of its channels at every position: [batch, steps, channels] → [batch,
 * steps', filters]. Weights: `depthwise_kernel` [steps, channels, depthMultiplier], `pointwise_kernel` [1,
 * channels · depthMultiplier, filters], `bias` [filters].
 *
 * Source: Chollet (2017).
 *
 * @example
 * separableConv1d(16, 5).apply(zeros([8, 100, 3])).shape; // [8, 96, 16]
 */
export class SeparableConv1D extends SeparableConvolution {
  static readonly className = 'SeparableConv1D';
  readonly className = SeparableConv1D.className;

  constructor(filters: number, kernelSize: PerAxis, options: SeparableConvolutionOptions = {}) {
    super('SeparableConv1D', 1, filters, kernelSize, options);
  }

  protected override convolve(images: Tensor): Tensor {
    return convolve1d(images, this.depthwiseKernel, this.pointwiseKernel, this.options);
  }

  static fromConfig(config: JsonObject): SeparableConv1D {
    return fromEntries(
      SeparableConv1D.className,
      config,
      (reader) =>
        new SeparableConv1D(reader.integer('filters'), reader.numbers('kernelSize'), readSeparable(reader)),
    );
  }
}

/** Makes a {@link SeparableConv1D} layer with `filters` results. */
export const separableConv1d = (
  filters: number,
  kernelSize: PerAxis,
  options?: SeparableConvolutionOptions,
): SeparableConv1D => new SeparableConv1D(filters, kernelSize, options);

/**
 * A depthwise convolution, then a mixture of its channels at every position: [batch, height, width, channels] → [batch,
 * height', width', filters]. Weights: `depthwise_kernel` [height, width, channels, depthMultiplier], `pointwise_kernel` [1, 1,
 * channels · depthMultiplier, filters], `bias` [filters].
 *
 * Source: Chollet (2017).
 *
 * @example
 * separableConv2d(16, 3).apply(zeros([8, 28, 28, 3])).shape; // [8, 26, 26, 16]
 */
export class SeparableConv2D extends SeparableConvolution {
  static readonly className = 'SeparableConv2D';
  readonly className = SeparableConv2D.className;

  constructor(filters: number, kernelSize: PerAxis, options: SeparableConvolutionOptions = {}) {
    super('SeparableConv2D', 2, filters, kernelSize, options);
  }

  protected override convolve(images: Tensor): Tensor {
    return convolve2d(images, this.depthwiseKernel, this.pointwiseKernel, this.options);
  }

  static fromConfig(config: JsonObject): SeparableConv2D {
    return fromEntries(
      SeparableConv2D.className,
      config,
      (reader) =>
        new SeparableConv2D(reader.integer('filters'), reader.numbers('kernelSize'), readSeparable(reader)),
    );
  }
}

/** Makes a {@link SeparableConv2D} layer with `filters` results. */
export const separableConv2d = (
  filters: number,
  kernelSize: PerAxis,
  options?: SeparableConvolutionOptions,
): SeparableConv2D => new SeparableConv2D(filters, kernelSize, options);
