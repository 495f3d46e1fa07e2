/** Pooling over windows: the mean of each window. */
import type { JsonObject, PerAxis, Tensor } from '@hadal/core';
import { avgPool1d, avgPool2d, avgPool3d } from '@hadal/core';
import { type PoolingOptions, readPooling, WindowPooling } from './pooling-layer';

/**
 * The mean of each window: [batch, steps, channels] → [batch, steps', channels].
 *
 * @example
 * averagePooling1d(2).apply(zeros([8, 100, 3])).shape; // [8, 50, 3]
 */
export class AveragePooling1D extends WindowPooling {
  static readonly className = 'AveragePooling1D';
  readonly className = AveragePooling1D.className;

  constructor(poolSize: PerAxis = 2, options: PoolingOptions = {}) {
    super('AveragePooling1D', 1, poolSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return avgPool1d(this.floating(inputs), this.poolSize, this.options);
  }

  static fromConfig(config: JsonObject): AveragePooling1D {
    return readPooling(
      AveragePooling1D.className,
      config,
      (poolSize, options) => new AveragePooling1D(poolSize, options),
    );
  }
}

/** Makes a {@link AveragePooling1D} layer (default window 2 along every axis). */
export const averagePooling1d = (poolSize?: PerAxis, options?: PoolingOptions): AveragePooling1D =>
  new AveragePooling1D(poolSize, options);

/**
 * The mean of each window: [batch, height, width, channels] → [batch, height', width', channels].
 *
 * @example
 * averagePooling2d(2).apply(zeros([1, 28, 28, 8])).shape; // [1, 14, 14, 8]
 */
export class AveragePooling2D extends WindowPooling {
  static readonly className = 'AveragePooling2D';
  readonly className = AveragePooling2D.className;

  constructor(poolSize: PerAxis = 2, options: PoolingOptions = {}) {
    super('AveragePooling2D', 2, poolSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return avgPool2d(this.floating(inputs), this.poolSize, this.options);
  }

  static fromConfig(config: JsonObject): AveragePooling2D {
    return readPooling(
      AveragePooling2D.className,
      config,
      (poolSize, options) => new AveragePooling2D(poolSize, options),
    );
  }
}

/** Makes a {@link AveragePooling2D} layer (default window 2 along every axis). */
export const averagePooling2d = (poolSize?: PerAxis, options?: PoolingOptions): AveragePooling2D =>
  new AveragePooling2D(poolSize, options);

/**
 * The mean of each window: [batch, depth, height, width, channels] → [batch, depth', height', width', channels].
 *
 * @example
 * averagePooling3d(2).apply(zeros([1, 8, 8, 8, 2])).shape; // [1, 4, 4, 4, 2]
 */
export class AveragePooling3D extends WindowPooling {
  static readonly className = 'AveragePooling3D';
  readonly className = AveragePooling3D.className;

  constructor(poolSize: PerAxis = 2, options: PoolingOptions = {}) {
    super('AveragePooling3D', 3, poolSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return avgPool3d(this.floating(inputs), this.poolSize, this.options);
  }

  static fromConfig(config: JsonObject): AveragePooling3D {
    return readPooling(
      AveragePooling3D.className,
      config,
      (poolSize, options) => new AveragePooling3D(poolSize, options),
    );
  }
}

/** Makes a {@link AveragePooling3D} layer (default window 2 along every axis). */
export const averagePooling3d = (poolSize?: PerAxis, options?: PoolingOptions): AveragePooling3D =>
  new AveragePooling3D(poolSize, options);
