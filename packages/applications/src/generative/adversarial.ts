/** Training two networks against each other: one makes samples, the other tells them from real ones. */
import {
  ArgumentError,
  type CompiledFunction,
  compile,
  Generator,
  gradients,
  maximum,
  mean,
  randomNormal,
  randomUniform,
  softplus,
  sqrt,
  square,
  stack,
  sum,
  type Tensor,
} from '@hadal/core';
import type { CallContext, Model } from '@hadal/layers';
import type { Optimizer } from '@hadal/optimizers';
import { adam } from '@hadal/optimizers';
import { dcganDiscriminator, dcganGenerator, type GANOptions } from './dcgan';

/** A context that trains and has no penalties. */
const training: CallContext = { training: true, addLoss: () => undefined };

export interface AdversarialOptions {
  /** Of the network that makes samples (default Adam as in the paper). */
  readonly generatorOptimizer?: Optimizer;
  /** Of the network that judges them (default Adam as in the paper). */
  readonly discriminatorOptimizer?: Optimizer;
  /** Seeds the noise; without it, noise is that of `setSeed`. */
  readonly seed?: number;
}

/** What a step of training measured. */
export interface AdversarialLosses {
  /** Small where what is made is taken for real. */
  readonly generatorLoss: number;
  /** Small where real and made are told apart; the mean over its updates. */
  readonly discriminatorLoss: number;
}

/** The two networks: noise [batch, latentDim] → samples, and samples → [batch, 1] logits. */
export interface Adversaries {
  /** Makes samples of noise. */
  readonly generator: Model;
  /** Judges samples; its logits are greater for real ones. */
  readonly discriminator: Model;
}

/** Base of adversarial training. Subclasses say what the two networks minimize. */
export abstract class AdversarialTraining {
  /** Makes samples of noise; what is kept after training. */
  readonly generator: Model;
  /** Judges samples in training. */
  readonly discriminator: Model;
  /** Features of the noise that samples are made of. */
  readonly latentDim: number;
  protected readonly noise: Generator | undefined;
  readonly #generatorOptimizer: Optimizer;
  readonly #discriminatorOptimizer: Optimizer;
  readonly #step: CompiledFunction<[Tensor], Tensor>;

  constructor(
    where: string,
    { generator, discriminator }: Adversaries,
    optimizers: { readonly generator: Optimizer; readonly discriminator: Optimizer },
    seed: number | undefined,
  ) {
    const latentDim = generator.inputShapes?.[0]?.at(-1);
    if (typeof latentDim !== 'number' || !discriminator.built) {
      throw new ArgumentError(
        where,
        'a network is not built, so that its weights are not known.',
        'Say the shape of its input on the first layer: dense(64, { inputShape: [100] }).',
      );
    }
    this.generator = generator;
    this.discriminator = discriminator;
    this.latentDim = latentDim;
    this.noise = seed === undefined ? undefined : new Generator(seed);
    this.#generatorOptimizer = optimizers.generator;
    this.#discriminatorOptimizer = optimizers.discriminator;
    this.#step = compile((real: Tensor) => this.#update(real), { name: `${where}.train` });
  }

  /** How often the discriminator is updated before the generator is once. */
  protected get discriminatorSteps(): number {
    return 1;
  }

  /** What the discriminator minimizes, float []. */
  protected abstract discriminatorLoss(real: Tensor, made: Tensor): Tensor;

  /** What the generator minimizes, float []. */
  protected abstract generatorLoss(made: Tensor): Tensor;

  /** The judgement of samples in training, [batch, 1]. */
  protected judge(samples: Tensor): Tensor {
    return this.discriminator.apply(samples, training);
  }

  #make(samples: number): Tensor {
    return this.generator.apply(randomNormal([samples, this.latentDim], { generator: this.noise }), training);
  }

  #update(real: Tensor): Tensor {
    const [samples = 1] = real.shape;
    const losses: Tensor[] = [];
    for (let step = 0; step < this.discriminatorSteps; step++) {
      const made = this.#make(samples);
      losses.push(this.#discriminatorOptimizer.minimize(() => this.discriminatorLoss(real, made)));
    }
    const generatorLoss = this.#generatorOptimizer.minimize(() => this.generatorLoss(this.#make(samples)));
    return stack([generatorLoss, mean(stack(losses))]);
  }

  /**
   * Updates the discriminator, once or several times, then the generator once.
   *
   * @param real samples, of the shape that the discriminator takes
   * @returns the losses before the updates
   */
  async trainStep(real: Tensor): Promise<AdversarialLosses> {
    this.#generatorOptimizer.build(this.generator.trainableWeights);
    this.#discriminatorOptimizer.build(this.discriminator.trainableWeights);
    const [generatorLoss = Number.NaN, discriminatorLoss = Number.NaN] = await (
      await this.#step(real)
    ).data();
    return { generatorLoss: Number(generatorLoss), discriminatorLoss: Number(discriminatorLoss) };
  }

  /**
   * Makes samples.
   *
   * @param count how many
   * @param seed  makes the same ones again; without it, noise is that of training
   */
  async generate(count: number, seed?: number): Promise<Tensor> {
    const generator = seed === undefined ? this.noise : new Generator(seed);
    return this.generator.predictOnBatch(randomNormal([count, this.latentDim], { generator }));
  }
}

