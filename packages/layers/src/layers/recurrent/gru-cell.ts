/** The cell of a gated recurrent unit. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader, gru, matmul, split } from '@hadal/core';
import { serializeActivation } from '../../activations';
import { type ActivationLike, activate, checkActivation } from '../../all-activations';
import type { CallContext } from '../../layer/context';
import type { LayerShape } from '../../layer/shape';
import type { CellRun, RunSetting, SequenceRules, WholeRun } from './cell';
import { maskedProduct, WeightedCell } from './weighted-cell';
import { cellConfig, type GatedCellOptions, readGatedCellOptions } from './weights';

export interface GRUCellOptions extends GatedCellOptions {
  /**
   * Whether the reset gate is applied to the product of the state with the recurrent kernel, as cuDNN and PyTorch do,
   * or to the state before it, as in the paper (default true).
   */
  readonly resetAfter?: boolean;
}

/** Update, reset and candidate. */
const GATES = 3;

/**
 * One step of a {@link GRU}: [x, hidden] → [output, hidden]. Weights: `kernel` [features, 3 · units],
 * `recurrent_kernel` [units, 3 · units], `bias` [2, 3 · units], of the inputs and of the state, or [3 · units] without
 * `resetAfter`; the gates in the order update, reset, candidate.
 *
 * @example
 * const [output, hidden] = gruCell(4).apply([ones([2, 3]), zeros([2, 4])]);
 */
export class GRUCell extends WeightedCell {
  static readonly className = 'GRUCell';
  readonly className = GRUCell.className;
  readonly recurrentActivation: ActivationLike;
  readonly resetAfter: boolean;

  constructor(units: number, options: GRUCellOptions = {}) {
    super('GRUCell', GATES, units, options);
    this.recurrentActivation = checkActivation(options.recurrentActivation ?? 'sigmoid');
    this.resetAfter = options.resetAfter ?? true;
  }

  protected override get biasShape(): readonly number[] {
    return this.resetAfter ? [2, GATES * this.units] : super.biasShape;
  }

  override stateShapes([batch = null]: LayerShape): readonly LayerShape[] {
    return [[batch, this.units]];
  }

  override begin(setting: RunSetting): CellRun {
    const inputs = maskedProduct(this.inputMasks(setting), this.kernel);
    const { outer, inner } = this.#biases();
    const candidate = this.resetAfter ? this.#resetAfter(setting, inner) : this.#resetBefore(setting);
    return {
      project: (x) => (outer === undefined ? inputs(x) : inputs(x).add(outer)),
      step: (projected, [hidden = projected]) => {
        const { update, value } = candidate(projected, hidden);
        const output = update.mul(hidden).add(update.neg().add(1).mul(value));
        return { output, states: [output] };
      },
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
    const { kernel, recurrentKernel, resetAfter } = this;
    const { outer: bias, inner: recurrentBias } = this.#biases();
    const [hidden] = initial ?? [];
    const weights = { kernel, recurrentKernel, bias, recurrentBias };
    const run = gru(x, weights, { hidden, mask, reverse, resetAfter });
    return { outputs: run.outputs, states: [run.hidden] };
  }

  /** The biases beside the products with the inputs and with the state. */
  #biases(): { readonly outer: Tensor | undefined; readonly inner: Tensor | undefined } {
    const { bias, resetAfter } = this;
    if (bias === undefined || !resetAfter) return { outer: bias, inner: undefined };
    const [outer, inner] = split(bias, 2, 0).map((row) => row.squeeze(0));
    return { outer, inner };
  }

  #resetAfter(setting: RunSetting, bias: Tensor | undefined): Candidate {
    const product = maskedProduct(this.stateMasks(setting), this.recurrentKernel);
    return (projected, hidden) => {
      const given = product(hidden);
      const [xz = given, xr = given, xh = given] = split(projected, GATES, -1);
      const [z = given, r = given, h = given] = split(
        bias === undefined ? given : given.add(bias),
        GATES,
        -1,
      );
      const reset = activate(this.recurrentActivation, xr.add(r));
      return {
        update: activate(this.recurrentActivation, xz.add(z)),
        value: activate(this.activation, xh.add(reset.mul(h))),
      };
    };
  }

  #resetBefore(setting: RunSetting): Candidate {
    const masks = this.stateMasks(setting);
    const { units } = this;
    const gateKernel = this.recurrentKernel.slice([0, 0], [units, 2 * units]);
    const candidateKernel = this.recurrentKernel.slice([0, 2 * units], [units, GATES * units]);
    const product = maskedProduct(masks?.slice(0, 2), gateKernel);
    const lastMask = masks?.[2];
    return (projected, hidden) => {
      const given = product(hidden);
      const [xz = given, xr = given, xh = given] = split(projected, GATES, -1);
      const [z = given, r = given] = split(given, 2, -1);
      const reset = activate(this.recurrentActivation, xr.add(r));
      const kept = lastMask === undefined ? hidden : hidden.mul(lastMask);
      return {
        update: activate(this.recurrentActivation, xz.add(z)),
        value: activate(this.activation, xh.add(matmul(reset.mul(kept), candidateKernel))),
      };
    };
  }

  /** The entries that layers of this cell have too. */
  ownConfig(): JsonObject {
    return {
      units: this.units,
      ...cellConfig(this.className, this, this.rules),
      recurrentActivation: serializeActivation(this.className, this.recurrentActivation),
      resetAfter: this.resetAfter,
    };
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), ...this.ownConfig() };
  }

  static fromConfig(config: JsonObject): GRUCell {
    const reader = new ConfigReader(GRUCell.className, config);
    const units = reader.integer('units');
    const options = readGRUCellOptions(reader);
    reader.done();
    return new GRUCell(units, options);
  }
}

/** The options that `getConfig` wrote. */
export const readGRUCellOptions = (reader: ConfigReader): GRUCellOptions => ({
  ...readGatedCellOptions(reader),
  resetAfter: reader.boolean('resetAfter', true),
});

/** The update gate and the candidate of a step. */
type Candidate = (projected: Tensor, hidden: Tensor) => { readonly update: Tensor; readonly value: Tensor };

/** Makes a {@link GRUCell}. */
export const gruCell = (units: number, options?: GRUCellOptions): GRUCell => new GRUCell(units, options);
