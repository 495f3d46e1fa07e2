/** A layer of one's own: weights with rules, shapes, and what a file keeps of it. */
import {
  ConfigReader,
  type JsonObject,
  matmul,
  max,
  ShapeError,
  type Tensor,
  type Variable,
} from '@hadal/core';
import {
  type CallContext,
  Layer,
  type LayerOptions,
  type LayerShape,
  penalizeActivity,
  readLayerOptions,
  readWeightRules,
  TrainingRules,
  type WeightRuleOptions,
} from '@hadal/layers';

export interface MaxoutOptions extends LayerOptions, WeightRuleOptions {
  /** Linear maps of which each unit takes the largest (default 2). */
  readonly pieces?: number;
}

/**
 * `max over pieces of (x · kernel + bias)`: [batch, features] → [batch, units]. Weights: `kernel` [features, units ·
 * pieces], `bias` [units · pieces].
 *
 * Source: Goodfellow et al., "Maxout Networks" (2013), arXiv:1302.4389.
 *
 * @example
 * maxout(8, { pieces: 3 }).apply(zeros([2, 5])).shape; // [2, 8]
 */
export class Maxout extends Layer {
  static readonly className = 'Maxout';
  readonly className = Maxout.className;
  readonly pieces: number;
  readonly #rules: TrainingRules;
  #kernel: Variable | undefined;
  #bias: Variable | undefined;

  constructor(
    readonly units: number,
    options: MaxoutOptions = {},
  ) {
    super(options);
    this.pieces = options.pieces ?? 2;
    this.#rules = new TrainingRules(options);
  }

  override build(inputShape: LayerShape): void {
    const features = inputShape.at(-1);
    if (inputShape.length !== 2 || typeof features !== 'number') {
      throw new ShapeError('Maxout', `expected inputs of shape [batch, features], got [${inputShape}].`);
    }
    this.#kernel = this.addWeight('kernel', [features, this.units * this.pieces], this.#rules.kernel);
    this.#bias = this.addWeight('bias', [this.units * this.pieces], this.#rules.bias);
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    const maps = matmul(inputs, this.#kernel!.value).add(this.#bias!.value);
    const output = max(maps.reshape([-1, this.units, this.pieces]), -1);
    penalizeActivity(this.#rules.activityRegularizer, output, context);
    return output;
  }

  override computeOutputShape([batch = null]: LayerShape): LayerShape {
    return [batch, this.units];
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), units: this.units, pieces: this.pieces, ...this.#rules.getConfig() };
  }

  static fromConfig(config: JsonObject): Maxout {
    const reader = new ConfigReader(Maxout.className, config);
    const units = reader.integer('units');
    const options = {
      ...readLayerOptions(reader),
      pieces: reader.integer('pieces'),
      ...readWeightRules(reader),
    };
    reader.done();
    return new Maxout(units, options);
  }
}

/** Makes a {@link Maxout} layer. */
export const maxout = (units: number, options?: MaxoutOptions): Maxout => new Maxout(units, options);
