/** The cell of a fully connected recurrent network. */
import type { JsonObject } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import { activate } from '../../all-activations';
import type { LayerShape } from '../../layer/shape';
import type { CellRun, RunSetting } from './cell';
import { maskedProduct, WeightedCell } from './weighted-cell';
import { type CellOptions, cellConfig, readCellOptions } from './weights';

/** Options of a cell of one state. */
export type SimpleRNNCellOptions = CellOptions;

/**
 * One step of a {@link SimpleRNN}: [x, hidden] → [output, hidden], `activation(x · kernel + hidden · recurrent_kernel +
 * bias)`. Weights: `kernel` [features, units], `recurrent_kernel` [units, units], `bias` [units].
 *
 * @example
 * const [output, hidden] = simpleRNNCell(4).apply([ones([2, 3]), zeros([2, 4])]);
 */
export class SimpleRNNCell extends WeightedCell {
  static readonly className = 'SimpleRNNCell';
  readonly className = SimpleRNNCell.className;

  constructor(units: number, options: SimpleRNNCellOptions = {}) {
    super('SimpleRNNCell', 1, units, options);
  }

  override stateShapes([batch = null]: LayerShape): readonly LayerShape[] {
    return [[batch, this.units]];
  }

  override begin(setting: RunSetting): CellRun {
    const inputs = maskedProduct(this.inputMasks(setting), this.kernel);
    const inner = maskedProduct(this.stateMasks(setting), this.recurrentKernel);
    const { bias } = this;
    return {
      project: (x) => (bias === undefined ? inputs(x) : inputs(x).add(bias)),
      step: (projected, [hidden]) => {
        const sum = hidden === undefined ? projected : projected.add(inner(hidden));
        const output = activate(this.activation, sum);
        return { output, states: [output] };
      },
    };
  }

  /** The entries that layers of this cell have too. */
  ownConfig(): JsonObject {
    return { units: this.units, ...cellConfig(this.className, this, this.rules) };
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), ...this.ownConfig() };
  }

  static fromConfig(config: JsonObject): SimpleRNNCell {
    const reader = new ConfigReader(SimpleRNNCell.className, config);
    const units = reader.integer('units');
    const options = readCellOptions(reader);
    reader.done();
    return new SimpleRNNCell(units, options);
  }
}

/** Makes a {@link SimpleRNNCell}. */
export const simpleRNNCell = (units: number, options?: SimpleRNNCellOptions): SimpleRNNCell =>
  new SimpleRNNCell(units, options);
