/** Hinge losses: margins between what is right and what is wrong. */
import type { JsonObject, Tensor } from '@hadal/core';
import { all, equal, hingeLoss, logicalOr, max, maximum, squaredHingeLoss, sum, where } from '@hadal/core';
import { meanOverLast } from './errors';
import { Loss, type LossOptions, matchTargets } from './loss';
import { readLossConfig } from './options';

/** Targets −1 and 1. Where all of a batch are 0 or 1, 0 means −1. */
function signedTargets(place: string, yTrue: Tensor, yPred: Tensor): Tensor {
  const targets = matchTargets(place, yTrue, yPred);
  const areBinary = all(logicalOr(equal(targets, 0), equal(targets, 1)));
  return where(areBinary, targets.mul(2).sub(1), targets);
}

/**
 * The mean of max(1 − yTrue · yPred, 0) over the last axis, for targets −1 and 1 (or 0 and 1) and outputs of any size.
 *
 * @example
 * await new Hinge().apply(tensor([[1, -1]]), tensor([[0.5, -2]])).item(); // 0.25
 */
export class Hinge extends Loss {
  static readonly className = 'Hinge';
  readonly className = Hinge.className;

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    return meanOverLast(hingeLoss(yPred, signedTargets('hinge', yTrue, yPred)));
  }

  static fromConfig(config: JsonObject): Hinge {
    return new Hinge(readLossConfig(Hinge.className, config));
  }
}

/** Makes a `Hinge` loss. */
export const hinge = (options?: LossOptions): Hinge => new Hinge(options);

/**
 * The mean of max(1 − yTrue · yPred, 0)² over the last axis, for targets −1 and 1 (or 0 and 1).
 *
 * @example
 * await new SquaredHinge().apply(tensor([[1, -1]]), tensor([[0.5, -2]])).item(); // 0.125
 */
export class SquaredHinge extends Loss {
  static readonly className = 'SquaredHinge';
  readonly className = SquaredHinge.className;

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    return meanOverLast(squaredHingeLoss(yPred, signedTargets('squaredHinge', yTrue, yPred)));
  }

  static fromConfig(config: JsonObject): SquaredHinge {
    return new SquaredHinge(readLossConfig(SquaredHinge.className, config));
  }
}

/** Makes a `SquaredHinge` loss. */
export const squaredHinge = (options?: LossOptions): SquaredHinge => new SquaredHinge(options);

/**
 * max(1 + the largest wrong output − the right output, 0), for one-hot targets.
 *
 * @example
 * await new CategoricalHinge().apply(tensor([[0, 1]]), tensor([[0.5, 0.75]])).item(); // 0.75
 */
export class CategoricalHinge extends Loss {
  static readonly className = 'CategoricalHinge';
  readonly className = CategoricalHinge.className;

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const targets = matchTargets('categoricalHinge', yTrue, yPred);
    const right = sum(targets.mul(yPred), -1);
    const wrong = max(targets.neg().add(1).mul(yPred), -1);
    return maximum(wrong.sub(right).add(1), 0);
  }

  static fromConfig(config: JsonObject): CategoricalHinge {
    return new CategoricalHinge(readLossConfig(CategoricalHinge.className, config));
  }
}

/** Makes a `CategoricalHinge` loss. */
export const categoricalHinge = (options?: LossOptions): CategoricalHinge => new CategoricalHinge(options);
