/** Depthwise convolutions: every channel has windows of its own. */
import type { ConfigReader, JsonObject, PerAxis, Tensor, Variable } from '@hadal/core';
import { depthwiseConv1d as convolve1d, depthwiseConv2d as convolve2d } from '@hadal/core';
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

export interface DepthwiseConvolutionOptions
  extends ConvolutionArchitecture,
    WeightOptionsOf<'depthwise'>,
    WeightOptionsOf<'bias'> {
  /** How many windows each channel has (default 1). */
  readonly depthMultiplier?: number;
  /** A penalty on the output, divided by the batch size. */
  readonly activityRegularizer?: RegularizerLike;
}

/** The kernel begins glorotUniform and the bias as zeros, unless told otherwise. */
abstract class DepthwiseConvolution extends ConvolutionLayer {
  readonly depthMultiplier: number;
  protected override readonly activityPenalty: Regularizer | undefined;
  readonly #kernelOptions: WeightOptions;
  readonly #biasOptions: WeightOptions;
  #kernel: Variable | undefined;

  constructor(where: string, spatial: number, kernelSize: PerAxis, options: DepthwiseConvolutionOptions) {
    super(where, spatial, kernelSize, options);
    const {
      depthMultiplier = 1,
      depthwiseInitializer = 'glorotUniform',
      biasInitializer = 'zeros',
    } = options;
    this.depthMultiplier = requirePositiveInteger(where, 'depthMultiplier', depthMultiplier);
    this.activityPenalty = resolveRegularizer(options.activityRegularizer);
    this.#kernelOptions = weightOptions(
      depthwiseInitializer,
      options.depthwiseRegularizer,
      options.depthwiseConstraint,
    );
    this.#biasOptions = weightOptions(biasInitializer, options.biasRegularizer, options.biasConstraint);
  }

  protected get kernel(): Tensor {
    return this.#kernel!.value;
  }

  override build(inputShape: LayerShape): void {
    const channels = this.channelsOf(inputShape);
    const shape = [...this.kernelSize, channels, this.depthMultiplier];
    this.#kernel = this.addWeight('kernel', shape, this.#kernelOptions);
    this.addBias(channels * this.depthMultiplier, this.#biasOptions);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const { batch, spatial, channels } = windowedExtents(this.className, inputShape, this.windows);
    const filters = channels === null ? null : channels * this.depthMultiplier;
    return imageShape({ batch, spatial, channels: filters }, this.dataFormat);
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      depthMultiplier: this.depthMultiplier,
      ...serializeWeightOptions('depthwise', this.#kernelOptions),
      ...serializeWeightOptions('bias', this.#biasOptions),
      activityRegularizer: serializeRegularizer(this.activityPenalty),
    };
  }
}

const readDepthwise = (reader: ConfigReader): DepthwiseConvolutionOptions => ({
  ...readConvolution(reader),
  depthMultiplier: reader.integer('depthMultiplier', 1),
  ...readWeightOptions(reader, 'depthwise'),
  ...readWeightOptions(reader, 'bias'),
  activityRegularizer: readRegularizer(reader, 'activityRegularizer'),
});

/**
 * Slides windows over every channel on its own: [batch, steps, channels] → [batch, steps', channels ·
 * depthMultiplier], the results of the first channel first. Weights: `kernel` [steps, channels, depthMultiplier], `bias`
 * [channels · depthMultiplier].
 *
 * @example
 * depthwiseConv1d(5, { depthMultiplier: 2 }).apply(zeros([8, 100, 3])).shape; // [8, 96, 6]
 */
export class DepthwiseConv1D extends DepthwiseConvolution {
  static readonly className = 'DepthwiseConv1D';
  readonly className = DepthwiseConv1D.className;

  constructor(kernelSize: PerAxis, options: DepthwiseConvolutionOptions = {}) {
    super('DepthwiseConv1D', 1, kernelSize, options);
  }

  protected override convolve(images: Tensor): Tensor {
    return convolve1d(images, this.kernel, this.options);
  }

  static fromConfig(config: JsonObject): DepthwiseConv1D {
    return fromEntries(
      DepthwiseConv1D.className,
      config,
      (reader) => new DepthwiseConv1D(reader.numbers('kernelSize'), readDepthwise(reader)),
    );
  }
}

/** Makes a {@link DepthwiseConv1D} layer. */
export const depthwiseConv1d = (
  kernelSize: PerAxis,
  options?: DepthwiseConvolutionOptions,
): DepthwiseConv1D => new DepthwiseConv1D(kernelSize, options);

/**
 * Slides windows over every channel on its own: [batch, height, width, channels] → [batch, height', width', channels ·
 * depthMultiplier], the results of the first channel first. Weights: `kernel` [height, width, channels, depthMultiplier], `bias`
 * [channels · depthMultiplier].
 *
 * @example
 * depthwiseConv2d(3, { padding: 'same' }).apply(zeros([8, 28, 28, 3])).shape; // [8, 28, 28, 3]
 */
export class DepthwiseConv2D extends DepthwiseConvolution {
  static readonly className = 'DepthwiseConv2D';
  readonly className = DepthwiseConv2D.className;

  constructor(kernelSize: PerAxis, options: DepthwiseConvolutionOptions = {}) {
    super('DepthwiseConv2D', 2, kernelSize, options);
  }

  protected override convolve(images: Tensor): Tensor {
    return convolve2d(images, this.kernel, this.options);
  }

  static fromConfig(config: JsonObject): DepthwiseConv2D {
    return fromEntries(
      DepthwiseConv2D.className,
      config,
      (reader) => new DepthwiseConv2D(reader.numbers('kernelSize'), readDepthwise(reader)),
    );
  }
}

/** Makes a {@link DepthwiseConv2D} layer. */
export const depthwiseConv2d = (
  kernelSize: PerAxis,
  options?: DepthwiseConvolutionOptions,
): DepthwiseConv2D => new DepthwiseConv2D(kernelSize, options);
