/** What normalizations share that learn a factor (gamma) and a summand (beta) for what they normalized. */
import type { AffineOptions, ConfigReader, JsonObject, Variable } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import type { LayerOptions, WeightOptions } from '../../layer/layer';
import { readLayerOptions } from '../../layer/options';
import { SameShapeLayer } from '../../layer/same-shape';
import {
  readWeightOptions,
  serializeWeightOptions,
  type WeightOptionsOf,
  weightOptions,
} from '../../layer/weight-options';

/** Gamma begins as ones and beta as zeros, unless told otherwise. */
export interface AffineNormalizationOptions
  extends LayerOptions,
    WeightOptionsOf<'beta'>,
    WeightOptionsOf<'gamma'> {
  /** Added to the variance (default 0.001). */
  readonly epsilon?: number;
  /** Whether beta is added (default true). */
  readonly center?: boolean;
  /** Whether gamma is multiplied with (default true). */
  readonly scale?: boolean;
}

export abstract class AffineNormalization extends SameShapeLayer {
  /** Added to variances, so that none is 0. */
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #gammaOptions: WeightOptions;
  readonly #betaOptions: WeightOptions;
  #gamma: Variable | undefined;
  #beta: Variable | undefined;

  constructor(options: AffineNormalizationOptions) {
    super(options);
    const { epsilon = 1e-3, gammaInitializer = 'ones', betaInitializer = 'zeros' } = options;
    this.epsilon = requireEpsilon(epsilon);
    this.center = options.center ?? true;
    this.scale = options.scale ?? true;
    this.#gammaOptions = weightOptions(gammaInitializer, options.gammaRegularizer, options.gammaConstraint);
    this.#betaOptions = weightOptions(betaInitializer, options.betaRegularizer, options.betaConstraint);
  }

  /** Makes gamma and beta. */
  protected addAffineWeights(shape: readonly number[]): void {
    if (this.scale) this.#gamma = this.addWeight('gamma', shape, this.#gammaOptions);
    if (this.center) this.#beta = this.addWeight('beta', shape, this.#betaOptions);
  }

  /** What the normalizing operation takes. */
  protected get affine(): AffineOptions & { readonly epsilon: number } {
    return { epsilon: this.epsilon, scale: this.#gamma?.value, offset: this.#beta?.value };
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      ...serializeWeightOptions('beta', this.#betaOptions),
      ...serializeWeightOptions('gamma', this.#gammaOptions),
    };
  }
}

/** The options that `getConfig` wrote. */
export const readAffineNormalization = (reader: ConfigReader): AffineNormalizationOptions => ({
  ...readLayerOptions(reader),
  epsilon: reader.optionalNumber('epsilon'),
  center: reader.boolean('center', true),
  scale: reader.boolean('scale', true),
  ...readWeightOptions(reader, 'beta'),
  ...readWeightOptions(reader, 'gamma'),
});

/** Checks what is added to a variance. */
export function requireEpsilon(epsilon: number): number {
  if (epsilon >= 0 && epsilon < Number.POSITIVE_INFINITY) return epsilon;
  throw new ArgumentError('normalization', `epsilon is ${epsilon}; expected a small number of at least 0.`);
}
