/** A loss of one's own: one value per sample, and what a file keeps of it. */
import { ArgumentError, type JsonObject, maximum, mean, ShapeError, type Tensor, tensor } from '@hadal/core';
import { Loss, type LossOptions, readLossConfig } from '@hadal/layers';

/**
 * The mean over quantiles q of max(q · e, (q − 1) · e), where e = yTrue − yPred. Outputs have a column per quantile, in
 * the order given, targets [batch, 1]; where it is least, the part q of all targets lies below column q.
 *
 * Source: Koenker and Bassett, "Regression Quantiles" (1978).
 *
 * @example
 * await new Pinball([0.1, 0.9]).apply(tensor([[1]]), tensor([[0, 0]])).item(); // (0.1 + 0.9) / 2 = 0.5
 */
export class Pinball extends Loss {
  static readonly className = 'Pinball';
  readonly className = Pinball.className;

  constructor(
    readonly quantiles: readonly number[],
    options: LossOptions = {},
  ) {
    super(options);
    if (quantiles.length === 0 || !quantiles.every((quantile) => quantile > 0 && quantile < 1)) {
      throw new ArgumentError('Pinball', `quantiles are [${quantiles}]; expected numbers between 0 and 1.`);
    }
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    if (yPred.shape.at(-1) !== this.quantiles.length) {
      throw new ShapeError(
        'Pinball',
        `outputs have shape [${yPred.shape}], expected a column for each of ${this.quantiles.length} quantiles.`,
      );
    }
    const error = yTrue.cast(yPred.dtype).sub(yPred);
    const quantiles = tensor([...this.quantiles]);
    return mean(maximum(error.mul(quantiles), error.mul(quantiles.sub(1))), -1);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), quantiles: [...this.quantiles] };
  }

  static fromConfig(config: JsonObject): Pinball {
    const { quantiles, ...options } = readLossConfig(Pinball.className, config, (reader) => ({
      quantiles: reader.list('quantiles').map(Number),
    }));
    return new Pinball(quantiles, options);
  }
}
