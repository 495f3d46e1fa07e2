/** The fully connected layer as prediction needs it; the one that trains adds how its weights begin. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, ConfigReader, isFloat, matmul, ShapeError } from '@hadal/core';
import {
  type ActivationTable,
  applyIn,
  checkIn,
  commonActivations,
  nameIn,
  serializeActivation,
} from '../../activations';
import type { ActivationLike, CamelCaseActivation } from '../../all-activations';
import type { CallContext } from '../../layer/context';
import { Layer, type LayerOptions } from '../../layer/layer';
import { readLayerOptions } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import { formatLayerShape, type LayerShape, requireExtent } from '../../layer/shape';
import { readSavedRules, unspecifiedRules, type WeightRules } from '../../layer/weight-rules';

/** The activations that a layer knows by name. */
export type KnownActivations = ActivationTable<CamelCaseActivation>;

/** Options that matter when predicting. */
export interface DenseArchitecture extends LayerOptions {
  /** Applied to the result (default linear). */
  readonly activation?: ActivationLike;
  /** Adds a bias (default true). */
  readonly useBias?: boolean;
}

/**
 * `activation(x · kernel + bias)` over the last axis: [batch, …, features] → [batch, …, units]. Weights: `kernel`
 * [features, units], `bias` [units].
 *
 * @example
 * const model = await loadModel('digits', { layers: [Dense] });
 */
export class Dense extends Layer {
  static readonly className = 'Dense';
  readonly className = Dense.className;
  /** Features of the output. */
  readonly units: number;
  readonly activation: ActivationLike;
  readonly useBias: boolean;
  protected readonly rules: WeightRules;
  readonly #activations: KnownActivations;
  #kernel: Variable | undefined;
  #bias: Variable | undefined;

  constructor(
    units: number,
    options: DenseArchitecture = {},
    rules: WeightRules = unspecifiedRules,
    activations: KnownActivations = commonActivations,
  ) {
    super(options);
    this.units = requirePositiveInteger('Dense', 'units', units);
    this.#activations = activations;
    this.activation = checkIn(activations, options.activation ?? 'linear');
    this.useBias = options.useBias ?? true;
    this.rules = rules;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override build(inputShape: LayerShape): void {
    requireVector(inputShape);
    const features = requireExtent('Dense', inputShape, -1, 'the last axis');
    this.#kernel = this.addWeight('kernel', [features, this.units], this.rules.kernel);
    if (!this.useBias) return;
    this.#bias = this.addWeight('bias', [this.units], this.rules.bias);
  }

  override call(inputs: Tensor, _context: CallContext): Tensor {
    const kernel = this.#kernel!.value;
    if (inputs.shape.at(-1) !== kernel.shape[0]) {
      throw new ShapeError(
        'Dense',
        `the input has shape [${inputs.shape}], but the layer was built for ${kernel.shape[0]} features in the last axis.`,
        'A layer keeps its weights: use a new layer for inputs of another size.',
      );
    }
    const x = isFloat(inputs.dtype) ? inputs : inputs.cast(this.dtype);
    const product = matmul(x, kernel);
    const result = this.#bias === undefined ? product : product.add(this.#bias.value);
    return applyIn(this.#activations, this.activation, result);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    requireVector(inputShape);
    return [...inputShape.slice(0, -1), this.units];
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      units: this.units,
      activation: serializeActivation('Dense', this.activation),
      useBias: this.useBias,
      ...this.rules.getConfig(),
    };
  }

  static fromConfig(config: JsonObject): Dense {
    const reader = new ConfigReader(Dense.className, config);
    const units = reader.integer('units');
    const options = readDenseArchitecture(reader);
    const rules = readSavedRules(reader);
    reader.done();
    return new Dense(units, options, rules);
  }
}

/** The options that `getConfig` wrote. */
export const readDenseArchitecture = (
  reader: ConfigReader,
  activations: KnownActivations = commonActivations,
): DenseArchitecture => ({
  ...readLayerOptions(reader),
  activation: nameIn(activations, reader.string('activation', 'linear')),
  useBias: reader.boolean('useBias', true),
});

function requireVector(shape: LayerShape): void {
  if (shape.length >= 2) return;
  throw new ArgumentError(
    'Dense',
    `the input has shape ${formatLayerShape(shape)}, expected a batch axis and a features axis.`,
    'A single sample needs a batch axis: x.expandDims(0).',
  );
}
