/** Pooling over all positions: one value for each channel is left. */
import type { ConfigReader, DataFormat, JsonObject, Tensor } from '@hadal/core';
import { globalAvgPool, globalMaxPool, sum } from '@hadal/core';
import { imageShape, readDataFormat, requireDataFormat } from '../../layer/data-format';
import { Layer, type LayerOptions } from '../../layer/layer';
import { maskOf } from '../../layer/mask';
import { fromEntries, readLayerOptions } from '../../layer/options';
import type { LayerShape } from '../../layer/shape';
import { requireImages } from '../convolution/windows';

export interface GlobalPoolingOptions extends LayerOptions {
  /** Where the channels are (default channelsLast). */
  readonly dataFormat?: DataFormat;
  /** Keeps the spatial axes with extent 1 (default false). */
  readonly keepdims?: boolean;
}

abstract class GlobalPooling extends Layer {
  /** Where the channels are. */
  readonly dataFormat: DataFormat;
  readonly keepdims: boolean;

  constructor(
    where: string,
    /** How many axes are pooled. */
    readonly spatial: number,
    options: GlobalPoolingOptions,
  ) {
    super(options);
    this.dataFormat = requireDataFormat(where, options.dataFormat);
    this.keepdims = options.keepdims ?? false;
  }

  /** What core's global pooling takes. */
  protected get options(): { readonly keepDims: boolean; readonly dataFormat: DataFormat } {
    return { keepDims: this.keepdims, dataFormat: this.dataFormat };
  }

  override build(inputShape: LayerShape): void {
    this.computeOutputShape(inputShape);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const images = requireImages(this.className, inputShape, this.spatial, this.dataFormat);
    if (!this.keepdims) return [images.batch, images.channels];
    return imageShape({ ...images, spatial: images.spatial.map(() => 1) }, this.dataFormat);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), dataFormat: this.dataFormat, keepdims: this.keepdims };
  }
}

const readGlobal = (reader: ConfigReader): GlobalPoolingOptions => ({
  ...readLayerOptions(reader),
  dataFormat: readDataFormat(reader),
  keepdims: reader.boolean('keepdims', false),
});

/**
 * The mean of each channel over sequences: [batch, steps, channels] → [batch, channels]. Steps that a mask hides do not
 * count.
 *
 * @example
 * globalAveragePooling1d().apply(zeros([8, 100, 3])).shape; // [8, 3]
 */
export class GlobalAveragePooling1D extends GlobalPooling {
  static readonly className = 'GlobalAveragePooling1D';
  readonly className = GlobalAveragePooling1D.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super('GlobalAveragePooling1D', 1, options);
  }

  /** A mask is heeded, and there is none of what remains. */
  override get supportsMasking(): boolean {
    return true;
  }

  override computeMask(): readonly undefined[] {
    return [undefined];
  }

  override call(inputs: Tensor): Tensor {
    const mask = maskOf(inputs);
    if (mask === undefined) return globalAvgPool(inputs, this.options);
    const isFirst = this.dataFormat === 'channelsFirst';
    const weights = mask.cast(this.dtype).expandDims(isFirst ? 1 : 2);
    const options = { axis: isFirst ? 2 : 1, keepDims: this.keepdims };
    return sum(inputs.mul(weights), options).div(sum(weights, options));
  }

  static fromConfig(config: JsonObject): GlobalAveragePooling1D {
    return fromEntries(
      GlobalAveragePooling1D.className,
      config,
      (reader) => new GlobalAveragePooling1D(readGlobal(reader)),
    );
  }
}

/** Makes a {@link GlobalAveragePooling1D} layer. */
export const globalAveragePooling1d = (options?: GlobalPoolingOptions): GlobalAveragePooling1D =>
  new GlobalAveragePooling1D(options);

/**
 * The mean of each channel over images: [batch, height, width, channels] → [batch, channels].
 *
 * @example
 * globalAveragePooling2d().apply(zeros([1, 28, 28, 8])).shape; // [1, 8]
 */
export class GlobalAveragePooling2D extends GlobalPooling {
  static readonly className = 'GlobalAveragePooling2D';
  readonly className = GlobalAveragePooling2D.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super('GlobalAveragePooling2D', 2, options);
  }

  override call(inputs: Tensor): Tensor {
    return globalAvgPool(inputs, this.options);
  }

  static fromConfig(config: JsonObject): GlobalAveragePooling2D {
    return fromEntries(
      GlobalAveragePooling2D.className,
      config,
      (reader) => new GlobalAveragePooling2D(readGlobal(reader)),
    );
  }
}

