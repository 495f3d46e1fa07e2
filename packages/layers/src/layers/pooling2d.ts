/** Pooling over image windows: the largest value or the mean. */
import type { JsonObject, Tensor } from '@hadal/core';
import { avgPool2d, ConfigReader, isFloat, maxPool2d, ShapeError } from '@hadal/core';
import { Layer, type LayerOptions } from '../layer/layer';
import { readLayerOptions } from '../layer/options';
import {
  PADDINGS,
  type Padding,
  type Pair,
  readPair,
  requirePadding,
  requirePair,
  windowedExtent,
} from '../layer/rules';
import { formatLayerShape, type LayerShape, requireRank } from '../layer/shape';

export interface Pooling2DOptions extends LayerOptions {
  /** Steps of the window (default: its size). */
  readonly strides?: Pair;
  /** Default valid; padding never counts as a value. */
  readonly padding?: Padding;
}

/** What pooling layers share. */
abstract class Pooling2D extends Layer {
  readonly poolSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;

  constructor(poolSize: Pair, options: Pooling2DOptions = {}) {
    super(options);
    this.poolSize = requirePair('pooling', 'poolSize', poolSize);
    this.strides = requirePair('pooling', 'strides', options.strides ?? poolSize);
    this.padding = requirePadding('pooling', options.padding ?? 'valid');
  }

  override build(inputShape: LayerShape): void {
    this.computeOutputShape(inputShape);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    requireRank(this.className, inputShape, 4, '[batch, height, width, channels]');
    const spatial = [0, 1].map((axis) =>
      windowedExtent(inputShape[axis + 1]!, this.poolSize[axis]!, this.strides[axis]!, this.padding),
    );
    if (spatial.some((extent) => extent !== null && extent < 1)) {
      throw new ShapeError(
        this.className,
        `a window of ${this.poolSize.join(' × ')} is larger than the input ${formatLayerShape(inputShape)}.`,
        'Pool less, or use larger images.',
      );
    }
    return [inputShape[0]!, ...spatial, inputShape[3]!];
  }

  override getConfig(): JsonObject {
    const { poolSize, strides, padding } = this;
    return { ...super.getConfig(), poolSize, strides, padding };
  }

  protected floating(inputs: Tensor): Tensor {
    requireRank(this.className, inputs.shape, 4, '[batch, height, width, channels]');
    return isFloat(inputs.dtype) ? inputs : inputs.cast(this.dtype);
  }
}

function readPooling(
  className: string,
  config: JsonObject,
): { readonly poolSize: readonly [number, number]; readonly options: Pooling2DOptions } {
  const reader = new ConfigReader(className, config);
  const poolSize = readPair(className, 'poolSize', reader);
  const options: Pooling2DOptions = {
    ...readLayerOptions(reader),
    strides: readPair(className, 'strides', reader, poolSize),
    padding: reader.choice('padding', PADDINGS, 'valid'),
  };
  reader.done();
  return { poolSize, options };
}

/**
 * The largest value of each window: [batch, height, width, channels] → [batch, height', width', channels].
 *
 * @example
 * maxPooling2d(2).apply(zeros([1, 28, 28, 8])).shape; // [1, 14, 14, 8]
 */
export class MaxPooling2D extends Pooling2D {
  static readonly className = 'MaxPooling2D';
  readonly className = MaxPooling2D.className;

  override call(inputs: Tensor): Tensor {
    const { poolSize, strides, padding } = this;
    return maxPool2d(this.floating(inputs), poolSize, { strides, padding });
  }

  static fromConfig(config: JsonObject): MaxPooling2D {
    const { poolSize, options } = readPooling(MaxPooling2D.className, config);
    return new MaxPooling2D(poolSize, options);
  }
}

/** The mean of each window: [batch, height, width, channels] → [batch, height', width', channels]. */
export class AveragePooling2D extends Pooling2D {
  static readonly className = 'AveragePooling2D';
  readonly className = AveragePooling2D.className;

  override call(inputs: Tensor): Tensor {
    const { poolSize, strides, padding } = this;
    return avgPool2d(this.floating(inputs), poolSize, { strides, padding });
  }

  static fromConfig(config: JsonObject): AveragePooling2D {
    const { poolSize, options } = readPooling(AveragePooling2D.className, config);
    return new AveragePooling2D(poolSize, options);
  }
}

/** Makes a {@link MaxPooling2D} layer (default window 2 × 2). */
export const maxPooling2d = (poolSize: Pair = 2, options?: Pooling2DOptions): MaxPooling2D =>
  new MaxPooling2D(poolSize, options);

/** Makes an {@link AveragePooling2D} layer (default window 2 × 2). */
export const averagePooling2d = (poolSize: Pair = 2, options?: Pooling2DOptions): AveragePooling2D =>
  new AveragePooling2D(poolSize, options);
