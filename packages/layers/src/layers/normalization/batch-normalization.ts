/** Batch normalization: every channel is brought to mean 0 and variance 1 over the batch. */
import type { BatchNormOptions, JsonObject, Tensor, Variable } from '@hadal/core';
import {
  ArgumentError,
  batchNormTraining,
  batchNormalization as normalizeWith,
  ShapeError,
  square,
  sum,
  where,
} from '@hadal/core';
import type { InitializerLike } from '../../initializers/table';
import { initializerFromConfig, serializeInitializer } from '../../initializers/table';
import type { CallContext } from '../../layer/context';
import type { WeightOptions } from '../../layer/layer';
import { maskOf } from '../../layer/mask';
import { fromEntries } from '../../layer/options';
import type { LayerShape } from '../../layer/shape';
import { weightOptions } from '../../layer/weight-options';
import {
  AffineNormalization,
  type AffineNormalizationOptions,
  readAffineNormalization,
} from './affine-normalization';
import { extentsAlong, resolveAxes } from './axes';
import {
  Renormalization,
  type RenormalizationOptions,
  type RenormClipping,
  readRenormalization,
  requireClipping,
} from './renormalization';

/** Keeps the number of steps that count above zero; that of Keras. */
const COUNT_EPSILON = 1e-7;

export interface BatchNormalizationOptions extends AffineNormalizationOptions, RenormalizationOptions {
  /** The axis of the channels (default -1). */
  readonly axis?: number;
  /** How much of the moving mean and variance stays at every step (default 0.99). */
  readonly momentum?: number;
  /** Default zeros. */
  readonly movingMeanInitializer?: InitializerLike;
  /** Default ones. */
  readonly movingVarianceInitializer?: InitializerLike;
}

/**
 * (x − mean) / √(variance + epsilon) · gamma + beta, per channel. In training mean and variance are those of the batch
 * (of the steps that a mask lets through), and moving averages of them are kept; otherwise these averages are used, and
 * so they are while the layer is frozen. The shape stays. Weights: `gamma`, `beta`, `moving_mean`, `moving_variance`, all
 * [channels].
 *
 * With `renorm` what a batch was normalized to is corrected towards moving statistics, · r + d, which helps where batches
 * are small. There are three more weights then: `moving_stddev`, `renorm_mean`, `renorm_stddev`.
 *
 * Source: Ioffe & Szegedy (2015); Ioffe (2017) for `renorm`.
 *
 * @example
 * const model = sequential([conv2d(8, 3, { useBias: false }), batchNormalization(), activation('relu')]);
 */
export class BatchNormalization extends AffineNormalization {
  static readonly className = 'BatchNormalization';
  readonly className = BatchNormalization.className;
  readonly axis: number;
  readonly momentum: number;
  readonly renorm: boolean;
  readonly renormClipping: RenormClipping | undefined;
  readonly renormMomentum: number;
  readonly #meanOptions: WeightOptions;
  readonly #varianceOptions: WeightOptions;
  #mean: Variable | undefined;
  #variance: Variable | undefined;
  #renormalization: Renormalization | undefined;

  /** @throws {ArgumentError} when a momentum is outside [0, 1], epsilon negative or a bound of corrections wrong */
  constructor(options: BatchNormalizationOptions = {}) {
    super(options);
    const { axis = -1, momentum = 0.99, renorm = false, renormMomentum = 0.99 } = options;
    for (const [name, value] of Object.entries({ momentum, renormMomentum })) {
      if (value >= 0 && value <= 1) continue;
      throw new ArgumentError('BatchNormalization', `${name} is ${value}; expected 0 to 1.`);
    }
    this.axis = axis;
    this.momentum = momentum;
    this.renorm = renorm;
    this.renormClipping = renorm ? requireClipping(options.renormClipping ?? {}) : options.renormClipping;
    this.renormMomentum = renormMomentum;
    this.#meanOptions = weightOptions(options.movingMeanInitializer ?? 'zeros');
    this.#varianceOptions = weightOptions(options.movingVarianceInitializer ?? 'ones');
  }

  override build(inputShape: LayerShape): void {
    const shape = extentsAlong('BatchNormalization', inputShape, this.axis);
    this.addAffineWeights(shape);
    this.#mean = this.addWeight('moving_mean', shape, { ...this.#meanOptions, trainable: false });
    this.#variance = this.addWeight('moving_variance', shape, { ...this.#varianceOptions, trainable: false });
    if (!this.renorm) return;
    const start = { mean: this.#meanOptions.initializer, variance: this.#varianceOptions.initializer };
    this.#renormalization = new Renormalization(
      this.renormMomentum,
      this.renormClipping ?? {},
      this.epsilon,
      start,
      (name, initializer) => this.addWeight(name, shape, { initializer, trainable: false }),
    );
  }

