/** Losses as metrics: the mean of their values over everything seen. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ConfigReader, DataError, neg } from '@hadal/core';
import { CosineSimilarity } from '../losses/cosine-similarity';
import type { Loss } from '../losses/loss';
import { lossFromConfig } from '../losses/table';
import { MeanMetric } from './metric';

/**
 * The mean of a loss over all samples, whatever its reduction. Names of losses in `metrics` mean this.
 *
 * @example
 * model.compile({ loss: 'mse', metrics: ['mae', new LossMetric(new Huber({ delta: 2 }), { name: 'huber' })] });
 */
export class LossMetric extends MeanMetric {
  static readonly className = 'LossMetric';
  readonly className = LossMetric.className;
  readonly direction = 'down';

  constructor(
    readonly loss: Loss,
    { name = loss.name }: { readonly name?: string } = {},
  ) {
    super(name);
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.loss.call(yTrue, yPred);
  }

  override getConfig(): JsonObject {
    const { className } = this.loss;
    return { name: this.name, loss: { className, config: this.loss.getConfig() } };
  }

  static fromConfig(config: JsonObject): LossMetric {
    const reader = new ConfigReader(LossMetric.className, config);
    const name = reader.string('name');
    const loss = reader.serialized('loss');
    reader.done();
    if (loss === undefined) throw new DataError(LossMetric.className, 'it has no loss.');
    return new LossMetric(lossFromConfig(loss), { name });
  }
}

/** The mean cosine of the angle between targets and outputs: 1 where they point the same way. The loss is its negative. */
export class CosineSimilarityMetric extends MeanMetric {
  static readonly className = 'CosineSimilarityMetric';
  readonly className = CosineSimilarityMetric.className;
  readonly direction = 'up';
  readonly axis: number;

  /** @param options.axis along which the vectors lie (default -1) */
  constructor({
    name = 'cosineSimilarity',
    axis = -1,
  }: { readonly name?: string; readonly axis?: number } = {}) {
    super(name);
    this.axis = axis;
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return neg(new CosineSimilarity({ axis: this.axis }).call(yTrue, yPred));
  }

  override getConfig(): JsonObject {
    return { name: this.name, axis: this.axis };
  }

  static fromConfig(config: JsonObject): CosineSimilarityMetric {
    const reader = new ConfigReader(CosineSimilarityMetric.className, config);
    const options = { name: reader.string('name'), axis: reader.integer('axis') };
    reader.done();
    return new CosineSimilarityMetric(options);
  }
}
