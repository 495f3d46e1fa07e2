/** SimCLR: features that are the same for two views of an image and different for other images. */
import { arange, concat, type Tensor } from '@hadal/core';
import { type CallContext, dense, type Model, ntXent, type Sequential, sequential } from '@hadal/layers';
import { adam, type Optimizer } from '@hadal/optimizers';
import { requireSizes } from '../common/composite';
import { type TrainStep, trainingStep } from '../common/training';

export interface SimCLROptions {
  /** Features in which views are compared (default 64). */
  readonly projectionDim?: number;
  /** Units between the features of the encoder and these (default as many as the encoder gives). */
  readonly hiddenUnits?: number;
  /** Divides similarities; small values look at the hardest negatives (default 0.1). */
  readonly temperature?: number;
  /** Default Adam with a rate of 1e-3. */
  readonly optimizer?: Optimizer;
}

/** A context that trains and has no penalties. */
const training: CallContext = { training: true, addLoss: () => undefined };

/**
 * Trains an encoder without labels: of a batch seen in two ways, each view has to find its partner among all others, by
 * features that a small network makes of those of the encoder. Afterwards only the encoder is used, under a classifier of
 * its own.
 *
 * Source: Chen et al. (2020).
 *
 * @example
 * const encoder = resNet18({ includeTop: false, pooling: 'avg', inputShape: [32, 32, 3] });
 * const pretraining = new SimCLR(encoder);
 * for await (const images of batches) await pretraining.trainStep(augment(images), augment(images));
 */
export class SimCLR {
  /** Features of the encoder to those in which views are compared; not used after training. */
  readonly projector: Sequential;
  readonly temperature: number;
  readonly #step: TrainStep;

  /** @param encoder a built model of images to features [batch, features] */
  constructor(
    readonly encoder: Model,
    options: SimCLROptions = {},
  ) {
    const [, features = 0] = encoder.outputShapes?.[0] ?? [];
    const { projectionDim = 64, hiddenUnits = features ?? 0, temperature = 0.1 } = options;
    requireSizes('SimCLR', { 'the features of the encoder': features ?? 0, projectionDim, hiddenUnits });
    this.temperature = temperature;
    this.projector = sequential(
      [dense(hiddenUnits, { activation: 'relu', inputShape: [features] }), dense(projectionDim)],
      { name: 'projector' },
    );
    const loss = ntXent({ temperature });
    const { optimizer = adam(1e-3) } = options;
    this.#step = trainingStep('simclr.train', [encoder, this.projector], optimizer, (views, pictures) => {
      const projected = this.projector.apply(encoder.apply(views!, training), training);
      return loss.apply(pictures!, projected);
    });
  }

  /**
   * One update with two views of the same images, in the same order.
   *
   * @returns the loss before it
   */
  async trainStep(first: Tensor, second: Tensor): Promise<number> {
    const pictures = arange(0, first.shape[0] ?? 0, 1, { dtype: 'int32' });
    return this.#step(concat([first, second], 0), concat([pictures, pictures], 0));
  }
}
