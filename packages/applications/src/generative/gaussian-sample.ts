/** Drawing from a normal distribution that a network gives, so that gradients pass through. */
import {
  ArgumentError,
  ConfigReader,
  exp,
  Generator,
  type JsonObject,
  mean,
  randomNormal,
  square,
  sum,
  type Tensor,
} from '@hadal/core';
import { type CallContext, Layer, type LayerOptions, type LayerShape, readLayerOptions } from '@hadal/layers';

export interface GaussianSampleOptions extends LayerOptions {
  /** How much the divergence from the standard normal distribution adds to the loss (default 1). */
  readonly beta?: number;
  /** Gives the layer random numbers of its own. */
  readonly seed?: number;
}

type Moments = readonly [mean: Tensor, logVariance: Tensor];

/**
 * [mean, log variance], [batch, features] each → in training a draw, otherwise the mean. It adds `beta` times the divergence
 * from the standard normal distribution, the mean over the batch, to the loss.
 *
 * Sources: Kingma & Welling (2014); `beta` as Higgins et al. (2017).
 *
 * @example
 * const latent = gaussianSample().apply([mean, logVariance]);
 */
export class GaussianSample extends Layer<Moments> {
  static readonly className = 'GaussianSample';
  readonly className = GaussianSample.className;
  readonly beta: number;
  readonly seed: number | undefined;
  readonly #generator: Generator | undefined;

  /** @throws {ArgumentError} when beta is negative */
  constructor(options: GaussianSampleOptions = {}) {
    super(options);
    const { beta = 1, seed } = options;
    if (!(beta >= 0 && Number.isFinite(beta))) {
      throw new ArgumentError('GaussianSample', `beta is ${beta}; expected a number of at least 0.`);
    }
    this.beta = beta;
    this.seed = seed;
    this.#generator = seed === undefined ? undefined : new Generator(seed);
  }

  override get takesSeveral(): boolean {
    return true;
  }

  override get generators(): readonly Generator[] {
    return this.#generator === undefined ? [] : [this.#generator];
  }

  override call([center, logVariance]: Moments, context: CallContext): Tensor {
    if (this.beta > 0) context.addLoss(gaussianDivergence(center, logVariance).mul(this.beta));
    if (!context.training) return center;
    const noise = randomNormal(center.shape, { generator: this.#generator, dtype: center.dtype });
    return center.add(exp(logVariance.mul(0.5)).mul(noise));
  }

  override computeOutputShape([center]: readonly [LayerShape, LayerShape]): LayerShape {
    return center;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), beta: this.beta, seed: this.seed ?? null };
  }

  static fromConfig(config: JsonObject): GaussianSample {
    const reader = new ConfigReader(GaussianSample.className, config);
    const options = readLayerOptions(reader);
    const beta = reader.number('beta', 1);
    const seed = reader.value('seed') === undefined ? undefined : reader.integer('seed');
    reader.done();
    return new GaussianSample({ ...options, beta, seed });
  }
}

/** The divergence of normal distributions from the standard one, the sum over features, the mean over the batch. */
export const gaussianDivergence = (center: Tensor, logVariance: Tensor): Tensor =>
  mean(sum(square(center).add(exp(logVariance)).sub(logVariance).sub(1), -1)).mul(0.5);

/** Makes a {@link GaussianSample} layer. */
export const gaussianSample = (options?: GaussianSampleOptions): GaussianSample =>
  new GaussianSample(options);
