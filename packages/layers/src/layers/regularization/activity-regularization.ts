/** A penalty on what passes by. */
import type { JsonObject, Tensor } from '@hadal/core';
import type { CallContext } from '../../layer/context';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, readLayerOptions } from '../../layer/options';
import { penalizeActivity } from '../../layer/rules';
import { SameShapeLayer } from '../../layer/same-shape';
import { L1L2 } from '../../regularizers/regularizer';

export interface ActivityRegularizationOptions extends LayerOptions {
  /** Factor of the absolute values (default 0). */
  readonly l1?: number;
  /** Factor of the squares (default 0). */
  readonly l2?: number;
}

/**
 * Adds `l1 · Σ|x| + l2 · Σx²` per sample to the loss and hands x on.
 *
 * @example
 * const code = activityRegularization({ l1: 1e-4 }).apply(dense(32).apply(x)); // a sparse code
 */
export class ActivityRegularization extends SameShapeLayer {
  static readonly className = 'ActivityRegularization';
  readonly className = ActivityRegularization.className;
  readonly #penalty: L1L2;

  constructor(options: ActivityRegularizationOptions = {}) {
    super(options);
    this.#penalty = new L1L2(options);
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    penalizeActivity(this.#penalty, this.floating(inputs), context);
    return inputs;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), ...this.#penalty.getConfig() };
  }

  static fromConfig(config: JsonObject): ActivityRegularization {
    return fromEntries(
      ActivityRegularization.className,
      config,
      (reader) =>
        new ActivityRegularization({
          ...readLayerOptions(reader),
          l1: reader.number('l1', 0),
          l2: reader.number('l2', 0),
        }),
    );
  }
}

/** Makes an {@link ActivityRegularization} layer. */
export const activityRegularization = (options?: ActivityRegularizationOptions): ActivityRegularization =>
  new ActivityRegularization(options);
