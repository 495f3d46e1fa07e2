/** A recurrent layer over any cell. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import type { Tensors } from '../../layer/arrangement';
import type { LayerReader } from '../../layer/layer';
import { RecurrentCell } from './cell';
import { Recurrent, type RNNOptions, readRecurrentOptions } from './recurrent';
import { requireCell } from './require-cell';
import { StackedRNNCells } from './stacked-cells';

/**
 * Runs a cell over sequences, [batch, time, …] → the output after the last step, or with `returnSequences` those of all
 * steps. Several cells are stacked. Initial states may follow: [sequences, …states], those of the first cell first.
 *
 * Steps that the mask of the sequences hides change nothing; before the first step that counts the output is zero.
 *
 * @example
 * rnn([gruCell(8), gruCell(4)], { returnSequences: true }).apply(zeros([2, 10, 3])).shape; // [2, 10, 4]
 */
export class RNN<Out extends Tensors = Tensor> extends Recurrent<Out> {
  static readonly className = 'RNN';
  readonly className = RNN.className;

  constructor(cell: RecurrentCell | readonly RecurrentCell[], options: RNNOptions = {}) {
    super(cell instanceof RecurrentCell ? cell : new StackedRNNCells(cell), options);
  }

  override getConfig(): JsonObject {
    const { cell } = this;
    return { ...super.getConfig(), cell: { className: cell.className, config: cell.getConfig() } };
  }

  static fromConfig(config: JsonObject, read: LayerReader): RNN {
    const reader = new ConfigReader(RNN.className, config);
    const options = readRecurrentOptions(reader);
    const cell = requireCell('RNN', read('cell', reader.value('cell')));
    reader.done();
    return new RNN(cell, options);
  }
}

/** Makes an {@link RNN} layer; with `returnState` it gives [output, …states]. */
export function rnn(
  cell: RecurrentCell | readonly RecurrentCell[],
  options: RNNOptions & { readonly returnState: true },
): RNN<readonly [Tensor, ...Tensor[]]>;
export function rnn(cell: RecurrentCell | readonly RecurrentCell[], options?: RNNOptions): RNN;
export function rnn(cell: RecurrentCell | readonly RecurrentCell[], options?: RNNOptions): RNN<Tensors> {
  return new RNN<Tensors>(cell, options);
}
