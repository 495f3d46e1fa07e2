/** Adaptive pooling: the number of windows is given, and their extents follow. */
import type { ConfigReader, DataFormat, JsonObject, PerAxis, Tensor } from '@hadal/core';
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
} from '@hadal/core';
import { imageShape, readDataFormat, requireDataFormat } from '../../layer/data-format';
import { Layer, type LayerOptions } from '../../layer/layer';
import { fromEntries, readAxes, readLayerOptions } from '../../layer/options';
import type { LayerShape } from '../../layer/shape';
import { perSpatialAxis, requireImages } from '../convolution/windows';

export interface AdaptivePoolingOptions extends LayerOptions {
  /** Where the channels are (default channelsLast). */
  readonly dataFormat?: DataFormat;
}

/** Window i of n along an axis goes from ⌊i · extent / n⌋ up to ⌈(i + 1) · extent / n⌉. */
abstract class AdaptivePooling extends Layer {
  /** Extents of what comes out. */
  readonly outputSize: readonly number[];
  readonly dataFormat: DataFormat;

  constructor(
    where: string,
    /** How many axes are pooled. */
    readonly spatial: number,
    outputSize: PerAxis,
    options: AdaptivePoolingOptions,
  ) {
    super(options);
    this.outputSize = perSpatialAxis(where, 'outputSize', outputSize, spatial);
    this.dataFormat = requireDataFormat(where, options.dataFormat);
  }

  override build(inputShape: LayerShape): void {
    this.computeOutputShape(inputShape);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const images = requireImages(this.className, inputShape, this.spatial, this.dataFormat);
    return imageShape({ ...images, spatial: this.outputSize }, this.dataFormat);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), outputSize: this.outputSize, dataFormat: this.dataFormat };
  }
}

const readAdaptive = (reader: ConfigReader): AdaptivePoolingOptions => ({
  ...readLayerOptions(reader),
  dataFormat: readDataFormat(reader),
});

/**
 * Means of `outputSize` windows that cover sequences: [batch, steps, channels] → [batch, outputSize, channels].
 *
 * @example
 * adaptiveAveragePooling1d(4).apply(zeros([8, 10, 3])).shape; // [8, 4, 3]
 */
export class AdaptiveAveragePooling1D extends AdaptivePooling {
  static readonly className = 'AdaptiveAveragePooling1D';
  readonly className = AdaptiveAveragePooling1D.className;

  constructor(outputSize: PerAxis, options: AdaptivePoolingOptions = {}) {
    super('AdaptiveAveragePooling1D', 1, outputSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return adaptiveAvgPool1d(inputs, this.outputSize, { dataFormat: this.dataFormat });
  }

  static fromConfig(config: JsonObject): AdaptiveAveragePooling1D {
    return fromEntries(
      AdaptiveAveragePooling1D.className,
      config,
      (reader) => new AdaptiveAveragePooling1D(readAxes(reader, 'outputSize'), readAdaptive(reader)),
    );
  }
}

/** Makes an {@link AdaptiveAveragePooling1D} layer. */
export const adaptiveAveragePooling1d = (
  outputSize: PerAxis,
  options?: AdaptivePoolingOptions,
): AdaptiveAveragePooling1D => new AdaptiveAveragePooling1D(outputSize, options);

/**
 * Means of `outputSize` windows that cover images: [batch, height, width, channels] → [batch, …outputSize, channels].
 *
 * @example
 * adaptiveAveragePooling2d(7).apply(zeros([8, 14, 10, 64])).shape; // [8, 7, 7, 64]
 */
export class AdaptiveAveragePooling2D extends AdaptivePooling {
  static readonly className = 'AdaptiveAveragePooling2D';
  readonly className = AdaptiveAveragePooling2D.className;

  constructor(outputSize: PerAxis, options: AdaptivePoolingOptions = {}) {
    super('AdaptiveAveragePooling2D', 2, outputSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return adaptiveAvgPool2d(inputs, this.outputSize, { dataFormat: this.dataFormat });
  }

  static fromConfig(config: JsonObject): AdaptiveAveragePooling2D {
    return fromEntries(
      AdaptiveAveragePooling2D.className,
      config,
      (reader) => new AdaptiveAveragePooling2D(readAxes(reader, 'outputSize'), readAdaptive(reader)),
    );
  }
}

/** Makes an {@link AdaptiveAveragePooling2D} layer. */
export const adaptiveAveragePooling2d = (
  outputSize: PerAxis,
  options?: AdaptivePoolingOptions,
): AdaptiveAveragePooling2D => new AdaptiveAveragePooling2D(outputSize, options);

/**
 * Means of `outputSize` windows that cover volumes: [batch, depth, height, width, channels] → [batch, …outputSize, channels].
 *
 * @example
 * adaptiveAveragePooling3d([2, 3, 4]).apply(zeros([2, 8, 9, 10, 4])).shape; // [2, 2, 3, 4, 4]
 */
export class AdaptiveAveragePooling3D extends AdaptivePooling {
  static readonly className = 'AdaptiveAveragePooling3D';
  readonly className = AdaptiveAveragePooling3D.className;

