/** Circle loss of embeddings. */
import type { JsonObject, Tensor } from '@hadal/core';
import { greater, logSumExp, matmul, maximum, softplus, where } from '@hadal/core';
import { withMask } from '../layer/mask';
import { Loss, type LossOptions } from './loss';
import { readLossConfig, requirePositive } from './options';
import { labelPairs } from './pairs';

export interface CircleOptions extends LossOptions {
  /** Scale of the similarities (default 80). */
  readonly gamma?: number;
  /** How much room there is around the optimum, in [0, 1] (default 0.4). */
  readonly margin?: number;
  /** Leaves out pairs of a sample with itself (default true). */
  readonly removeDiagonal?: boolean;
}

/** What a pair that does not count adds: nothing to a sum of exponentials, with no gradient. */
const LEAST_LOGIT = -1e30;

/**
 * Pulls embeddings of one label together and pushes others apart, each pair as strongly as it is away from its optimum.
 * Targets are labels [batch], outputs are embeddings [batch, features] of length 1. Samples without a pair to improve
 * do not count in the mean. Source: Sun et al. (2020).
 *
 * @example
 * const model = sequential([dense(32, { inputShape: [784] }), unitNormalization()]);
 * model.compile({ optimizer: 'adam', loss: new Circle({ gamma: 64 }) });
 */
export class Circle extends Loss {
  static readonly className = 'Circle';
  readonly className = Circle.className;
  readonly gamma: number;
  readonly margin: number;
  readonly removeDiagonal: boolean;

  constructor({ gamma = 80, margin = 0.4, removeDiagonal = true, ...options }: CircleOptions = {}) {
    super(options);
    this.gamma = requirePositive('circle', 'gamma', gamma);
    this.margin = margin;
    this.removeDiagonal = removeDiagonal;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const { gamma, margin } = this;
    const { alike, unlike } = labelPairs('circle', yTrue, yPred, !this.removeDiagonal);
    const distances = maximum(matmul(yPred, yPred, { transposeB: true }).neg().add(1), 0);
    const pull = maximum(distances.add(margin), 0);
    const push = maximum(distances.neg().add(1 + margin), 0);
    const near = pull.mul(distances.sub(margin)).mul(gamma);
    const far = push.mul(distances.neg().add(1 - margin)).mul(gamma);
    const total = (pairs: Tensor, logits: Tensor): Tensor => logSumExp(where(pairs, logits, LEAST_LOGIT), 1);
    const values = softplus(total(alike, near).add(total(unlike, far)));
    return withMask(values, greater(values, 0));
  }

  override getConfig(): JsonObject {
    const { gamma, margin, removeDiagonal } = this;
    return { ...super.getConfig(), gamma, margin, removeDiagonal };
  }

  static fromConfig(config: JsonObject): Circle {
    return new Circle(
      readLossConfig(Circle.className, config, (reader) => ({
        gamma: reader.number('gamma', 80),
        margin: reader.number('margin', 0.4),
        removeDiagonal: reader.boolean('removeDiagonal', true),
      })),
    );
  }
}

/** Makes a `Circle` loss. */
export const circle = (options?: CircleOptions): Circle => new Circle(options);
