/** Convolution layers with filters over all channels, for any number of spatial axes. */
import type { ConfigReader, JsonObject, PerAxis, Tensor, Variable } from '@hadal/core';
import { ArgumentError, conv, ShapeError } from '@hadal/core';
import { imageShape } from '../../layer/data-format';
import { requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import type { WeightRules } from '../../layer/weight-rules';
import type { Regularizer } from '../../regularizers/regularizer-base';
import { type ConvolutionArchitecture, ConvolutionLayer, readConvolution } from './convolution-layer';
import { windowedExtents } from './windows';

/** Options that matter when predicting. */
export interface FilterArchitecture extends ConvolutionArchitecture {
  /** Splits channels into groups that are convolved on their own (default 1). */
  readonly groups?: number;
}

/** Weights: `kernel` [...window, channels / groups, filters], `bias` [filters]. */
export abstract class Convolution extends ConvolutionLayer {
  /** How many channels come out. */
  readonly filters: number;
  readonly groups: number;
  #kernel: Variable | undefined;

  constructor(
    where: string,
    spatial: number,
    filters: number,
    kernelSize: PerAxis,
    options: FilterArchitecture,
    protected readonly rules: WeightRules,
  ) {
    super(where, spatial, kernelSize, options);
    this.filters = requirePositiveInteger(where, 'filters', filters);
    this.groups = requirePositiveInteger(where, 'groups', options.groups ?? 1);
    if (filters % this.groups !== 0) {
      throw new ArgumentError(where, `${filters} filters cannot be split into ${this.groups} groups.`);
    }
  }

  protected override get activityPenalty(): Regularizer | undefined {
    return this.rules.activityRegularizer;
  }

  override build(inputShape: LayerShape): void {
    const channels = this.channelsOf(inputShape);
    if (channels % this.groups !== 0) {
      throw new ShapeError(
        this.className,
        `${channels} channels cannot be split into ${this.groups} groups.`,
      );
    }
    const shape = [...this.kernelSize, channels / this.groups, this.filters];
    this.#kernel = this.addWeight('kernel', shape, this.rules.kernel);
    this.addBias(this.filters, this.rules.bias);
  }

  protected override convolve(images: Tensor): Tensor {
    return conv(images, this.#kernel!.value, { ...this.options, groups: this.groups });
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const { batch, spatial } = windowedExtents(this.className, inputShape, this.windows);
    return imageShape({ batch, spatial, channels: this.filters }, this.dataFormat);
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      filters: this.filters,
      groups: this.groups,
      ...this.rules.getConfig(),
    };
  }
}

/** The options that `getConfig` wrote. */
export const readFilters = (
  reader: ConfigReader,
): { readonly filters: number; readonly kernelSize: PerAxis; readonly options: FilterArchitecture } => ({
  filters: reader.integer('filters'),
  kernelSize: reader.numbers('kernelSize'),
  options: { ...readConvolution(reader), groups: reader.integer('groups', 1) },
});
