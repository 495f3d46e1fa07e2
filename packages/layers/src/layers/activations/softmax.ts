/** Softmax as a layer, along any axes. */
import type { JsonObject, Tensor } from '@hadal/core';
import { exp, logSumExp, where } from '@hadal/core';
import { activate } from '../../all-activations';
import type { LayerOptions } from '../../layer/layer';
import { maskOf } from '../../layer/mask';
import { fromEntries, optional, readAxes, readLayerOptions } from '../../layer/options';
import { SameShapeLayer } from '../../layer/same-shape';

/** What hidden logits are lowered to; that of Keras. */
const HIDDEN = -1e9;

export interface SoftmaxOptions extends LayerOptions {
  /** The axes along which values sum to 1 (default -1). */
  readonly axis?: number | readonly number[];
}

/**
 * Turns logits into probabilities along `axis`. A mask of the shape of the logits leaves out what it hides.
 *
 * @example
 * softmax().apply(tensor([[1, 2, 3]])); // [[0.0900, 0.2447, 0.6652]]
 */
export class Softmax extends SameShapeLayer {
  static readonly className = 'Softmax';
  readonly className = Softmax.className;
  readonly axis: number | readonly number[];

  constructor(options: SoftmaxOptions = {}) {
    super(options);
    this.axis = options.axis ?? -1;
  }

  override call(inputs: Tensor): Tensor {
    const x = this.floating(inputs);
    const mask = maskOf(inputs);
    const logits = mask === undefined ? x : where(mask, x, x.add(HIDDEN));
    if (this.axis === -1) return activate('softmax', logits);
    return exp(logits.sub(logSumExp(logits, { axis: this.axis, keepDims: true })));
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), axis: this.axis };
  }

  static fromConfig(config: JsonObject): Softmax {
    return fromEntries(
      Softmax.className,
      config,
      (reader) =>
        new Softmax({
          ...readLayerOptions(reader),
          axis: optional(reader, 'axis', (key) => readAxes(reader, key)),
        }),
    );
  }
}

/** Makes a {@link Softmax} layer. */
export const softmax = (options?: SoftmaxOptions): Softmax => new Softmax(options);
