/** Divergences: of distributions (Kullback and Leibler), and of counts (Poisson). */
import type { JsonObject, Tensor } from '@hadal/core';
import { clip, log, sum } from '@hadal/core';
import { EPSILON } from './epsilon';
import { meanOverLast } from './errors';
import { Loss, type LossOptions, matchTargets } from './loss';
import { readLossConfig } from './options';

/**
 * Kullback–Leibler divergence Σ yTrue · log(yTrue / yPred) of distributions along the last axis. Probabilities count as
 * at least 1e-7.
 *
 * @example
 * await new KLDivergence().apply(tensor([[0.5, 0.5]]), tensor([[0.25, 0.75]])).item(); // 0.1438
 */
export class KLDivergence extends Loss {
  static readonly className = 'KLDivergence';
  readonly className = KLDivergence.className;

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const targets = clip(matchTargets('klDivergence', yTrue, yPred), EPSILON, 1);
    return sum(targets.mul(log(targets.div(clip(yPred, EPSILON, 1)))), -1);
  }

  static fromConfig(config: JsonObject): KLDivergence {
    return new KLDivergence(readLossConfig(KLDivergence.className, config));
  }
}

/** Makes a `KLDivergence` loss. */
export const klDivergence = (options?: LossOptions): KLDivergence => new KLDivergence(options);

/**
 * The mean of yPred − yTrue · log(yPred) over the last axis: outputs are rates, targets are counts.
 *
 * @example
 * await new Poisson().apply(tensor([[3, 0]]), tensor([[1, 2]])).item(); // 1.5
 */
export class Poisson extends Loss {
  static readonly className = 'Poisson';
  readonly className = Poisson.className;

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const targets = matchTargets('poisson', yTrue, yPred);
    return meanOverLast(yPred.sub(targets.mul(log(yPred.add(EPSILON)))));
  }

  static fromConfig(config: JsonObject): Poisson {
    return new Poisson(readLossConfig(Poisson.className, config));
  }
}

/** Makes a `Poisson` loss. */
export const poisson = (options?: LossOptions): Poisson => new Poisson(options);
