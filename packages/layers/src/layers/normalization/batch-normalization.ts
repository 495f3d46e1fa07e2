/** Batch normalization: every channel is brought to mean 0 and variance 1 over the batch. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
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

/** Keeps the number of steps that count above zero; that of Keras. */
const COUNT_EPSILON = 1e-7;

export interface BatchNormalizationOptions extends AffineNormalizationOptions {
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
 * Source: Ioffe & Szegedy (2015).
 *
 * @example
 * const model = sequential([conv2d(8, 3, { useBias: false }), batchNormalization(), activation('relu')]);
 */
export class BatchNormalization extends AffineNormalization {
  static readonly className = 'BatchNormalization';
  readonly className = BatchNormalization.className;
  readonly axis: number;
  readonly momentum: number;
  readonly #meanOptions: WeightOptions;
  readonly #varianceOptions: WeightOptions;
  #mean: Variable | undefined;
  #variance: Variable | undefined;

  /** @throws {ArgumentError} when the momentum is outside [0, 1] or epsilon negative */
  constructor(options: BatchNormalizationOptions = {}) {
    super(options);
    const { axis = -1, momentum = 0.99 } = options;
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new ArgumentError('BatchNormalization', `momentum is ${momentum}; expected 0 to 1.`);
    }
    this.axis = axis;
    this.momentum = momentum;
    this.#meanOptions = weightOptions(options.movingMeanInitializer ?? 'zeros');
    this.#varianceOptions = weightOptions(options.movingVarianceInitializer ?? 'ones');
  }

  override build(inputShape: LayerShape): void {
    const shape = extentsAlong('BatchNormalization', inputShape, this.axis);
    this.addAffineWeights(shape);
    this.#mean = this.addWeight('moving_mean', shape, { ...this.#meanOptions, trainable: false });
    this.#variance = this.addWeight('moving_variance', shape, { ...this.#varianceOptions, trainable: false });
  }

  override call(inputs: Tensor, { training }: CallContext): Tensor {
    const x = this.floating(inputs);
    const options = { ...this.affine, axis: this.axis };
    if (!training || !this.trainable) {
      return normalizeWith(x, this.#mean!.value, this.#variance!.value, options);
    }
    const mask = maskOf(inputs);
    if (mask === undefined) {
      const [output, mean, variance] = batchNormTraining(x, options);
      this.#remember(mean, variance);
      return output;
    }
    const [mean, variance] = this.#momentsWhere(mask, x);
    this.#remember(mean, variance);
    return normalizeWith(x, mean, variance, options);
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
        movingMeanInitializer: mean && initializerFromConfig(mean),
        movingVarianceInitializer: variance && initializerFromConfig(variance),
      });
    });
  }
}

/** Makes a {@link BatchNormalization} layer. */
export const batchNormalization = (options?: BatchNormalizationOptions): BatchNormalization =>
  new BatchNormalization(options);
