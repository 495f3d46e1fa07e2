/** Long short-term memory over sequences. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import type { Tensors } from '../../layer/arrangement';
import { LSTMCell, type LSTMCellOptions, readLSTMCellOptions } from './lstm-cell';
import { Recurrent, type RNNOptions, readRecurrentOptions } from './recurrent';

export interface LSTMOptions extends LSTMCellOptions, RNNOptions {}

/**
 * Long short-term memory: [batch, time, features] → [batch, units], the output after the last step, or with
 * `returnSequences` [batch, time, units]. Initial states may follow: [sequences, hidden, cell]. Steps that the mask of
 * the sequences hides change nothing.
 *
 * Weights: `kernel` [features, 4 · units], `recurrent_kernel` [units, 4 · units], `bias` [4 · units], the gates in the
 * order i, f, g, o. With tanh, sigmoid and no recurrent dropout a sequence is one operation, else one step after the other.
 *
 * Source: Hochreiter & Schmidhuber (1997).
 *
 * @example
 * lstm(4).apply(zeros([2, 10, 3])).shape; // [2, 4]
 * const [outputs, hidden, cell] = lstm(4, { returnSequences: true, returnState: true }).apply(zeros([2, 10, 3]));
 */
export class LSTM<Out extends Tensors = Tensor> extends Recurrent<Out> {
  static readonly className = 'LSTM';
  readonly className = LSTM.className;
  declare readonly cell: LSTMCell;

  constructor(units: number, options: LSTMOptions = {}) {
    super(new LSTMCell(units, { ...options, name: 'lstm_cell', inputShape: undefined }), options);
  }

  /** Extent of the output and of both states. */
  get units(): number {
    return this.cell.units;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), ...this.cell.ownConfig() };
  }

  static fromConfig(config: JsonObject): LSTM {
    const reader = new ConfigReader(LSTM.className, config);
    const units = reader.integer('units');
    const options = { ...readLSTMCellOptions(reader), ...readRecurrentOptions(reader) };
    reader.done();
    return new LSTM(units, options);
  }
}

/** Makes an {@link LSTM} layer; with `returnState` it gives [output, hidden, cell]. */
export function lstm(
  units: number,
  options: LSTMOptions & { readonly returnState: true },
): LSTM<readonly [Tensor, Tensor, Tensor]>;
export function lstm(units: number, options?: LSTMOptions): LSTM;
export function lstm(units: number, options?: LSTMOptions): LSTM<Tensors> {
  return new LSTM<Tensors>(units, options);
}
