/** Pooling over windows: the largest value of each window. */
import type { JsonObject, PerAxis, Tensor } from '@hadal/core';
import { maxPool1d, maxPool2d, maxPool3d } from '@hadal/core';
import { type PoolingOptions, readPooling, WindowPooling } from './pooling-layer';

/**
 * The largest value of each window: [batch, steps, channels] → [batch, steps', channels].
 *
 * @example
 * maxPooling1d(2).apply(zeros([8, 100, 3])).shape; // [8, 50, 3]
 */
export class MaxPooling1D extends WindowPooling {
  static readonly className = 'MaxPooling1D';
  readonly className = MaxPooling1D.className;

  constructor(poolSize: PerAxis = 2, options: PoolingOptions = {}) {
    super('MaxPooling1D', 1, poolSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return maxPool1d(this.floating(inputs), this.poolSize, this.options);
  }

  static fromConfig(config: JsonObject): MaxPooling1D {
    return readPooling(
      MaxPooling1D.className,
      config,
      (poolSize, options) => new MaxPooling1D(poolSize, options),
    );
  }
}

/** Makes a {@link MaxPooling1D} layer (default window 2 along every axis). */
export const maxPooling1d = (poolSize?: PerAxis, options?: PoolingOptions): MaxPooling1D =>
  new MaxPooling1D(poolSize, options);

/**
 * The largest value of each window: [batch, height, width, channels] → [batch, height', width', channels].
 *
 * @example
 * maxPooling2d(2).apply(zeros([1, 28, 28, 8])).shape; // [1, 14, 14, 8]
 */
export class MaxPooling2D extends WindowPooling {
  static readonly className = 'MaxPooling2D';
  readonly className = MaxPooling2D.className;

  constructor(poolSize: PerAxis = 2, options: PoolingOptions = {}) {
    super('MaxPooling2D', 2, poolSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return maxPool2d(this.floating(inputs), this.poolSize, this.options);
  }

  static fromConfig(config: JsonObject): MaxPooling2D {
    return readPooling(
      MaxPooling2D.className,
      config,
      (poolSize, options) => new MaxPooling2D(poolSize, options),
    );
  }
}

/** Makes a {@link MaxPooling2D} layer (default window 2 along every axis). */
export const maxPooling2d = (poolSize?: PerAxis, options?: PoolingOptions): MaxPooling2D =>
  new MaxPooling2D(poolSize, options);

/**
 * The largest value of each window: [batch, depth, height, width, channels] →
 * [batch, depth', height', width', channels].
 *
 * @example
 * maxPooling3d(2).apply(zeros([1, 8, 8, 8, 2])).shape; // [1, 4, 4, 4, 2]
 */
export class MaxPooling3D extends WindowPooling {
  static readonly className = 'MaxPooling3D';
  readonly className = MaxPooling3D.className;

  constructor(poolSize: PerAxis = 2, options: PoolingOptions = {}) {
    super('MaxPooling3D', 3, poolSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return maxPool3d(this.floating(inputs), this.poolSize, this.options);
  }

  static fromConfig(config: JsonObject): MaxPooling3D {
    return readPooling(
      MaxPooling3D.className,
      config,
      (poolSize, options) => new MaxPooling3D(poolSize, options),
    );
  }
}

/** Makes a {@link MaxPooling3D} layer (default window 2 along every axis). */
export const maxPooling3d = (poolSize?: PerAxis, options?: PoolingOptions): MaxPooling3D =>
  new MaxPooling3D(poolSize, options);
