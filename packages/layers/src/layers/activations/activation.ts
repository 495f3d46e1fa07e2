/** An activation as a layer of its own. */
import type { JsonObject, Tensor } from '@hadal/core';
import {
  type ActivationFunction,
  type ActivationLike,
  activate,
  checkActivation,
  requireActivation,
  serializeActivation,
} from '../../activations';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, readLayerOptions } from '../../layer/options';
import { SameShapeLayer } from '../../layer/same-shape';
import { type LayerShape, requireExtent } from '../../layer/shape';
import { activateMore, type MoreActivationName, moreActivation } from './more';

/** Applies an activation; the shape stays, but for `glu`, which halves the last axis. */
export class Activation extends SameShapeLayer {
  static readonly className = 'Activation';
  readonly className = Activation.className;
  /** The name of the activation, or the function that was given. */
  readonly activation: ActivationLike | MoreActivationName;
  readonly #apply: ActivationFunction;

  constructor(activation: ActivationLike | MoreActivationName, options: LayerOptions = {}) {
    super(options);
    const more = typeof activation === 'string' ? moreActivation(activation) : undefined;
    if (more !== undefined) {
      this.activation = more;
      this.#apply = (x) => activateMore(more, x);
      return;
    }
    const common =
      typeof activation === 'string' ? requireActivation(activation) : checkActivation(activation);
    this.activation = common;
    this.#apply = (x) => activate(common, x);
  }

  override call(inputs: Tensor): Tensor {
    return this.#apply(inputs);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    if (this.activation !== 'glu') return inputShape;
    return [...inputShape.slice(0, -1), requireExtent('Activation', inputShape, -1, 'the last axis') / 2];
  }

  override getConfig(): JsonObject {
    const { activation } = this;
    return {
      ...super.getConfig(),
      activation: typeof activation === 'string' ? activation : serializeActivation('Activation', activation),
    };
  }

  static fromConfig(config: JsonObject): Activation {
    return fromEntries(Activation.className, config, (reader) => {
      const name = reader.string('activation');
      return new Activation(moreActivation(name) ?? requireActivation(name), readLayerOptions(reader));
    });
  }
}

/** Makes an {@link Activation} layer. */
export const activation = (name: ActivationLike | MoreActivationName, options?: LayerOptions): Activation =>
  new Activation(name, options);
