/** Gated recurrent units over sequences. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import type { Tensors } from '../../layer/arrangement';
import { GRUCell, type GRUCellOptions, readGRUCellOptions } from './gru-cell';
import { Recurrent, type RNNOptions, readRecurrentOptions } from './recurrent';

export interface GRUOptions extends GRUCellOptions, RNNOptions {}

/**
 * Gated recurrent units: [batch, time, features] → [batch, units], the output after the last step, or with
 * `returnSequences` [batch, time, units]. An initial state may follow: [sequences, hidden]. Steps that the mask of the
 * sequences hides change nothing.
 *
 * Weights: `kernel` [features, 3 · units], `recurrent_kernel` [units, 3 · units], `bias` [2, 3 · units], or [3 · units]
 * without `resetAfter`; the gates in the order update, reset, candidate. With tanh, sigmoid and no recurrent dropout a
 * sequence is one operation, else one step after the other.
 *
 * Source: Cho et al. (2014).
 *
 * @example
 * gru(4).apply(zeros([2, 10, 3])).shape; // [2, 4]
 * const [outputs, hidden] = gru(4, { returnSequences: true, returnState: true }).apply(zeros([2, 10, 3]));
 */
export class GRU<Out extends Tensors = Tensor> extends Recurrent<Out> {
  static readonly className = 'GRU';
  readonly className = GRU.className;
  declare readonly cell: GRUCell;

  constructor(units: number, options: GRUOptions = {}) {
    super(new GRUCell(units, { ...options, name: 'gru_cell', inputShape: undefined }), options);
  }

  /** Extent of the output and of the state. */
  get units(): number {
    return this.cell.units;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), ...this.cell.ownConfig() };
  }

  static fromConfig(config: JsonObject): GRU {
    const reader = new ConfigReader(GRU.className, config);
    const units = reader.integer('units');
    const options = { ...readGRUCellOptions(reader), ...readRecurrentOptions(reader) };
    reader.done();
    return new GRU(units, options);
  }
}

/** Makes a {@link GRU} layer; with `returnState` it gives [output, hidden]. */
export function gru(
  units: number,
  options: GRUOptions & { readonly returnState: true },
): GRU<readonly [Tensor, Tensor]>;
export function gru(units: number, options?: GRUOptions): GRU;
export function gru(units: number, options?: GRUOptions): GRU<Tensors> {
  return new GRU<Tensors>(units, options);
}
