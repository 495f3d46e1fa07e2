/** Dropout of whole channels, and of whole examples. */
import type { DataFormat, Generator, JsonObject, Tensor } from '@hadal/core';
import { dropoutWithShape, zerosLike } from '@hadal/core';
import { readDataFormat, requireDataFormat } from '../../layer/data-format';
import { fromEntries } from '../../layer/options';
import { requireRank } from '../../layer/shape';
import { RandomLayer, type RandomLayerOptions, readRandomLayer, requireRate } from './random-layer';

export interface SpatialDropoutOptions extends RandomLayerOptions {
  /** Where the channels are (default channelsLast). */
  readonly dataFormat?: DataFormat;
}

/** Drops parts of the input with one decision each. */
abstract class SharedDropout extends RandomLayer {
  /** How likely a part is dropped in training. */
  readonly rate: number;

  constructor(where: string, rate: number, options: RandomLayerOptions) {
    super(options);
    this.rate = requireRate(where, rate);
  }

  /** The axes that have a decision for each position. */
  protected abstract decidedAxes(inputs: Tensor): readonly number[];

  protected override disturb(inputs: Tensor, generator: Generator | undefined): Tensor {
    if (this.rate === 0) return inputs;
    if (this.rate === 1) return zerosLike(inputs);
    const axes = this.decidedAxes(inputs);
    const shape = inputs.shape.map((extent, axis) => (axes.includes(axis) ? extent : 1));
    return dropoutWithShape(inputs, this.rate, shape, { generator });
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), rate: this.rate };
  }
}

/**
 * Zeroes whole channels of sequences [batch, steps, channels] with probability `rate` in training, and multiplies the
 * others by 1 / (1 − rate): neighbouring steps are too alike for dropping them one by one.
 *
 * Source: Tompson et al. (2015).
 *
 * @example
 * const model = sequential([conv1d(16, 3), spatialDropout1d(0.2)]);
 */
export class SpatialDropout1D extends SharedDropout {
  static readonly className = 'SpatialDropout1D';
  readonly className = SpatialDropout1D.className;

  constructor(rate: number, options: RandomLayerOptions = {}) {
    super('SpatialDropout1D', rate, options);
  }

  protected override decidedAxes(inputs: Tensor): readonly number[] {
    requireRank('SpatialDropout1D', inputs.shape, 3, '[batch, steps, channels]');
    return [0, 2];
  }

  static fromConfig(config: JsonObject): SpatialDropout1D {
    return fromEntries(
      SpatialDropout1D.className,
      config,
      (reader) => new SpatialDropout1D(reader.number('rate'), readRandomLayer(reader)),
    );
  }
}

/** Drops channels of images and volumes, whose channels may come first. */
abstract class SpatialDropout extends SharedDropout {
  readonly dataFormat: DataFormat;

  constructor(
    where: string,
    readonly rank: number,
    rate: number,
    options: SpatialDropoutOptions,
  ) {
    super(where, rate, options);
    this.dataFormat = requireDataFormat(where, options.dataFormat);
  }

  protected override decidedAxes(inputs: Tensor): readonly number[] {
    requireRank(this.className, inputs.shape, this.rank + 2, '[batch, …spatial, channels]');
    return [0, this.dataFormat === 'channelsFirst' ? 1 : this.rank + 1];
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }
}

/**
 * Zeroes whole channels of images [batch, height, width, channels] with probability `rate` in training.
 *
 * Source: Tompson et al. (2015).
 *
 * @example
 * const model = sequential([conv2d(16, 3), spatialDropout2d(0.2)]);
 */
export class SpatialDropout2D extends SpatialDropout {
  static readonly className = 'SpatialDropout2D';
  readonly className = SpatialDropout2D.className;

  constructor(rate: number, options: SpatialDropoutOptions = {}) {
    super('SpatialDropout2D', 2, rate, options);
  }

  static fromConfig(config: JsonObject): SpatialDropout2D {
    return fromEntries(
      SpatialDropout2D.className,
      config,
      (reader) =>
        new SpatialDropout2D(reader.number('rate'), {
          ...readRandomLayer(reader),
          dataFormat: readDataFormat(reader),
        }),
    );
  }
}

/** Zeroes whole channels of volumes [batch, depth, height, width, channels] with probability `rate` in training. */
export class SpatialDropout3D extends SpatialDropout {
  static readonly className = 'SpatialDropout3D';
  readonly className = SpatialDropout3D.className;

  constructor(rate: number, options: SpatialDropoutOptions = {}) {
    super('SpatialDropout3D', 3, rate, options);
  }

  static fromConfig(config: JsonObject): SpatialDropout3D {
    return fromEntries(
      SpatialDropout3D.className,
      config,
      (reader) =>
        new SpatialDropout3D(reader.number('rate'), {
          ...readRandomLayer(reader),
          dataFormat: readDataFormat(reader),
        }),
    );
  }
}

/**
 * Zeroes whole examples with probability `rate` in training, and multiplies the others by 1 / (1 − rate). At the end of
 * a residual branch it leaves the branch out at random, so that deep networks train as shallower ones do.
 *
 * Source: Huang et al. (2016).
 *
 * @example
 * const branch = stochasticDepth(0.1).apply(dense(8).apply(x));
 * const y = add().apply([x, branch]);
 */
export class StochasticDepth extends SharedDropout {
  static readonly className = 'StochasticDepth';
  readonly className = StochasticDepth.className;

  constructor(rate: number, options: RandomLayerOptions = {}) {
    super('StochasticDepth', rate, options);
  }

  protected override decidedAxes(): readonly number[] {
    return [0];
  }

  static fromConfig(config: JsonObject): StochasticDepth {
    return fromEntries(
      StochasticDepth.className,
      config,
      (reader) => new StochasticDepth(reader.number('rate'), readRandomLayer(reader)),
    );
  }
}

/** Makes a {@link SpatialDropout1D} layer. */
export const spatialDropout1d = (rate: number, options?: RandomLayerOptions): SpatialDropout1D =>
  new SpatialDropout1D(rate, options);

/** Makes a {@link SpatialDropout2D} layer. */
export const spatialDropout2d = (rate: number, options?: SpatialDropoutOptions): SpatialDropout2D =>
  new SpatialDropout2D(rate, options);

/** Makes a {@link SpatialDropout3D} layer. */
export const spatialDropout3d = (rate: number, options?: SpatialDropoutOptions): SpatialDropout3D =>
  new SpatialDropout3D(rate, options);

/** Makes a {@link StochasticDepth} layer. */
export const stochasticDepth = (rate: number, options?: RandomLayerOptions): StochasticDepth =>
  new StochasticDepth(rate, options);
