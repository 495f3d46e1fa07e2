/** Normalizations without a mean: to root mean square 1, and to length 1. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { normalize, rmsNorm } from '@hadal/core';
import { Ones } from '../../initializers/constants';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, optional, readAxes, readLayerOptions } from '../../layer/options';
import { SameShapeLayer } from '../../layer/same-shape';
import type { LayerShape } from '../../layer/shape';
import { requireEpsilon } from './affine-normalization';
import { type Axes, extentsAlong, resolveAxes } from './axes';

export interface UnitNormalizationOptions extends LayerOptions {
  /** The axes that are normalized together (default -1). */
  readonly axis?: Axes;
}

export interface RMSNormalizationOptions extends UnitNormalizationOptions {
  /** Added to the mean square (default 1e-6). */
  readonly epsilon?: number;
}

/**
 * x / √(mean of x² + epsilon) · scale over `axis` of every example. The shape stays. Weight: `scale` with the extents of
 * the normalized axes, which begins as ones.
 *
 * Source: Zhang & Sennrich (2019).
 *
 * @example
 * rmsNormalization().apply(tensor([[1, 7]])); // [[0.2, 1.4]]
 */
export class RMSNormalization extends SameShapeLayer {
  static readonly className = 'RMSNormalization';
  readonly className = RMSNormalization.className;
  readonly axis: Axes;
  readonly epsilon: number;
  #scale: Variable | undefined;

  constructor(options: RMSNormalizationOptions = {}) {
    super(options);
    this.axis = options.axis ?? -1;
    this.epsilon = requireEpsilon(options.epsilon ?? 1e-6);
  }

  override build(inputShape: LayerShape): void {
    const shape = extentsAlong('RMSNormalization', inputShape, this.axis);
    this.#scale = this.addWeight('scale', shape, { initializer: new Ones() });
  }

  override call(inputs: Tensor): Tensor {
    const axis = resolveAxes('RMSNormalization', this.axis, inputs.rank);
    return rmsNorm(this.floating(inputs), { axis, epsilon: this.epsilon, scale: this.#scale!.value });
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), axis: this.axis, epsilon: this.epsilon };
  }

  static fromConfig(config: JsonObject): RMSNormalization {
    return fromEntries(
      RMSNormalization.className,
      config,
      (reader) =>
        new RMSNormalization({
          ...readLayerOptions(reader),
          axis: optional(reader, 'axis', (key) => readAxes(reader, key)),
          epsilon: reader.optionalNumber('epsilon'),
        }),
    );
  }
}

/**
 * Scales vectors along `axis` to Euclidean length 1; vectors of zeros stay. The shape stays.
 *
 * @example
 * unitNormalization().apply(tensor([[3, 4]])); // [[0.6, 0.8]]
 */
export class UnitNormalization extends SameShapeLayer {
  static readonly className = 'UnitNormalization';
  readonly className = UnitNormalization.className;
  readonly axis: Axes;

  constructor(options: UnitNormalizationOptions = {}) {
    super(options);
    this.axis = options.axis ?? -1;
  }

  override call(inputs: Tensor): Tensor {
    const axis = resolveAxes('UnitNormalization', this.axis, inputs.rank);
    return normalize(this.floating(inputs), { axis });
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), axis: this.axis };
  }

  static fromConfig(config: JsonObject): UnitNormalization {
    return fromEntries(
      UnitNormalization.className,
      config,
      (reader) =>
        new UnitNormalization({
          ...readLayerOptions(reader),
          axis: optional(reader, 'axis', (key) => readAxes(reader, key)),
        }),
    );
  }
}

/** Makes an {@link RMSNormalization} layer. */
export const rmsNormalization = (options?: RMSNormalizationOptions): RMSNormalization =>
  new RMSNormalization(options);

/** Makes a {@link UnitNormalization} layer. */
export const unitNormalization = (options?: UnitNormalizationOptions): UnitNormalization =>
  new UnitNormalization(options);
