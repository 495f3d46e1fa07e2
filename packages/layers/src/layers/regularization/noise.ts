/** Noise in training: relatives of dropout. */
import type { Generator, JsonObject, Tensor } from '@hadal/core';
import {
  ArgumentError,
  gaussianNoise as addNoise,
  alphaDropout as dropAlpha,
  gaussianDropout as multiplyNoise,
} from '@hadal/core';
import { fromEntries } from '../../layer/options';
import { RandomLayer, type RandomLayerOptions, readRandomLayer } from './random-layer';

/** Checks a rate that has to leave something. */
function requirePartialRate(where: string, rate: number): number {
  if (rate >= 0 && rate < 1) return rate;
  throw new ArgumentError(where, `rate is ${rate}; expected a probability in [0, 1).`);
}

/**
 * Dropout for networks of SELUs: drops to what SELU tends to at minus infinity, and scales and moves everything so that
 * mean 0 and variance 1 stay. Outside of training it does nothing.
 *
 * Source: Klambauer et al. (2017).
 *
 * @example
 * const model = sequential([dense(64, { activation: 'selu', kernelInitializer: 'lecunNormal' }), alphaDropout(0.1)]);
 */
export class AlphaDropout extends RandomLayer {
  static readonly className = 'AlphaDropout';
  readonly className = AlphaDropout.className;
  /** How likely a value is dropped in training. */
  readonly rate: number;

  constructor(rate: number, options: RandomLayerOptions = {}) {
    super(options);
    this.rate = requirePartialRate('AlphaDropout', rate);
  }

  protected override disturb(inputs: Tensor, generator: Generator | undefined): Tensor {
    return this.rate === 0 ? inputs : dropAlpha(inputs, this.rate, { generator });
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), rate: this.rate };
  }

  static fromConfig(config: JsonObject): AlphaDropout {
    return fromEntries(
      AlphaDropout.className,
      config,
      (reader) => new AlphaDropout(reader.number('rate'), readRandomLayer(reader)),
    );
  }
}

/**
 * Multiplies by normally distributed numbers with mean 1 and variance rate / (1 − rate), those of dropout, in training.
 *
 * Source: Srivastava et al. (2014).
 *
 * @example
 * const model = sequential([dense(64, { activation: 'relu' }), gaussianDropout(0.2)]);
 */
export class GaussianDropout extends RandomLayer {
  static readonly className = 'GaussianDropout';
  readonly className = GaussianDropout.className;
  /** The rate of a dropout with the same variance. */
  readonly rate: number;

  constructor(rate: number, options: RandomLayerOptions = {}) {
    super(options);
    this.rate = requirePartialRate('GaussianDropout', rate);
  }

  protected override disturb(inputs: Tensor, generator: Generator | undefined): Tensor {
    return this.rate === 0 ? inputs : multiplyNoise(inputs, this.rate, { generator });
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), rate: this.rate };
  }

  static fromConfig(config: JsonObject): GaussianDropout {
    return fromEntries(
      GaussianDropout.className,
      config,
      (reader) => new GaussianDropout(reader.number('rate'), readRandomLayer(reader)),
    );
  }
}

/**
 * Adds normally distributed numbers with mean 0 and deviation `stddev` in training.
 *
 * @example
 * const model = sequential([gaussianNoise(0.1, { inputShape: [28, 28, 1] }), flatten(), dense(10)]);
 */
export class GaussianNoise extends RandomLayer {
  static readonly className = 'GaussianNoise';
  readonly className = GaussianNoise.className;
  /** Of the noise that is added in training. */
  readonly stddev: number;

  constructor(stddev: number, options: RandomLayerOptions = {}) {
    super(options);
    if (!(stddev >= 0 && stddev < Number.POSITIVE_INFINITY)) {
      throw new ArgumentError('GaussianNoise', `stddev is ${stddev}; expected at least 0.`);
    }
    this.stddev = stddev;
  }

  protected override disturb(inputs: Tensor, generator: Generator | undefined): Tensor {
    return this.stddev === 0 ? inputs : addNoise(inputs, this.stddev, { generator });
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), stddev: this.stddev };
  }

  static fromConfig(config: JsonObject): GaussianNoise {
    return fromEntries(
      GaussianNoise.className,
      config,
      (reader) => new GaussianNoise(reader.number('stddev'), readRandomLayer(reader)),
    );
  }
}

/** Makes an {@link AlphaDropout} layer. */
export const alphaDropout = (rate: number, options?: RandomLayerOptions): AlphaDropout =>
  new AlphaDropout(rate, options);

/** Makes a {@link GaussianDropout} layer. */
export const gaussianDropout = (rate: number, options?: RandomLayerOptions): GaussianDropout =>
  new GaussianDropout(rate, options);

/** Makes a {@link GaussianNoise} layer. */
export const gaussianNoise = (stddev: number, options?: RandomLayerOptions): GaussianNoise =>
  new GaussianNoise(stddev, options);
