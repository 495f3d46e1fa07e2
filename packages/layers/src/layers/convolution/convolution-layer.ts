/** What all convolution layers share: the window, the format of images, the bias and the activation. */
import type { ConfigReader, DataFormat, JsonObject, PerAxis, Tensor, Variable } from '@hadal/core';
import { isFloat } from '@hadal/core';
import { serializeActivation } from '../../activations';
import { type ActivationLike, activate, checkActivation, requireActivation } from '../../all-activations';
import type { CallContext } from '../../layer/context';
import { readDataFormat, requireDataFormat } from '../../layer/data-format';
import { Layer, type LayerOptions, type WeightOptions } from '../../layer/layer';
import { readLayerOptions } from '../../layer/options';
import { penalizeActivity } from '../../layer/rules';
import { type LayerShape, requireExtent } from '../../layer/shape';
import type { Regularizer } from '../../regularizers/regularizer-base';
import {
  perSpatialAxis,
  readPerAxis,
  requireImages,
  requireWindowPadding,
  WINDOW_PADDINGS,
  type WindowPadding,
  type Windows,
} from './windows';

/** Options that matter when predicting. */
export interface ConvolutionArchitecture extends LayerOptions {
  /** Steps of the window, for all spatial axes or each (default 1). */
  readonly strides?: PerAxis;
  /** Default valid; `causal` is for sequences. */
  readonly padding?: WindowPadding;
  /** Where the channels are (default channelsLast). */
  readonly dataFormat?: DataFormat;
  /** Distance between the window's taps (default 1). */
  readonly dilationRate?: PerAxis;
  /** Applied to the result (default linear). */
  readonly activation?: ActivationLike;
  /** Adds a bias per filter (default true). */
  readonly useBias?: boolean;
}

export abstract class ConvolutionLayer extends Layer {
  /** Extents of the window. */
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: WindowPadding;
  readonly dataFormat: DataFormat;
  readonly dilationRate: readonly number[];
  readonly activation: ActivationLike;
  readonly useBias: boolean;
  #bias: Variable | undefined;

  constructor(
    where: string,
    /** How many axes it slides over. */
    readonly spatial: number,
    kernelSize: PerAxis,
    options: ConvolutionArchitecture,
  ) {
    super(options);
    this.kernelSize = perSpatialAxis(where, 'kernelSize', kernelSize, spatial);
    this.strides = perSpatialAxis(where, 'strides', options.strides ?? 1, spatial);
    this.padding = requireWindowPadding(where, options.padding ?? 'valid', spatial);
    this.dataFormat = requireDataFormat(where, options.dataFormat);
    this.dilationRate = perSpatialAxis(where, 'dilationRate', options.dilationRate ?? 1, spatial);
    this.activation = checkActivation(options.activation ?? 'linear');
    this.useBias = options.useBias ?? true;
  }

  /** The convolution of images in floating point, without the bias. */
  protected abstract convolve(images: Tensor): Tensor;

  /** A penalty on the output. */
  protected abstract get activityPenalty(): Regularizer | undefined;

  /** How the window slides. */
  protected get windows(): Windows {
    const { kernelSize: size, strides, padding, dilationRate: dilation, dataFormat } = this;
    return { size, strides, padding, dilation, dataFormat };
  }

  /** What core's convolutions take. */
  protected get options(): {
    readonly strides: readonly number[];
    readonly padding: 'valid' | 'same' | readonly (readonly [number, number])[];
    readonly dilation: readonly number[];
    readonly dataFormat: DataFormat;
  } {
    const { strides, dilationRate: dilation, dataFormat } = this;
    const padding =
      this.padding === 'causal'
        ? this.kernelSize.map((extent, axis) => [(extent - 1) * (dilation[axis] ?? 1), 0] as const)
        : this.padding;
    return { strides, padding, dilation, dataFormat };
  }

  /** The number of channels of the input, which must be known to make weights. */
  protected channelsOf(inputShape: LayerShape): number {
    requireImages(this.className, inputShape, this.spatial, this.dataFormat);
    const axis = this.dataFormat === 'channelsFirst' ? 1 : this.spatial + 1;
    return requireExtent(this.className, inputShape, axis, 'the channels axis');
  }

  /** Makes the bias, after the kernels. */
  protected addBias(filters: number, options: WeightOptions): void {
    if (this.useBias) this.#bias = this.addWeight('bias', [filters], options);
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    requireImages(this.className, inputs.shape, this.spatial, this.dataFormat);
    const product = this.convolve(isFloat(inputs.dtype) ? inputs : inputs.cast(this.dtype));
    const output = activate(this.activation, this.#withBias(product));
    penalizeActivity(this.activityPenalty, output, context);
    return output;
  }

  #withBias(product: Tensor): Tensor {
    if (this.#bias === undefined) return product;
    const { value } = this.#bias;
    return product.add(
      this.dataFormat === 'channelsFirst' ? value.reshape([-1, ...this.strides.map(() => 1)]) : value,
    );
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      kernelSize: this.kernelSize,
      strides: this.strides,
      padding: this.padding,
      dataFormat: this.dataFormat,
      dilationRate: this.dilationRate,
      activation: serializeActivation(this.className, this.activation),
      useBias: this.useBias,
    };
  }
}

/** The options that `getConfig` wrote. */
export const readConvolution = (reader: ConfigReader): ConvolutionArchitecture => ({
  ...readLayerOptions(reader),
  strides: readPerAxis(reader, 'strides'),
  padding: reader.choice('padding', WINDOW_PADDINGS, 'valid'),
  dataFormat: readDataFormat(reader),
  dilationRate: readPerAxis(reader, 'dilationRate'),
  activation: requireActivation(reader.string('activation', 'linear')),
  useBias: reader.boolean('useBias', true),
});
