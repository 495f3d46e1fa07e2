/** The fully connected layer. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, ConfigReader, isFloat, matmul, ShapeError } from '@hadal/core';
import {
  type ActivationLike,
  activate,
  checkActivation,
  requireActivation,
  serializeActivation,
} from '../activations';
import type { Initializer } from '../initializers/initializer';
import {
  type InitializerLike,
  readInitializer,
  resolveInitializer,
  serializeInitializer,
} from '../initializers/table';
import type { CallContext } from '../layer/context';
import { Layer, type LayerOptions } from '../layer/layer';
import { readLayerOptions } from '../layer/options';
import { penalizeActivity, requirePositiveInteger } from '../layer/rules';
import { formatLayerShape, type LayerShape, requireExtent } from '../layer/shape';
import {
  type Regularizer,
  type RegularizerLike,
  readRegularizer,
  resolveRegularizer,
  serializeRegularizer,
} from '../regularizers/regularizer';

export interface DenseOptions extends LayerOptions {
  /** Applied to the result (default linear). */
  readonly activation?: ActivationLike;
  /** Adds a bias (default true). */
  readonly useBias?: boolean;
  /** Default glorotUniform. */
  readonly kernelInitializer?: InitializerLike;
  /** Default zeros. */
  readonly biasInitializer?: InitializerLike;
  readonly kernelRegularizer?: RegularizerLike;
  readonly biasRegularizer?: RegularizerLike;
  /** A penalty on the output, divided by the batch size. */
  readonly activityRegularizer?: RegularizerLike;
}

/**
 * `activation(x · kernel + bias)` over the last axis: [batch, …, features] → [batch, …, units]. Weights: `kernel`
 * [features, units], `bias` [units].
 *
 * @example
 * const layer = dense(3, { activation: 'relu' });
 * layer.apply(zeros([2, 5])).shape; // [2, 3]
 */
export class Dense extends Layer {
  static readonly className = 'Dense';
  readonly className = Dense.className;
  readonly units: number;
  readonly activation: ActivationLike;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
  readonly activityRegularizer: Regularizer | undefined;
  #kernel: Variable | undefined;
  #bias: Variable | undefined;

  constructor(units: number, options: DenseOptions = {}) {
    super(options);
    this.units = requirePositiveInteger('Dense', 'units', units);
    this.activation = checkActivation(options.activation ?? 'linear');
    this.useBias = options.useBias ?? true;
    this.kernelInitializer = resolveInitializer(options.kernelInitializer ?? 'glorotUniform');
    this.biasInitializer = resolveInitializer(options.biasInitializer ?? 'zeros');
    this.kernelRegularizer = resolveRegularizer(options.kernelRegularizer);
    this.biasRegularizer = resolveRegularizer(options.biasRegularizer);
    this.activityRegularizer = resolveRegularizer(options.activityRegularizer);
  }

  override build(inputShape: LayerShape): void {
    requireVector(inputShape);
    const features = requireExtent('Dense', inputShape, -1, 'the last axis');
    this.#kernel = this.addWeight('kernel', [features, this.units], {
      initializer: this.kernelInitializer,
      regularizer: this.kernelRegularizer,
    });
    if (!this.useBias) return;
    this.#bias = this.addWeight('bias', [this.units], {
      initializer: this.biasInitializer,
      regularizer: this.biasRegularizer,
    });
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
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
    const output = activate(this.activation, result);
    penalizeActivity(this.activityRegularizer, output, context);
    return output;
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
      kernelInitializer: serializeInitializer(this.kernelInitializer),
      biasInitializer: serializeInitializer(this.biasInitializer),
      kernelRegularizer: serializeRegularizer(this.kernelRegularizer),
      biasRegularizer: serializeRegularizer(this.biasRegularizer),
      activityRegularizer: serializeRegularizer(this.activityRegularizer),
    };
  }

  static fromConfig(config: JsonObject): Dense {
    const reader = new ConfigReader(Dense.className, config);
    const units = reader.integer('units');
    const options: DenseOptions = {
      ...readLayerOptions(reader),
      activation: requireActivation(reader.string('activation', 'linear')),
      useBias: reader.boolean('useBias', true),
      kernelInitializer: readInitializer(reader, 'kernelInitializer', 'glorotUniform'),
      biasInitializer: readInitializer(reader, 'biasInitializer', 'zeros'),
      kernelRegularizer: readRegularizer(reader, 'kernelRegularizer'),
      biasRegularizer: readRegularizer(reader, 'biasRegularizer'),
      activityRegularizer: readRegularizer(reader, 'activityRegularizer'),
    };
    reader.done();
    return new Dense(units, options);
  }
}

function requireVector(shape: LayerShape): void {
  if (shape.length >= 2) return;
  throw new ArgumentError(
    'Dense',
    `the input has shape ${formatLayerShape(shape)}, expected a batch axis and a features axis.`,
    'A single sample needs a batch axis: x.expandDims(0).',
  );
}

/** Makes a {@link Dense} layer with `units` outputs. */
export const dense = (units: number, options?: DenseOptions): Dense => new Dense(units, options);
