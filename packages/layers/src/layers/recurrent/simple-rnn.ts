/** The simplest recurrent network over sequences. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import type { Tensors } from '../../layer/arrangement';
import { Recurrent, type RNNOptions, readRecurrentOptions } from './recurrent';
import { SimpleRNNCell, type SimpleRNNCellOptions } from './simple-rnn-cell';
import { readCellOptions } from './weights';

export interface SimpleRNNOptions extends SimpleRNNCellOptions, RNNOptions {}

/**
 * A fully connected recurrent network, hidden = activation(x · kernel + hidden · recurrent_kernel + bias): [batch, time,
 * features] → [batch, units], the output after the last step, or with `returnSequences` [batch, time, units]. An initial
 * state may follow: [sequences, hidden]. Steps that the mask of the sequences hides change nothing.
 *
 * Weights: `kernel` [features, units], `recurrent_kernel` [units, units], `bias` [units].
 *
 * Source: Elman (1990).
 *
 * @example
 * simpleRNN(4).apply(zeros([2, 10, 3])).shape; // [2, 4]
 */
export class SimpleRNN<Out extends Tensors = Tensor> extends Recurrent<Out> {
  static readonly className = 'SimpleRNN';
  readonly className = SimpleRNN.className;
  declare readonly cell: SimpleRNNCell;

  constructor(units: number, options: SimpleRNNOptions = {}) {
    super(new SimpleRNNCell(units, { ...options, name: 'simple_rnn_cell', inputShape: undefined }), options);
  }

  /** Extent of the output and of the state. */
  get units(): number {
    return this.cell.units;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), ...this.cell.ownConfig() };
  }

  static fromConfig(config: JsonObject): SimpleRNN {
    const reader = new ConfigReader(SimpleRNN.className, config);
    const units = reader.integer('units');
    const options = { ...readCellOptions(reader), ...readRecurrentOptions(reader) };
    reader.done();
    return new SimpleRNN(units, options);
  }
}

/** Makes a {@link SimpleRNN} layer; with `returnState` it gives [output, hidden]. */
export function simpleRNN(
  units: number,
  options: SimpleRNNOptions & { readonly returnState: true },
): SimpleRNN<readonly [Tensor, Tensor]>;
export function simpleRNN(units: number, options?: SimpleRNNOptions): SimpleRNN;
export function simpleRNN(units: number, options?: SimpleRNNOptions): SimpleRNN<Tensors> {
  return new SimpleRNN<Tensors>(units, options);
}
