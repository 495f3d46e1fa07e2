/** An activation as a layer of its own. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader } from '@hadal/core';
import {
  type ActivationLike,
  activate,
  checkActivation,
  requireActivation,
  serializeActivation,
} from '../../activations';
import { Layer, type LayerOptions } from '../../layer/layer';
import { readLayerOptions } from '../../layer/options';
import type { LayerShape } from '../../layer/shape';

/** Applies an activation; the shape stays. */
export class Activation extends Layer {
  static readonly className = 'Activation';
  readonly className = Activation.className;
  readonly activation: ActivationLike;

  constructor(activation: ActivationLike, options: LayerOptions = {}) {
    super(options);
    this.activation = checkActivation(activation);
  }

  override call(inputs: Tensor): Tensor {
    return activate(this.activation, inputs);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), activation: serializeActivation('Activation', this.activation) };
  }

  static fromConfig(config: JsonObject): Activation {
    const reader = new ConfigReader(Activation.className, config);
    const options = readLayerOptions(reader);
    const name = requireActivation(reader.string('activation'));
    reader.done();
    return new Activation(name, options);
  }
}

/** Makes an {@link Activation} layer. */
export const activation = (name: ActivationLike, options?: LayerOptions): Activation =>
  new Activation(name, options);
