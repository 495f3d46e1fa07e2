/** Cosine similarity as a loss. */
import type { JsonObject, Tensor } from '@hadal/core';
import { l2Normalize, sum } from '@hadal/core';
import { EPSILON } from './epsilon';
import { Loss, type LossOptions, matchTargets } from './loss';
import { readLossConfig } from './options';

export interface CosineSimilarityOptions extends LossOptions {
  /** The axis of the vectors (default −1). */
  readonly axis?: number;
}

/** Vectors of length 1; those shorter than 1e-7 keep their direction and stay shorter. */
export const unitVectors = (x: Tensor, axis = -1): Tensor => l2Normalize(x, axis, EPSILON * EPSILON);

/** The cosine of the angle between targets and outputs. */
export function cosines(yTrue: Tensor, yPred: Tensor, axis: number): Tensor {
  const targets = matchTargets('cosineSimilarity', yTrue, yPred);
  return sum(unitVectors(targets, axis).mul(unitVectors(yPred, axis)), axis);
}

/**
 * The negative cosine of the angle between targets and outputs: −1 where they point the same way, 1 where they are
 * opposed, 0 where one of them is zero.
 *
 * @example
 * await new CosineSimilarity().apply(tensor([[1, 0]]), tensor([[1, 1]])).item(); // -0.7071
 */
export class CosineSimilarity extends Loss {
  static readonly className = 'CosineSimilarity';
  readonly className = CosineSimilarity.className;
  readonly axis: number;

  constructor({ axis = -1, ...options }: CosineSimilarityOptions = {}) {
    super(options);
    this.axis = axis;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    return cosines(yTrue, yPred, this.axis).neg();
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), axis: this.axis };
  }

  static fromConfig(config: JsonObject): CosineSimilarity {
    return new CosineSimilarity(
      readLossConfig(CosineSimilarity.className, config, (reader) => ({ axis: reader.integer('axis', -1) })),
    );
  }
}

/** Makes a `CosineSimilarity` loss. */
export const cosineSimilarity = (options?: CosineSimilarityOptions): CosineSimilarity =>
  new CosineSimilarity(options);
