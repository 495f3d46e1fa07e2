/** What pooling over windows shares, for any number of spatial axes. */
import type { ConfigReader, DataFormat, JsonObject, PerAxis, Tensor } from '@hadal/core';
import { isFloat } from '@hadal/core';
import { imageShape, readDataFormat, requireDataFormat } from '../../layer/data-format';
import { Layer, type LayerOptions } from '../../layer/layer';
import { fromEntries, readLayerOptions } from '../../layer/options';
import { PADDINGS, type Padding, requirePadding } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import { perSpatialAxis, readPerAxis, requireImages, windowedExtents } from '../convolution/windows';

export interface PoolingOptions extends LayerOptions {
  /** Steps of the window, for all spatial axes or each (default: its size). */
  readonly strides?: PerAxis;
  /** Default valid; padding never counts as a value. */
  readonly padding?: Padding;
  /** Where the channels are (default channelsLast). */
  readonly dataFormat?: DataFormat;
}

export abstract class WindowPooling extends Layer {
  /** Extents of the window. */
  readonly poolSize: readonly number[];
  /** Steps of the window. */
  readonly strides: readonly number[];
  /** What is added at the sides. */
  readonly padding: Padding;
  /** Where the channels are. */
  readonly dataFormat: DataFormat;

  constructor(
    where: string,
    /** How many axes it slides over. */
    readonly spatial: number,
    poolSize: PerAxis,
    options: PoolingOptions,
  ) {
    super(options);
    this.poolSize = perSpatialAxis(where, 'poolSize', poolSize, spatial);
    this.strides = perSpatialAxis(where, 'strides', options.strides ?? poolSize, spatial);
    this.padding = requirePadding(where, options.padding ?? 'valid');
    this.dataFormat = requireDataFormat(where, options.dataFormat);
  }

  override build(inputShape: LayerShape): void {
    this.computeOutputShape(inputShape);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const { poolSize: size, strides, padding, dataFormat } = this;
    const dilation = size.map(() => 1);
    const windows = { size, strides, padding, dilation, dataFormat };
    return imageShape(windowedExtents(this.className, inputShape, windows), dataFormat);
  }

  override getConfig(): JsonObject {
    const { poolSize, strides, padding, dataFormat } = this;
    return { ...super.getConfig(), poolSize, strides, padding, dataFormat };
  }

  /** What core's pooling takes. */
  protected get options(): {
    readonly strides: readonly number[];
    readonly padding: Padding;
    readonly dataFormat: DataFormat;
  } {
    const { strides, padding, dataFormat } = this;
    return { strides, padding, dataFormat };
  }

  /** The inputs in floating point, their rank checked. */
  protected floating(inputs: Tensor): Tensor {
    requireImages(this.className, inputs.shape, this.spatial, this.dataFormat);
    return isFloat(inputs.dtype) ? inputs : inputs.cast(this.dtype);
  }
}

/** Makes a pooling layer of what `getConfig` wrote. */
export const readPooling = <T>(
  className: string,
  config: JsonObject,
  make: (poolSize: PerAxis, options: PoolingOptions) => T,
): T =>
  fromEntries(className, config, (reader: ConfigReader) =>
    make(reader.numbers('poolSize'), {
      ...readLayerOptions(reader),
      strides: readPerAxis(reader, 'strides'),
      padding: reader.choice('padding', PADDINGS, 'valid'),
      dataFormat: readDataFormat(reader),
    }),
  );
