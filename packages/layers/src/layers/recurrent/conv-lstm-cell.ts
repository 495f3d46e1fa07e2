/** The cell of a long short-term memory whose products are convolutions. */
import type { DataFormat, JsonObject, PerAxis, ConfigReader as Reader, Tensor, Variable } from '@hadal/core';
import {
  ArgumentError,
  ConfigReader,
  concat,
  conv,
  dropout as drop,
  Generator,
  ones,
  split,
} from '@hadal/core';
import { serializeActivation } from '../../activations';
import { type ActivationLike, checkActivation } from '../../all-activations';
import { imageExtents, imageShape, readDataFormat, requireDataFormat } from '../../layer/data-format';
import {
  PADDINGS,
  type Padding,
  requireDropoutRate,
  requirePadding,
  requirePositiveInteger,
  windowedExtent,
} from '../../layer/rules';
import { type LayerShape, requireExtent } from '../../layer/shape';
import { perSpatialAxis, readPerAxis } from '../convolution/windows';
import { type CellRun, RecurrentCell, type RunSetting } from './cell';
import { type LSTMCellOptions, LSTMRules, lstmStep } from './lstm-cell';
import { alongSteps } from './weighted-cell';
import { cellConfig, readGatedCellOptions } from './weights';

export interface ConvLSTMCellOptions extends LSTMCellOptions {
  /** Default 1; only one of strides and dilation may be larger. */
  readonly strides?: PerAxis;
  /** Of the convolutions of the inputs (default valid); those of the state keep its extents. */
  readonly padding?: Padding;
  /** Where the inputs have their channels (default channelsLast). */
  readonly dataFormat?: DataFormat;
  /** Default 1. */
  readonly dilationRate?: PerAxis;
}

const GATES = 4;

/** A convolution of one step or of all. */
type Convolve = (x: Tensor) => Tensor;

/**
 * One step of a ConvLSTM: [x, hidden, cell] → [output, hidden, cell], x being [batch, …spatial, channels]. Weights:
 * `kernel` [...window, channels, 4 · filters], `recurrent_kernel` [...window, filters, 4 · filters], `bias` [4 · filters].
 */
export class ConvLSTMCell extends RecurrentCell {
  static readonly className = 'ConvLSTMCell';
  readonly className = ConvLSTMCell.className;
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
  readonly dataFormat: DataFormat;
  readonly dilationRate: readonly number[];
  readonly activation: ActivationLike;
  readonly recurrentActivation: ActivationLike;
  readonly useBias: boolean;
  readonly unitForgetBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | undefined;
  readonly #rules: LSTMRules;
  readonly #generator: Generator | undefined;
  #kernel: Variable | undefined;
  #recurrentKernel: Variable | undefined;
  #bias: Variable | undefined;

  /** @param spatial how many spatial axes there are, 1 to 3 */
  constructor(
    readonly spatial: number,
    filters: number,
    kernelSize: PerAxis,
    options: ConvLSTMCellOptions = {},
  ) {
    super(options);
    const where = `ConvLSTM${spatial}D`;
    const { unitForgetBias = true, seed } = options;
    this.filters = requirePositiveInteger(where, 'filters', filters);
    this.kernelSize = perSpatialAxis(where, 'kernelSize', kernelSize, spatial);
    this.strides = perSpatialAxis(where, 'strides', options.strides ?? 1, spatial);
    this.dilationRate = perSpatialAxis(where, 'dilationRate', options.dilationRate ?? 1, spatial);
    this.padding = requirePadding(where, options.padding ?? 'valid');
    this.dataFormat = requireDataFormat(where, options.dataFormat);
    this.activation = checkActivation(options.activation ?? 'tanh');
    this.recurrentActivation = checkActivation(options.recurrentActivation ?? 'sigmoid');
    this.useBias = options.useBias ?? true;
    this.unitForgetBias = unitForgetBias;
    this.dropout = requireDropoutRate(where, 'dropout', options.dropout ?? 0);
    this.recurrentDropout = requireDropoutRate(where, 'recurrentDropout', options.recurrentDropout ?? 0);
    this.seed = seed;
    this.#generator = seed === undefined ? undefined : new Generator(seed);
    this.#rules = new LSTMRules(options, unitForgetBias);
    if (Math.max(...this.strides) > 1 && Math.max(...this.dilationRate) > 1) {
      throw new ArgumentError(
        where,
        `strides are [${this.strides}] and dilationRate is [${this.dilationRate}].`,
        'Only one of them may be larger than 1.',
      );
    }
  }

  override get stepRank(): number {
    return this.spatial + 2;
  }

  override get outputsFirstState(): boolean {
    return true;
  }

  override get generators(): readonly Generator[] {
    return this.#generator === undefined ? [] : [this.#generator];
  }

