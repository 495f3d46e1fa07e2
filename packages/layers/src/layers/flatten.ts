/** Flattens all axes but the batch into one. */
import type { DataFormat, JsonObject, Tensor } from '@hadal/core';
import { moveAxis } from '@hadal/core';
import { readDataFormat, requireDataFormat } from '../layer/data-format';
import { Layer, type LayerOptions } from '../layer/layer';
import { fromEntries, readLayerOptions } from '../layer/options';
import { knownSize, type LayerShape } from '../layer/shape';

export interface FlattenOptions extends LayerOptions {
  /** Where the channels are: features come in the order in which channels are last (default channelsLast). */
  readonly dataFormat?: DataFormat;
}

/** [batch, …] → [batch, features], row-major. */
export class Flatten extends Layer {
  static readonly className = 'Flatten';
  readonly className = Flatten.className;
  readonly dataFormat: DataFormat;

  constructor(options: FlattenOptions = {}) {
    super(options);
    this.dataFormat = requireDataFormat('Flatten', options.dataFormat);
  }

  override call(inputs: Tensor): Tensor {
    const [batch = 1, ...rest] = inputs.shape;
    const images = this.dataFormat === 'channelsFirst' && rest.length > 1 ? moveAxis(inputs, 1, -1) : inputs;
    return images.reshape([batch, rest.reduce((product, extent) => product * extent, 1)]);
  }

  override computeOutputShape([batch = null, ...rest]: LayerShape): LayerShape {
    return [batch, knownSize(rest)];
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }

  static fromConfig(config: JsonObject): Flatten {
    return fromEntries(
      Flatten.className,
      config,
      (reader) => new Flatten({ ...readLayerOptions(reader), dataFormat: readDataFormat(reader) }),
    );
  }
}

/** Makes a {@link Flatten} layer. */
export const flatten = (options?: FlattenOptions): Flatten => new Flatten(options);