/** Learning rate and momentum of Radford, Metz & Chintala (2016). */
const dcganOptimizer = (): Optimizer => adam(2e-4, { beta1: 0.5 });

/**
 * DCGAN: the discriminator minimizes the cross-entropy of its judgement, the generator that of its samples being taken
 * for real.
 *
 * Sources: Goodfellow et al. (2014); Radford, Metz & Chintala (2016).
 *
 * @example
 * const gan = dcgan({ imageShape: [28, 28, 1], seed: 1 });
 * for await (const images of batches) console.log(await gan.trainStep(images)); // images in −1 … 1
 * const pictures = await gan.generate(16, 7); // [16, 28, 28, 1]
 */
export class DCGAN extends AdversarialTraining {
  constructor(networks: Adversaries, options: AdversarialOptions = {}) {
    const { generatorOptimizer = dcganOptimizer(), discriminatorOptimizer = dcganOptimizer() } = options;
    const optimizers = { generator: generatorOptimizer, discriminator: discriminatorOptimizer };
    super('DCGAN', networks, optimizers, options.seed);
  }

  protected override discriminatorLoss(real: Tensor, made: Tensor): Tensor {
    // −log sigmoid(z) is softplus(−z), and −log(1 − sigmoid(z)) is softplus(z).
    return mean(softplus(this.judge(real).neg())).add(mean(softplus(this.judge(made))));
  }

  protected override generatorLoss(made: Tensor): Tensor {
    return mean(softplus(this.judge(made).neg()));
  }
}

export interface WGANGPOptions extends AdversarialOptions {
  /** How much slopes other than 1 cost the critic (default 10). */
  readonly gradientPenalty?: number;
  /** Updates of the critic for each of the generator (default 5). */
  readonly criticSteps?: number;
}

/** Keeps the root of a slope of 0 from having an infinite slope. */
const LEAST_SQUARE = 1e-12;

/** Those of Gulrajani et al. (2017). */
const wganOptimizer = (): Optimizer => adam(1e-4, { beta1: 0, beta2: 0.9 });

/**
 * WGAN-GP: the critic scores real images as far above made ones as it can, while the slope of its score between the two
 * is held near 1. Its loss follows how good images are, and training does not tip over. The penalty is on gradients, and
 * so training differentiates twice.
 *
 * Source: Gulrajani et al. (2017).
 *
 * @example
 * const gan = wganGP({ imageShape: [28, 28, 1], criticSteps: 3 });
 * const { discriminatorLoss } = await gan.trainStep(images);
 */
export class WGANGP extends AdversarialTraining {
  readonly gradientPenalty: number;
  readonly criticSteps: number;

  /** @throws {ArgumentError} when the penalty is negative, or there is no step of the critic */
  constructor(networks: Adversaries, options: WGANGPOptions = {}) {
    const { generatorOptimizer = wganOptimizer(), discriminatorOptimizer = wganOptimizer() } = options;
    const optimizers = { generator: generatorOptimizer, discriminator: discriminatorOptimizer };
    super('WGANGP', networks, optimizers, options.seed);
    const { gradientPenalty = 10, criticSteps = 5 } = options;
    if (!(gradientPenalty >= 0)) {
      throw new ArgumentError('WGANGP', `gradientPenalty is ${gradientPenalty}; expected at least 0.`);
    }
    if (!Number.isSafeInteger(criticSteps) || criticSteps < 1) {
      throw new ArgumentError('WGANGP', `criticSteps is ${criticSteps}; expected a positive integer.`);
    }
    this.gradientPenalty = gradientPenalty;
    this.criticSteps = criticSteps;
  }

  protected override get discriminatorSteps(): number {
    return this.criticSteps;
  }

  protected override discriminatorLoss(real: Tensor, made: Tensor): Tensor {
    const distance = mean(this.judge(made)).sub(mean(this.judge(real)));
    const places = [real.shape[0] ?? 1, ...real.shape.slice(1).map(() => 1)];
    const share = randomUniform(places, { generator: this.noise });
    const between = real.mul(share).add(made.mul(share.neg().add(1)));
    return distance.add(this.penalty(between).mul(this.gradientPenalty));
  }

  /** The mean of (slope − 1)² at samples. */
  penalty(samples: Tensor): Tensor {
    const [slopes = samples] = gradients(sum(this.judge(samples)), [samples]);
    const axes = samples.shape.map((_, axis) => axis).slice(1);
    const lengths = sqrt(maximum(sum(square(slopes), axes), LEAST_SQUARE));
    return mean(square(lengths.sub(1)));
  }

  protected override generatorLoss(made: Tensor): Tensor {
    return mean(this.judge(made)).neg();
  }
}

/** Makes a {@link DCGAN} with networks of random weights. */
export const dcgan = (options: GANOptions & AdversarialOptions = {}): DCGAN =>
  new DCGAN({ generator: dcganGenerator(options), discriminator: dcganDiscriminator(options) }, options);

/** Makes a {@link WGANGP} with networks of random weights; its critic is normalized by layer. */
export const wganGP = (options: GANOptions & WGANGPOptions = {}): WGANGP =>
  new WGANGP(
    { generator: dcganGenerator(options), discriminator: dcganDiscriminator(options, 'layer') },
    options,
  );
