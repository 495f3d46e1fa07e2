/** Hides steps of sequences that hold nothing but padding. */
import type { JsonObject, Tensor } from '@hadal/core';
import { any, notEqual, where } from '@hadal/core';
import type { LayerOptions } from '../layer/layer';
import { fromEntries, readLayerOptions } from '../layer/options';
import { SameShapeLayer } from '../layer/same-shape';

export interface MaskingOptions extends LayerOptions {
  /** Steps all of whose values are this are hidden (default 0). */
  readonly maskValue?: number;
}

/**
 * Gives sequences [batch, time, …, features] a mask that hides steps whose features all are `maskValue`, and sets these to
 * 0. The shape stays.
 *
 * @example
 * const model = sequential([masking({ inputShape: [null, 8] }), lstm(16), dense(1)]);
 */
export class Masking extends SameShapeLayer {
  static readonly className = 'Masking';
  readonly className = Masking.className;
  readonly maskValue: number;

  constructor(options: MaskingOptions = {}) {
    super(options);
    this.maskValue = options.maskValue ?? 0;
  }

  override computeMask(inputs: Tensor): readonly (Tensor | undefined)[] {
    return [any(notEqual(inputs, this.maskValue), { axis: -1 })];
  }

  override call(inputs: Tensor): Tensor {
    const counts = any(notEqual(inputs, this.maskValue), { axis: -1, keepDims: true });
    return where(counts, inputs, 0);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), maskValue: this.maskValue };
  }

  static fromConfig(config: JsonObject): Masking {
    return fromEntries(
      Masking.className,
      config,
      (reader) => new Masking({ ...readLayerOptions(reader), maskValue: reader.number('maskValue', 0) }),
    );
  }
}

/** Makes a {@link Masking} layer. */
export const masking = (options?: MaskingOptions): Masking => new Masking(options);
