/** How the weights of recurrent cells begin, and the options that all cells with such weights take. */
import type { JsonObject, ConfigReader as Reader } from '@hadal/core';
import { serializeActivation } from '../../activations';
import { type ActivationLike, requireActivation } from '../../all-activations';
import type { LayerOptions, WeightOptions } from '../../layer/layer';
import { readLayerOptions } from '../../layer/options';
import {
  readWeightOptions,
  serializeWeightOptions,
  type WeightOptionsOf,
  weightOptions,
} from '../../layer/weight-options';

/** Of the kernel (default glorotUniform), the recurrent kernel (default orthogonal) and the bias (default zeros). */
export interface RecurrentWeightOptions
  extends WeightOptionsOf<'kernel'>,
    WeightOptionsOf<'recurrent'>,
    WeightOptionsOf<'bias'> {}

/** Options of cells with kernels, activations and dropout. */
export interface CellOptions extends LayerOptions, RecurrentWeightOptions {
  /** Of the candidate and of what is given (default tanh). */
  readonly activation?: ActivationLike;
  /** Adds biases (default true). */
  readonly useBias?: boolean;
  /** Part of the inputs that is dropped in training, the same in all steps of a sequence (default 0). */
  readonly dropout?: number;
  /** Part of the state that is dropped in training where it is multiplied, the same in all steps (default 0). */
  readonly recurrentDropout?: number;
  /** Gives dropout random numbers of its own; without it they come from the generator that `setSeed` seeds. */
  readonly seed?: number;
}

/** Options of cells with gates. */
export interface GatedCellOptions extends CellOptions {
  /** Of the gates (default sigmoid). */
  readonly recurrentActivation?: ActivationLike;
}

/** The rules of a kernel, a recurrent kernel and a bias. */
export class RecurrentRules {
  readonly kernel: WeightOptions;
  readonly recurrent: WeightOptions;
  readonly #bias: WeightOptions;

  constructor(options: RecurrentWeightOptions) {
    const { kernelInitializer = 'glorotUniform', recurrentInitializer = 'orthogonal' } = options;
    const { biasInitializer = 'zeros' } = options;
    this.kernel = weightOptions(kernelInitializer, options.kernelRegularizer, options.kernelConstraint);
    this.recurrent = weightOptions(
      recurrentInitializer,
      options.recurrentRegularizer,
      options.recurrentConstraint,
    );
    this.#bias = weightOptions(biasInitializer, options.biasRegularizer, options.biasConstraint);
  }

  get bias(): WeightOptions {
    return this.#bias;
  }

  getConfig(): JsonObject {
    return {
      ...serializeWeightOptions('kernel', this.kernel),
      ...serializeWeightOptions('recurrent', this.recurrent),
      ...serializeWeightOptions('bias', this.#bias),
    };
  }
}

/** The entries that cells and their layers have in common, without those of layers as such. */
export const cellConfig = (
  where: string,
  cell: {
    readonly activation: ActivationLike;
    readonly useBias: boolean;
    readonly dropout: number;
    readonly recurrentDropout: number;
    readonly seed: number | undefined;
  },
  rules: RecurrentRules,
): JsonObject => ({
  activation: serializeActivation(where, cell.activation),
  useBias: cell.useBias,
  ...rules.getConfig(),
  dropout: cell.dropout,
  recurrentDropout: cell.recurrentDropout,
  seed: cell.seed ?? null,
});

/** The options that `cellConfig` wrote, and those of the layer as such. */
export const readCellOptions = (reader: Reader): CellOptions => ({
  ...readLayerOptions(reader),
  ...readWeightOptions(reader, 'kernel'),
  ...readWeightOptions(reader, 'recurrent'),
  ...readWeightOptions(reader, 'bias'),
  activation: requireActivation(reader.string('activation', 'tanh')),
  useBias: reader.boolean('useBias', true),
  dropout: reader.number('dropout', 0),
  recurrentDropout: reader.number('recurrentDropout', 0),
  seed: reader.value('seed') === undefined ? undefined : reader.integer('seed'),
});

/** As `readCellOptions`, with the activation of the gates. */
export const readGatedCellOptions = (reader: Reader): GatedCellOptions => ({
  ...readCellOptions(reader),
  recurrentActivation: requireActivation(reader.string('recurrentActivation', 'sigmoid')),
});
