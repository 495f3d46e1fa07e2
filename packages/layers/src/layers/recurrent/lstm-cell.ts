/** The cell of a long short-term memory. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader, lstm, split } from '@hadal/core';
import { serializeActivation } from '../../activations';
import { type ActivationLike, activate, checkActivation } from '../../all-activations';
import type { CallContext } from '../../layer/context';
import type { WeightOptions } from '../../layer/layer';
import type { LayerShape } from '../../layer/shape';
import type { CellRun, RunSetting, SequenceRules, StepResult, WholeRun } from './cell';
import { ForgetBias } from './forget-bias';
import { maskedProduct, WeightedCell } from './weighted-cell';
import { cellConfig, type GatedCellOptions, RecurrentRules, readGatedCellOptions } from './weights';

export interface LSTMCellOptions extends GatedCellOptions {
  /** Begins the bias of the forget gate with 1 (default true). */
  readonly unitForgetBias?: boolean;
}

/** Input, forget, candidate and output. */
const GATES = 4;

/** Rules in which the bias begins with 1 at the forget gate. */
export class LSTMRules extends RecurrentRules {
  constructor(
    options: LSTMCellOptions,
    readonly unitForgetBias: boolean,
  ) {
    super(options);
  }

  override get bias(): WeightOptions {
    const { initializer, ...others } = super.bias;
    return { ...others, initializer: this.unitForgetBias ? new ForgetBias(initializer) : initializer };
  }
}

/** A step from what was added up for the gates, [..., 4 · units] along `axis`. */
export function lstmStep(
  sums: Tensor,
  before: Tensor,
  activation: ActivationLike,
  gateActivation: ActivationLike,
  axis = -1,
): StepResult {
  const [i = sums, f = sums, g = sums, o = sums] = split(sums, GATES, axis);
  const cell = activate(gateActivation, f)
    .mul(before)
    .add(activate(gateActivation, i).mul(activate(activation, g)));
  const hidden = activate(gateActivation, o).mul(activate(activation, cell));
  return { output: hidden, states: [hidden, cell] };
}

/**
 * One step of an {@link LSTM}: [x, hidden, cell] → [output, hidden, cell]. Weights: `kernel` [features, 4 · units],
 * `recurrent_kernel` [units, 4 · units], `bias` [4 · units], the gates in the order i, f, g, o.
 *
 * @example
 * const [output, hidden, cell] = lstmCell(4).apply([ones([2, 3]), zeros([2, 4]), zeros([2, 4])]);
 */
export class LSTMCell extends WeightedCell {
  static readonly className = 'LSTMCell';
  readonly className = LSTMCell.className;
  readonly recurrentActivation: ActivationLike;
  readonly unitForgetBias: boolean;

  constructor(units: number, options: LSTMCellOptions = {}) {
    const { unitForgetBias = true } = options;
    super('LSTMCell', GATES, units, options, new LSTMRules(options, unitForgetBias));
    this.recurrentActivation = checkActivation(options.recurrentActivation ?? 'sigmoid');
    this.unitForgetBias = unitForgetBias;
  }

  override stateShapes([batch = null]: LayerShape): readonly LayerShape[] {
    return [
      [batch, this.units],
      [batch, this.units],
    ];
  }

  override begin(setting: RunSetting): CellRun {
    const inputs = maskedProduct(this.inputMasks(setting), this.kernel);
    const inner = maskedProduct(this.stateMasks(setting), this.recurrentKernel);
    const { bias } = this;
    return {
      project: (x) => (bias === undefined ? inputs(x) : inputs(x).add(bias)),
      step: (projected, [hidden = projected, before = projected]) =>
        lstmStep(projected.add(inner(hidden)), before, this.activation, this.recurrentActivation),
    };
  }

  override runWhole(
    sequences: Tensor,
    initial: readonly Tensor[] | undefined,
    { mask, reverse }: SequenceRules,
    context: CallContext,
  ): WholeRun | undefined {
    const isStandard = this.activation === 'tanh' && this.recurrentActivation === 'sigmoid';
    if (!isStandard || !this.keepsState(context.training)) return undefined;
    const x = this.wholeInputs(sequences, context);
    const { kernel, recurrentKernel, bias } = this;
    const [hidden, cell] = initial ?? [];
    const run = lstm(x, { kernel, recurrentKernel, bias }, { hidden, cell, mask, reverse });
    return { outputs: run.outputs, states: [run.hidden, run.cell] };
  }

  /** The entries that layers of this cell have too. */
  ownConfig(): JsonObject {
    return {
      units: this.units,
      ...cellConfig(this.className, this, this.rules),
      recurrentActivation: serializeActivation(this.className, this.recurrentActivation),
      unitForgetBias: this.unitForgetBias,
    };
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), ...this.ownConfig() };
  }

  static fromConfig(config: JsonObject): LSTMCell {
    const reader = new ConfigReader(LSTMCell.className, config);
    const units = reader.integer('units');
    const options = readLSTMCellOptions(reader);
    reader.done();
    return new LSTMCell(units, options);
  }
}

/** The options that `getConfig` wrote. */
export const readLSTMCellOptions = (reader: ConfigReader): LSTMCellOptions => ({
  ...readGatedCellOptions(reader),
  unitForgetBias: reader.boolean('unitForgetBias', true),
});

/** Makes an {@link LSTMCell}. */
export const lstmCell = (units: number, options?: LSTMCellOptions): LSTMCell => new LSTMCell(units, options);
