/** Flattens all axes but the batch into one. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import { Layer, type LayerOptions } from '../layer/layer';
import { readLayerOptions } from '../layer/options';
import { knownSize, type LayerShape } from '../layer/shape';

/** [batch, …] → [batch, features], row-major. */
export class Flatten extends Layer {
  static readonly className = 'Flatten';
  readonly className = Flatten.className;

  override call(inputs: Tensor): Tensor {
    const [batch = 1, ...rest] = inputs.shape;
    return inputs.reshape([batch, rest.reduce((product, extent) => product * extent, 1)]);
  }

  override computeOutputShape([batch = null, ...rest]: LayerShape): LayerShape {
    return [batch, knownSize(rest)];
  }

  static fromConfig(config: JsonObject): Flatten {
    const reader = new ConfigReader(Flatten.className, config);
    const options = readLayerOptions(reader);
    reader.done();
    return new Flatten(options);
  }
}

/** Makes a {@link Flatten} layer. */
export const flatten = (options?: LayerOptions): Flatten => new Flatten(options);