  override call(inputs: Tensor, { training }: CallContext): Tensor {
    const x = this.floating(inputs);
    const options = { ...this.affine, axis: this.axis };
    if (!training || !this.trainable) {
      return normalizeWith(x, this.#mean!.value, this.#variance!.value, options);
    }
    const mask = maskOf(inputs);
    const renormalization = this.#renormalization;
    if (renormalization !== undefined) return this.#renormalize(renormalization, x, mask);
    const [output, mean, variance] = this.#normalize(x, mask, options);
    this.#remember(mean, variance);
    return output;
  }

  /** A batch normalized by its own moments, and these. */
  #normalize(
    x: Tensor,
    mask: Tensor | undefined,
    options: BatchNormOptions,
  ): readonly [output: Tensor, mean: Tensor, variance: Tensor] {
    if (mask === undefined) return batchNormTraining(x, options);
    const [mean, variance] = this.#momentsWhere(mask, x);
    return [normalizeWith(x, mean, variance, options), mean, variance];
  }

  #renormalize(renormalization: Renormalization, x: Tensor, mask: Tensor | undefined): Tensor {
    const { epsilon, scale, offset } = this.affine;
    const [normalized, mean, variance] = this.#normalize(x, mask, { epsilon, axis: this.axis });
    const [r, d] = renormalization.correction(mean, variance);
    renormalization.remember(
      { mean: this.#mean!, variance: this.#variance!, momentum: this.momentum },
      mean,
      variance,
    );
    const factor = scale === undefined ? r : r.mul(scale);
    const scaled = scale === undefined ? d : d.mul(scale);
    const summand = offset === undefined ? scaled : scaled.add(offset);
    const [channels] = resolveAxes('BatchNormalization', this.axis, x.rank);
    const shape = x.shape.map((extent, each) => (each === channels ? extent : 1));
    return normalized.mul(factor.reshape(shape)).add(summand.reshape(shape));
  }

  #remember(mean: Tensor, variance: Tensor): void {
    const mixed = (average: Variable, now: Tensor): Tensor =>
      average.value.mul(this.momentum).add(now.mul(1 - this.momentum));
    this.#mean!.assign(mixed(this.#mean!, mean));
    this.#variance!.assign(mixed(this.#variance!, variance));
  }

  /** Mean and variance of the steps that count. */
  #momentsWhere(mask: Tensor, x: Tensor): readonly [mean: Tensor, variance: Tensor] {
    const [channels] = resolveAxes('BatchNormalization', this.axis, x.rank);
    if (mask.rank !== x.rank - 1 || channels !== x.rank - 1) {
      throw new ShapeError(
        'BatchNormalization',
        `the mask has shape [${mask.shape}], the input [${x.shape}], its channels are axis ${channels}.`,
        'A masked input has its channels last, and a mask of one axis less.',
      );
    }
    const counts = mask.expandDims(-1);
    const axis = mask.shape.map((_, each) => each);
    const total = sum(counts.cast(x.dtype)).add(COUNT_EPSILON);
    const mean = sum(where(counts, x, 0), { axis }).div(total);
    const variance = sum(where(counts, square(x.sub(mean)), 0), { axis }).div(total);
    return [mean, variance];
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      axis: this.axis,
      momentum: this.momentum,
      renorm: this.renorm,
      renormClipping: this.renormClipping === undefined ? null : { ...this.renormClipping },
      renormMomentum: this.renormMomentum,
      movingMeanInitializer: serializeInitializer(this.#meanOptions.initializer),
      movingVarianceInitializer: serializeInitializer(this.#varianceOptions.initializer),
    };
  }

  static fromConfig(config: JsonObject): BatchNormalization {
    return fromEntries(BatchNormalization.className, config, (reader) => {
      const mean = reader.serialized('movingMeanInitializer');
      const variance = reader.serialized('movingVarianceInitializer');
      return new BatchNormalization({
        ...readAffineNormalization(reader),
        axis: reader.integer('axis', -1),
        momentum: reader.optionalNumber('momentum'),
        ...readRenormalization(reader),
        movingMeanInitializer: mean && initializerFromConfig(mean),
        movingVarianceInitializer: variance && initializerFromConfig(variance),
      });
    });
  }
}

/** Makes a {@link BatchNormalization} layer. */
export const batchNormalization = (options?: BatchNormalizationOptions): BatchNormalization =>
  new BatchNormalization(options);
