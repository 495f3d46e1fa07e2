/** What transposed convolutions share; their extents follow Keras. */
import type { ConfigReader, JsonObject, PerAxis, Tensor, Variable } from '@hadal/core';
import { ArgumentError, convTranspose } from '@hadal/core';
import { imageShape } from '../../layer/data-format';
import { PADDINGS, requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import { readWeightRules, TrainingRules, type WeightRuleOptions } from '../../layer/training-rules';
import type { Regularizer } from '../../regularizers/regularizer-base';
import { type ConvolutionArchitecture, ConvolutionLayer, readConvolution } from './convolution-layer';
import { readPerAxis, requireImages } from './windows';

export interface ConvolutionTransposeOptions
  extends Omit<ConvolutionArchitecture, 'padding'>,
    WeightRuleOptions {
  /** `valid` (default) keeps the whole result, `same` cuts it to the extent times the stride. */
  readonly padding?: 'valid' | 'same';
  /** Positions added at the end of each spatial axis, fewer than the stride; by default what the padding implies. */
  readonly outputPadding?: PerAxis;
}

export abstract class TransposedConvolution extends ConvolutionLayer {
  /** How many channels come out. */
  readonly filters: number;
  readonly outputPadding: readonly number[] | undefined;
  readonly #rules: TrainingRules;
  #kernel: Variable | undefined;

  /** @throws {ArgumentError} when an output padding is not below its stride */
  constructor(
    where: string,
    spatial: number,
    filters: number,
    kernelSize: PerAxis,
    options: ConvolutionTransposeOptions,
  ) {
    super(where, spatial, kernelSize, options);
    if (this.padding === 'causal') {
      throw new ArgumentError(where, "padding 'causal' is not one of 'valid', 'same'.");
    }
    this.filters = requirePositiveInteger(where, 'filters', filters);
    this.outputPadding = requireOutputPadding(where, options.outputPadding, this.strides);
    this.#rules = new TrainingRules(options);
  }

  protected override get activityPenalty(): Regularizer | undefined {
    return this.#rules.activityRegularizer;
  }

  override build(inputShape: LayerShape): void {
    const shape = [...this.kernelSize, this.filters, this.channelsOf(inputShape)];
    this.#kernel = this.addWeight('kernel', shape, this.#rules.kernel);
    this.addBias(this.filters, this.#rules.bias);
  }

  protected override convolve(images: Tensor): Tensor {
    return convTranspose(images, this.#kernel!.value, {
      ...this.options,
      outputPadding: this.outputPadding,
    });
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const { batch, spatial } = requireImages(this.className, inputShape, this.spatial, this.dataFormat);
    return imageShape(
      {
        batch,
        spatial: spatial.map((extent, axis) => (extent === null ? null : this.#grown(extent, axis))),
        channels: this.filters,
      },
      this.dataFormat,
    );
  }

  /** What the extent of an axis becomes. */
  #grown(extent: number, axis: number): number {
    const stride = this.strides[axis] ?? 1;
    const span = ((this.kernelSize[axis] ?? 1) - 1) * (this.dilationRate[axis] ?? 1) + 1;
    const added = this.outputPadding?.[axis];
    if (this.padding === 'same') {
      return added === undefined ? extent * stride : (extent - 1) * stride + (span % 2) + added;
    }
    return added === undefined
      ? extent * stride + Math.max(0, span - stride)
      : (extent - 1) * stride + span + added;
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      filters: this.filters,
      outputPadding: this.outputPadding ?? null,
      ...this.#rules.getConfig(),
    };
  }
}

function requireOutputPadding(
  where: string,
  given: PerAxis | undefined,
  strides: readonly number[],
): readonly number[] | undefined {
  if (given === undefined) return undefined;
  const list = typeof given === 'number' ? strides.map(() => given) : given;
  const fits =
    list.length === strides.length &&
    list.every((each, axis) => Number.isSafeInteger(each) && each >= 0 && each < (strides[axis] ?? 1));
  if (fits) return list;
  throw new ArgumentError(
    where,
    `outputPadding is [${list}] for strides [${strides}].`,
    'Give whole numbers from 0 to below the stride, one for each spatial axis.',
  );
}

/** The options that `getConfig` wrote. */
export const readTransposedConvolution = (reader: ConfigReader): ConvolutionTransposeOptions => ({
  ...readConvolution(reader),
  padding: reader.choice('padding', PADDINGS, 'valid'),
  outputPadding: readPerAxis(reader, 'outputPadding'),
  ...readWeightRules(reader),
});
