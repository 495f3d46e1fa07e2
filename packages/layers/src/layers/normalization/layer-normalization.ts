/** Layer normalization: the features of every example are brought to mean 0 and variance 1. */
import type { JsonObject, Tensor } from '@hadal/core';
import { layerNorm } from '@hadal/core';
import { fromEntries, optional, readAxes } from '../../layer/options';
import type { LayerShape } from '../../layer/shape';
import {
  AffineNormalization,
  type AffineNormalizationOptions,
  readAffineNormalization,
} from './affine-normalization';
import { type Axes, extentsAlong, resolveAxes } from './axes';

export interface LayerNormalizationOptions extends AffineNormalizationOptions {
  /** The axes that are normalized together (default -1). */
  readonly axis?: Axes;
}

/**
 * (x − mean) / √(variance + epsilon) · gamma + beta over `axis` of every example. The shape stays. Weights: `gamma` and
 * `beta` with the extents of the normalized axes.
 *
 * Source: Ba, Kiros & Hinton (2016).
 *
 * @example
 * layerNormalization({ epsilon: 1e-6 }).apply(tensor([[1, 3, 5]])); // [[-1.2247, 0, 1.2247]]
 */
export class LayerNormalization extends AffineNormalization {
  static readonly className = 'LayerNormalization';
  readonly className = LayerNormalization.className;
  readonly axis: Axes;

  constructor(options: LayerNormalizationOptions = {}) {
    super(options);
    this.axis = options.axis ?? -1;
  }

  override build(inputShape: LayerShape): void {
    this.addAffineWeights(extentsAlong('LayerNormalization', inputShape, this.axis));
  }

  override call(inputs: Tensor): Tensor {
    const axis = resolveAxes('LayerNormalization', this.axis, inputs.rank);
    return layerNorm(this.floating(inputs), { ...this.affine, axis });
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), axis: this.axis };
  }

  static fromConfig(config: JsonObject): LayerNormalization {
    return fromEntries(
      LayerNormalization.className,
      config,
      (reader) =>
        new LayerNormalization({
          ...readAffineNormalization(reader),
          axis: optional(reader, 'axis', (key) => readAxes(reader, key)),
        }),
    );
  }
}

/** Makes a {@link LayerNormalization} layer. */
export const layerNormalization = (options?: LayerNormalizationOptions): LayerNormalization =>
  new LayerNormalization(options);
