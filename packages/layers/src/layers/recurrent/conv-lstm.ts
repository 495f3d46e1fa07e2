/** Long short-term memories over sequences of signals, images or volumes. */
import type { JsonObject, PerAxis, Tensor } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import type { Tensors } from '../../layer/arrangement';
import { ConvLSTMCell, type ConvLSTMCellOptions, readConvLSTM } from './conv-lstm-cell';
import { Recurrent, type RNNOptions, readRecurrentOptions } from './recurrent';

export interface ConvLSTMOptions extends ConvLSTMCellOptions, RNNOptions {}

/** What ConvLSTM layers of all ranks share. */
abstract class ConvLSTM<Out extends Tensors> extends Recurrent<Out> {
  declare readonly cell: ConvLSTMCell;

  constructor(spatial: number, filters: number, kernelSize: PerAxis, options: ConvLSTMOptions) {
    super(
      new ConvLSTMCell(spatial, filters, kernelSize, {
        ...options,
        name: 'conv_lstm_cell',
        inputShape: undefined,
      }),
      options,
    );
  }

  get filters(): number {
    return this.cell.filters;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), ...this.cell.ownConfig() };
  }
}

function readLayer(
  className: string,
  config: JsonObject,
): {
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly options: ConvLSTMOptions;
} {
  const reader = new ConfigReader(className, config);
  const { filters, kernelSize, options } = readConvLSTM(reader);
  const own = readRecurrentOptions(reader);
  reader.done();
  return { filters, kernelSize, options: { ...options, ...own } };
}

/** The output and both states. */
type WithStates = readonly [Tensor, Tensor, Tensor];
type ReturnsState = ConvLSTMOptions & { readonly returnState: true };

/**
 * An LSTM whose products are convolutions over signals: [batch, time, steps, channels] → [batch, steps', filters], the
 * output after the last step, or with `returnSequences` [batch, time, steps', filters]. Initial states may follow:
 * [sequences, hidden, cell].
 *
 * Weights: `kernel` [steps, channels, 4 · filters], `recurrent_kernel` [steps, filters, 4 · filters], `bias`
 * [4 · filters], the gates in the order i, f, g, o.
 *
 * Source: Shi et al. (2015).
 *
 * @example
 * convLSTM1d(4, 3, { padding: 'same' }).apply(zeros([2, 5, 8, 3])).shape; // [2, 8, 4]
 */
export class ConvLSTM1D<Out extends Tensors = Tensor> extends ConvLSTM<Out> {
  static readonly className = 'ConvLSTM1D';
  readonly className = ConvLSTM1D.className;

  constructor(filters: number, kernelSize: PerAxis, options: ConvLSTMOptions = {}) {
    super(1, filters, kernelSize, options);
  }

  static fromConfig(config: JsonObject): ConvLSTM1D {
    const { filters, kernelSize, options } = readLayer(ConvLSTM1D.className, config);
    return new ConvLSTM1D(filters, kernelSize, options);
  }
}

/** Makes a {@link ConvLSTM1D} layer; with `returnState` it gives [output, hidden, cell]. */
export function convLSTM1d(
  filters: number,
  kernelSize: PerAxis,
  options: ReturnsState,
): ConvLSTM1D<WithStates>;
export function convLSTM1d(filters: number, kernelSize: PerAxis, options?: ConvLSTMOptions): ConvLSTM1D;
export function convLSTM1d(
  filters: number,
  kernelSize: PerAxis,
  options?: ConvLSTMOptions,
): ConvLSTM1D<Tensors> {
  return new ConvLSTM1D<Tensors>(filters, kernelSize, options);
}

/**
 * An LSTM whose products are convolutions over images: [batch, time, height, width, channels] → [batch, height', width', filters], the
 * output after the last step, or with `returnSequences` [batch, time, height', width', filters]. Initial states may follow:
 * [sequences, hidden, cell].
 *
 * Weights: `kernel` [height, width, channels, 4 · filters], `recurrent_kernel` [height, width, filters, 4 · filters], `bias`
 * [4 · filters], the gates in the order i, f, g, o.
 *
 * Source: Shi et al. (2015).
 *
 * @example
 * convLSTM2d(4, 3, { padding: 'same' }).apply(zeros([2, 5, 8, 8, 3])).shape; // [2, 8, 8, 4]
 */
export class ConvLSTM2D<Out extends Tensors = Tensor> extends ConvLSTM<Out> {
  static readonly className = 'ConvLSTM2D';
  readonly className = ConvLSTM2D.className;

  constructor(filters: number, kernelSize: PerAxis, options: ConvLSTMOptions = {}) {
    super(2, filters, kernelSize, options);
  }

  static fromConfig(config: JsonObject): ConvLSTM2D {
    const { filters, kernelSize, options } = readLayer(ConvLSTM2D.className, config);
    return new ConvLSTM2D(filters, kernelSize, options);
  }
}

/** Makes a {@link ConvLSTM2D} layer; with `returnState` it gives [output, hidden, cell]. */
export function convLSTM2d(
  filters: number,
  kernelSize: PerAxis,
  options: ReturnsState,
): ConvLSTM2D<WithStates>;
export function convLSTM2d(filters: number, kernelSize: PerAxis, options?: ConvLSTMOptions): ConvLSTM2D;
export function convLSTM2d(
  filters: number,
  kernelSize: PerAxis,
  options?: ConvLSTMOptions,
): ConvLSTM2D<Tensors> {
  return new ConvLSTM2D<Tensors>(filters, kernelSize, options);
}

/**
 * An LSTM whose products are convolutions over volumes: [batch, time, depth, height, width, channels] → [batch, depth', height', width', filters], the
 * output after the last step, or with `returnSequences` [batch, time, depth', height', width', filters]. Initial states may follow:
 * [sequences, hidden, cell].
 *
 * Weights: `kernel` [depth, height, width, channels, 4 · filters], `recurrent_kernel` [depth, height, width, filters, 4 · filters], `bias`
 * [4 · filters], the gates in the order i, f, g, o.
 *
 * Source: Shi et al. (2015).
 *
 * @example
 * convLSTM3d(4, 3, { padding: 'same' }).apply(zeros([2, 5, 4, 8, 8, 3])).shape; // [2, 4, 8, 8, 4]
 */
export class ConvLSTM3D<Out extends Tensors = Tensor> extends ConvLSTM<Out> {
  static readonly className = 'ConvLSTM3D';
  readonly className = ConvLSTM3D.className;

  constructor(filters: number, kernelSize: PerAxis, options: ConvLSTMOptions = {}) {
    super(3, filters, kernelSize, options);
  }

  static fromConfig(config: JsonObject): ConvLSTM3D {
    const { filters, kernelSize, options } = readLayer(ConvLSTM3D.className, config);
    return new ConvLSTM3D(filters, kernelSize, options);
  }
}

/** Makes a {@link ConvLSTM3D} layer; with `returnState` it gives [output, hidden, cell]. */
export function convLSTM3d(
  filters: number,
  kernelSize: PerAxis,
  options: ReturnsState,
): ConvLSTM3D<WithStates>;
export function convLSTM3d(filters: number, kernelSize: PerAxis, options?: ConvLSTMOptions): ConvLSTM3D;
export function convLSTM3d(
  filters: number,
  kernelSize: PerAxis,
  options?: ConvLSTMOptions,
): ConvLSTM3D<Tensors> {
  return new ConvLSTM3D<Tensors>(filters, kernelSize, options);
}
