/** An activation as a layer of its own. */
import type { JsonObject, Tensor } from '@hadal/core';
import { serializeActivation } from '../../activations';
import { type ActivationLike, activate, checkActivation, requireActivation } from '../../all-activations';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, readLayerOptions } from '../../layer/options';
import { SameShapeLayer } from '../../layer/same-shape';
import { type LayerShape, requireExtent } from '../../layer/shape';

/** Applies an activation; the shape stays, but for `glu`, which halves the last axis. */
export class Activation extends SameShapeLayer {
  static readonly className = 'Activation';
  readonly className = Activation.className;
  /** The name of the activation, or the function that was given. */
  readonly activation: ActivationLike;

  constructor(activation: ActivationLike, options: LayerOptions = {}) {
    super(options);
    this.activation = checkActivation(activation);
  }

  override call(inputs: Tensor): Tensor {
    return activate(this.activation, inputs);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    if (this.activation !== 'glu') return inputShape;
    return [...inputShape.slice(0, -1), requireExtent('Activation', inputShape, -1, 'the last axis') / 2];
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), activation: serializeActivation('Activation', this.activation) };
  }

  static fromConfig(config: JsonObject): Activation {
    return fromEntries(
      Activation.className,
      config,
      (reader) => new Activation(requireActivation(reader.string('activation')), readLayerOptions(reader)),
    );
  }
}

/** Makes an {@link Activation} layer. */
export const activation = (name: ActivationLike, options?: LayerOptions): Activation =>
  new Activation(name, options);