/** Makes a {@link GlobalAveragePooling2D} layer. */
export const globalAveragePooling2d = (options?: GlobalPoolingOptions): GlobalAveragePooling2D =>
  new GlobalAveragePooling2D(options);

/**
 * The mean of each channel over volumes: [batch, depth, height, width, channels] → [batch, channels].
 *
 * @example
 * globalAveragePooling3d().apply(zeros([1, 8, 8, 8, 2])).shape; // [1, 2]
 */
export class GlobalAveragePooling3D extends GlobalPooling {
  static readonly className = 'GlobalAveragePooling3D';
  readonly className = GlobalAveragePooling3D.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super('GlobalAveragePooling3D', 3, options);
  }

  override call(inputs: Tensor): Tensor {
    return globalAvgPool(inputs, this.options);
  }

  static fromConfig(config: JsonObject): GlobalAveragePooling3D {
    return fromEntries(
      GlobalAveragePooling3D.className,
      config,
      (reader) => new GlobalAveragePooling3D(readGlobal(reader)),
    );
  }
}

/** Makes a {@link GlobalAveragePooling3D} layer. */
export const globalAveragePooling3d = (options?: GlobalPoolingOptions): GlobalAveragePooling3D =>
  new GlobalAveragePooling3D(options);

/**
 * The largest value of each channel over sequences: [batch, steps, channels] → [batch, channels].
 *
 * @example
 * globalMaxPooling1d().apply(zeros([8, 100, 3])).shape; // [8, 3]
 */
export class GlobalMaxPooling1D extends GlobalPooling {
  static readonly className = 'GlobalMaxPooling1D';
  readonly className = GlobalMaxPooling1D.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super('GlobalMaxPooling1D', 1, options);
  }

  override call(inputs: Tensor): Tensor {
    return globalMaxPool(inputs, this.options);
  }

  static fromConfig(config: JsonObject): GlobalMaxPooling1D {
    return fromEntries(
      GlobalMaxPooling1D.className,
      config,
      (reader) => new GlobalMaxPooling1D(readGlobal(reader)),
    );
  }
}

/** Makes a {@link GlobalMaxPooling1D} layer. */
export const globalMaxPooling1d = (options?: GlobalPoolingOptions): GlobalMaxPooling1D =>
  new GlobalMaxPooling1D(options);

/**
 * The largest value of each channel over images: [batch, height, width, channels] → [batch, channels].
 *
 * @example
 * globalMaxPooling2d().apply(zeros([1, 28, 28, 8])).shape; // [1, 8]
 */
export class GlobalMaxPooling2D extends GlobalPooling {
  static readonly className = 'GlobalMaxPooling2D';
  readonly className = GlobalMaxPooling2D.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super('GlobalMaxPooling2D', 2, options);
  }

  override call(inputs: Tensor): Tensor {
    return globalMaxPool(inputs, this.options);
  }

  static fromConfig(config: JsonObject): GlobalMaxPooling2D {
    return fromEntries(
      GlobalMaxPooling2D.className,
      config,
      (reader) => new GlobalMaxPooling2D(readGlobal(reader)),
    );
  }
}

/** Makes a {@link GlobalMaxPooling2D} layer. */
export const globalMaxPooling2d = (options?: GlobalPoolingOptions): GlobalMaxPooling2D =>
  new GlobalMaxPooling2D(options);

/**
 * The largest value of each channel over volumes: [batch, depth, height, width, channels] → [batch, channels].
 *
 * @example
 * globalMaxPooling3d().apply(zeros([1, 8, 8, 8, 2])).shape; // [1, 2]
 */
export class GlobalMaxPooling3D extends GlobalPooling {
  static readonly className = 'GlobalMaxPooling3D';
  readonly className = GlobalMaxPooling3D.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super('GlobalMaxPooling3D', 3, options);
  }

  override call(inputs: Tensor): Tensor {
    return globalMaxPool(inputs, this.options);
  }

  static fromConfig(config: JsonObject): GlobalMaxPooling3D {
    return fromEntries(
      GlobalMaxPooling3D.className,
      config,
      (reader) => new GlobalMaxPooling3D(readGlobal(reader)),
    );
  }
}

/** Makes a {@link GlobalMaxPooling3D} layer. */
export const globalMaxPooling3d = (options?: GlobalPoolingOptions): GlobalMaxPooling3D =>
  new GlobalMaxPooling3D(options);
