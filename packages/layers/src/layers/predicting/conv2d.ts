/** The two-dimensional convolution layer as prediction needs it; the one that trains adds how its weights begin. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, ConfigReader, conv2d as convolve, isFloat, ShapeError } from '@hadal/core';
import {
  type ActivationLike,
  activate,
  checkActivation,
  requireActivation,
  serializeActivation,
} from '../../activations';
import type { CallContext } from '../../layer/context';
import { Layer, type LayerOptions } from '../../layer/layer';
import { readLayerOptions } from '../../layer/options';
import {
  PADDINGS,
  type Padding,
  type Pair,
  readPair,
  requirePadding,
  requirePair,
  requirePositiveInteger,
  windowedExtent,
} from '../../layer/rules';
import { formatLayerShape, type LayerShape, requireExtent, requireRank } from '../../layer/shape';
import { readSavedRules, unspecifiedRules, type WeightRules } from '../../layer/weight-rules';

/** Options that matter when predicting. */
export interface Conv2DArchitecture extends LayerOptions {
  /** Steps of the window (default 1). */
  readonly strides?: Pair;
  /** Default valid. */
  readonly padding?: Padding;
  /** Distance between the window's taps (default 1). */
  readonly dilationRate?: Pair;
  /** Splits channels into groups that are convolved on their own (default 1). */
  readonly groups?: number;
  /** Applied to the result (default linear). */
  readonly activation?: ActivationLike;
  /** Adds a bias per filter (default true). */
  readonly useBias?: boolean;
}

/**
 * Slides `filters` windows over images: [batch, height, width, channels] → [batch, height', width', filters]. Weights:
 * `kernel` [height, width, channels / groups, filters], `bias` [filters].
 *
 * @example
 * const model = await loadModel('digits', { layers: [Conv2D, Flatten, Dense] });
 */
export class Conv2D extends Layer {
  static readonly className = 'Conv2D';
  readonly className = Conv2D.className;
  readonly filters: number;
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilationRate: readonly [number, number];
  readonly groups: number;
  readonly activation: ActivationLike;
  readonly useBias: boolean;
  protected readonly rules: WeightRules;
  #kernel: Variable | undefined;
  #bias: Variable | undefined;

  constructor(
    filters: number,
    kernelSize: Pair,
    options: Conv2DArchitecture = {},
    rules: WeightRules = unspecifiedRules,
  ) {
    super(options);
    this.filters = requirePositiveInteger('Conv2D', 'filters', filters);
    this.kernelSize = requirePair('Conv2D', 'kernelSize', kernelSize);
    this.strides = requirePair('Conv2D', 'strides', options.strides ?? 1);
    this.padding = requirePadding('Conv2D', options.padding ?? 'valid');
    this.dilationRate = requirePair('Conv2D', 'dilationRate', options.dilationRate ?? 1);
    this.groups = requirePositiveInteger('Conv2D', 'groups', options.groups ?? 1);
    if (filters % this.groups !== 0) {
      throw new ArgumentError('Conv2D', `${filters} filters cannot be split into ${this.groups} groups.`);
    }
    this.activation = checkActivation(options.activation ?? 'linear');
    this.useBias = options.useBias ?? true;
    this.rules = rules;
  }

  override build(inputShape: LayerShape): void {
    requireRank('Conv2D', inputShape, 4, '[batch, height, width, channels]');
    const channels = requireExtent('Conv2D', inputShape, 3, 'the channels axis');
    if (channels % this.groups !== 0) {
      throw new ShapeError('Conv2D', `${channels} channels cannot be split into ${this.groups} groups.`);
    }
    this.#kernel = this.addWeight(
      'kernel',
      [...this.kernelSize, channels / this.groups, this.filters],
      this.rules.kernel,
    );
    if (!this.useBias) return;
    this.#bias = this.addWeight('bias', [this.filters], this.rules.bias);
  }

  override call(inputs: Tensor, _context: CallContext): Tensor {
    requireRank('Conv2D', inputs.shape, 4, '[batch, height, width, channels]');
    const kernel = this.#kernel!.value;
    const x = isFloat(inputs.dtype) ? inputs : inputs.cast(this.dtype);
    const product = convolve(x, kernel, {
      strides: this.strides,
      padding: this.padding,
      dilation: this.dilationRate,
      groups: this.groups,
    });
    const result = this.#bias === undefined ? product : product.add(this.#bias.value);
    return activate(this.activation, result);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    requireRank('Conv2D', inputShape, 4, '[batch, height, width, channels]');
    const spatial = [0, 1].map((axis) =>
      windowedExtent(
        inputShape[axis + 1]!,
        this.kernelSize[axis]!,
        this.strides[axis]!,
        this.padding,
        this.dilationRate[axis]!,
      ),
    );
    if (spatial.some((extent) => extent !== null && extent < 1)) {
      throw new ShapeError(
        'Conv2D',
        `a window of ${this.kernelSize.join(' × ')} is larger than the input ${formatLayerShape(inputShape)}.`,
        "Use a smaller kernelSize, or padding: 'same'.",
      );
    }
    return [inputShape[0]!, ...spatial, this.filters];
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: this.kernelSize,
      strides: this.strides,
      padding: this.padding,
      dilationRate: this.dilationRate,
      groups: this.groups,
      activation: serializeActivation('Conv2D', this.activation),
      useBias: this.useBias,
      ...this.rules.getConfig(),
    };
  }

  static fromConfig(config: JsonObject): Conv2D {
    const reader = new ConfigReader(Conv2D.className, config);
    const filters = reader.integer('filters');
    const kernelSize = readPair('Conv2D', 'kernelSize', reader);
    const options = readConv2DArchitecture(reader);
    const rules = readSavedRules(reader);
    reader.done();
    return new Conv2D(filters, kernelSize, options, rules);
  }
}

/** The options that `getConfig` wrote. */
export const readConv2DArchitecture = (reader: ConfigReader): Conv2DArchitecture => ({
  ...readLayerOptions(reader),
  strides: readPair('Conv2D', 'strides', reader, [1, 1]),
  padding: reader.choice('padding', PADDINGS, 'valid'),
  dilationRate: readPair('Conv2D', 'dilationRate', reader, [1, 1]),
  groups: reader.integer('groups', 1),
  activation: requireActivation(reader.string('activation', 'linear')),
  useBias: reader.boolean('useBias', true),
});
