/** Hands on what it is given. */
import type { JsonObject, Tensor } from '@hadal/core';
import type { LayerOptions } from '../layer/layer';
import { fromEntries, readLayerOptions } from '../layer/options';
import { SameShapeLayer } from '../layer/same-shape';

/** Changes nothing: a place to hold, or a name for a value within a model. */
export class Identity extends SameShapeLayer {
  static readonly className = 'Identity';
  readonly className = Identity.className;

  override call(inputs: Tensor): Tensor {
    return inputs;
  }

  static fromConfig(config: JsonObject): Identity {
    return fromEntries(Identity.className, config, (reader) => new Identity(readLayerOptions(reader)));
  }
}

/** Makes an {@link Identity} layer. */
export const identity = (options?: LayerOptions): Identity => new Identity(options);