  constructor(outputSize: PerAxis, options: AdaptivePoolingOptions = {}) {
    super('AdaptiveAveragePooling3D', 3, outputSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return adaptiveAvgPool3d(inputs, this.outputSize, { dataFormat: this.dataFormat });
  }

  static fromConfig(config: JsonObject): AdaptiveAveragePooling3D {
    return fromEntries(
      AdaptiveAveragePooling3D.className,
      config,
      (reader) => new AdaptiveAveragePooling3D(readAxes(reader, 'outputSize'), readAdaptive(reader)),
    );
  }
}

/** Makes an {@link AdaptiveAveragePooling3D} layer. */
export const adaptiveAveragePooling3d = (
  outputSize: PerAxis,
  options?: AdaptivePoolingOptions,
): AdaptiveAveragePooling3D => new AdaptiveAveragePooling3D(outputSize, options);

/**
 * Largest values of `outputSize` windows that cover sequences: [batch, steps, channels] → [batch, outputSize, channels].
 *
 * @example
 * adaptiveMaxPooling1d(4).apply(zeros([8, 10, 3])).shape; // [8, 4, 3]
 */
export class AdaptiveMaxPooling1D extends AdaptivePooling {
  static readonly className = 'AdaptiveMaxPooling1D';
  readonly className = AdaptiveMaxPooling1D.className;

  constructor(outputSize: PerAxis, options: AdaptivePoolingOptions = {}) {
    super('AdaptiveMaxPooling1D', 1, outputSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return adaptiveMaxPool1d(inputs, this.outputSize, { dataFormat: this.dataFormat });
  }

  static fromConfig(config: JsonObject): AdaptiveMaxPooling1D {
    return fromEntries(
      AdaptiveMaxPooling1D.className,
      config,
      (reader) => new AdaptiveMaxPooling1D(readAxes(reader, 'outputSize'), readAdaptive(reader)),
    );
  }
}

/** Makes an {@link AdaptiveMaxPooling1D} layer. */
export const adaptiveMaxPooling1d = (
  outputSize: PerAxis,
  options?: AdaptivePoolingOptions,
): AdaptiveMaxPooling1D => new AdaptiveMaxPooling1D(outputSize, options);

/**
 * Largest values of `outputSize` windows that cover images: [batch, height, width, channels] → [batch, …outputSize, channels].
 *
 * @example
 * adaptiveMaxPooling2d(7).apply(zeros([8, 14, 10, 64])).shape; // [8, 7, 7, 64]
 */
export class AdaptiveMaxPooling2D extends AdaptivePooling {
  static readonly className = 'AdaptiveMaxPooling2D';
  readonly className = AdaptiveMaxPooling2D.className;

  constructor(outputSize: PerAxis, options: AdaptivePoolingOptions = {}) {
    super('AdaptiveMaxPooling2D', 2, outputSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return adaptiveMaxPool2d(inputs, this.outputSize, { dataFormat: this.dataFormat });
  }

  static fromConfig(config: JsonObject): AdaptiveMaxPooling2D {
    return fromEntries(
      AdaptiveMaxPooling2D.className,
      config,
      (reader) => new AdaptiveMaxPooling2D(readAxes(reader, 'outputSize'), readAdaptive(reader)),
    );
  }
}

/** Makes an {@link AdaptiveMaxPooling2D} layer. */
export const adaptiveMaxPooling2d = (
  outputSize: PerAxis,
  options?: AdaptivePoolingOptions,
): AdaptiveMaxPooling2D => new AdaptiveMaxPooling2D(outputSize, options);

/**
 * Largest values of `outputSize` windows that cover volumes: [batch, depth, height, width, channels] → [batch, …outputSize, channels].
 *
 * @example
 * adaptiveMaxPooling3d([2, 3, 4]).apply(zeros([2, 8, 9, 10, 4])).shape; // [2, 2, 3, 4, 4]
 */
export class AdaptiveMaxPooling3D extends AdaptivePooling {
  static readonly className = 'AdaptiveMaxPooling3D';
  readonly className = AdaptiveMaxPooling3D.className;

  constructor(outputSize: PerAxis, options: AdaptivePoolingOptions = {}) {
    super('AdaptiveMaxPooling3D', 3, outputSize, options);
  }

  override call(inputs: Tensor): Tensor {
    return adaptiveMaxPool3d(inputs, this.outputSize, { dataFormat: this.dataFormat });
  }

  static fromConfig(config: JsonObject): AdaptiveMaxPooling3D {
    return fromEntries(
      AdaptiveMaxPooling3D.className,
      config,
      (reader) => new AdaptiveMaxPooling3D(readAxes(reader, 'outputSize'), readAdaptive(reader)),
    );
  }
}

/** Makes an {@link AdaptiveMaxPooling3D} layer. */
export const adaptiveMaxPooling3d = (
  outputSize: PerAxis,
  options?: AdaptivePoolingOptions,
): AdaptiveMaxPooling3D => new AdaptiveMaxPooling3D(outputSize, options);