  get #channelAxis(): number {
    return this.dataFormat === 'channelsFirst' ? -1 - this.spatial : -1;
  }

  override stateShapes(stepShape: LayerShape): readonly LayerShape[] {
    const images = imageExtents(stepShape, this.dataFormat);
    const spatial = images.spatial.map((extent, axis) =>
      windowedExtent(
        extent,
        this.kernelSize[axis] ?? 1,
        this.strides[axis] ?? 1,
        this.padding,
        this.dilationRate[axis] ?? 1,
      ),
    );
    const state = imageShape({ ...images, spatial, channels: this.filters }, this.dataFormat);
    return [state, state];
  }

  override buildStep(stepShape: LayerShape): void {
    const channels = requireExtent(this.className, stepShape, this.#channelAxis, 'the channels');
    const { filters, kernelSize } = this;
    const columns = GATES * filters;
    this.#kernel = this.addWeight('kernel', [...kernelSize, channels, columns], this.#rules.kernel);
    this.#recurrentKernel = this.addWeight(
      'recurrent_kernel',
      [...kernelSize, filters, columns],
      this.#rules.recurrent,
    );
    if (this.useBias) this.#bias = this.addWeight('bias', [columns], this.#rules.bias);
  }

  override begin(setting: RunSetting): CellRun {
    const { shape, context } = setting;
    const { dataFormat, strides, padding, dilationRate: dilation } = this;
    const states = this.stateShapes(shape)[0]?.map((extent) => extent ?? 1) ?? shape;
    const inputs = this.#convolution(
      context.training ? this.#masks(shape, this.dropout, setting) : [],
      this.#kernel!.value,
      (x, kernel) => conv(x, kernel, { strides, padding, dilation, dataFormat }),
    );
    const inner = this.#convolution(
      context.training ? this.#masks(states, this.recurrentDropout, setting) : [],
      this.#recurrentKernel!.value,
      (x, kernel) => conv(x, kernel, { padding: 'same', dataFormat }),
    );
    const bias = this.#bias && alongChannels(this.#bias.value, dataFormat, this.spatial);
    return {
      project: (x) => (bias === undefined ? inputs(x) : inputs(x).add(bias)),
      step: (projected, [hidden = projected, before = projected]) =>
        lstmStep(
          projected.add(inner(hidden)),
          before,
          this.activation,
          this.recurrentActivation,
          this.#channelAxis,
        ),
    };
  }

  #masks(shape: readonly number[], rate: number, { dtype, device }: RunSetting): readonly Tensor[] {
    if (rate === 0) return [];
    const whole = ones(shape, { dtype, ...(device && { device }) });
    return Array.from({ length: GATES }, () => drop(whole, rate, this.#generator));
  }

  /** Of all gates at once, or where masks are given each with its own; of one step or of all. */
  #convolution(
    masks: readonly Tensor[],
    kernel: Tensor,
    convolve: (x: Tensor, kernel: Tensor) => Tensor,
  ): Convolve {
    const over = (each: Tensor): Convolve => {
      const ofStep: Convolve = (x) => convolve(x, each);
      return (x) => (x.rank === this.stepRank ? ofStep(x) : ofAllSteps(ofStep)(x));
    };
    if (masks.length === 0) return over(kernel);
    const gates = split(kernel, GATES, -1).map(over);
    return (x) => {
      const parts = gates.map((gate, index) => {
        const mask = masks[index];
        return gate(mask === undefined ? x : x.mul(alongSteps(mask, x)));
      });
      return concat(parts, this.#channelAxis);
    };
  }

  /** The entries that layers of this cell have too. */
  ownConfig(): JsonObject {
    return {
      filters: this.filters,
      kernelSize: this.kernelSize,
      strides: this.strides,
      padding: this.padding,
      dataFormat: this.dataFormat,
      dilationRate: this.dilationRate,
      ...cellConfig(this.className, this, this.#rules),
      recurrentActivation: serializeActivation(this.className, this.recurrentActivation),
      unitForgetBias: this.unitForgetBias,
    };
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), spatial: this.spatial, ...this.ownConfig() };
  }

  static fromConfig(config: JsonObject): ConvLSTMCell {
    const reader = new ConfigReader(ConvLSTMCell.className, config);
    const spatial = reader.integer('spatial');
    const { filters, kernelSize, options } = readConvLSTM(reader);
    reader.done();
    return new ConvLSTMCell(spatial, filters, kernelSize, options);
  }
}

/** What `ownConfig` wrote. */
export const readConvLSTM = (
  reader: Reader,
): {
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly options: ConvLSTMCellOptions;
} => ({
  filters: reader.integer('filters'),
  kernelSize: reader.numbers('kernelSize'),
  options: {
    ...readGatedCellOptions(reader),
    strides: readPerAxis(reader, 'strides'),
    padding: reader.choice('padding', PADDINGS, 'valid'),
    dataFormat: readDataFormat(reader),
    dilationRate: readPerAxis(reader, 'dilationRate'),
    unitForgetBias: reader.boolean('unitForgetBias', true),
  },
});

/** Steps are convolved together, as images of one batch. */
function ofAllSteps(convolve: Convolve): Convolve {
  return (x) => {
    const [batch = 1, time = 1, ...rest] = x.shape;
    const result = convolve(x.reshape([batch * time, ...rest]));
    return result.reshape([batch, time, ...result.shape.slice(1)]);
  };
}

const alongChannels = (bias: Tensor, dataFormat: DataFormat, spatial: number): Tensor =>
  dataFormat === 'channelsFirst'
    ? bias.reshape([...bias.shape, ...Array.from({ length: spatial }, () => 1)])
    : bias;
