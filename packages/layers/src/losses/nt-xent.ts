/** The contrastive loss of SimCLR: each view should be told from all others by its partner. */
import type { JsonObject, Tensor } from '@hadal/core';
import { any, eye, logSumExp, matmul, maximum, sum, where } from '@hadal/core';
import { withMask } from '../layer/mask';
import { unitVectors } from './cosine-similarity';
import { Loss, type LossOptions } from './loss';
import { readLossConfig, requirePositive } from './options';
import { labelPairs } from './pairs';

export interface NTXentOptions extends LossOptions {
  /** Divides the similarities; small values look at the hardest negatives (default 0.5). */
  readonly temperature?: number;
}

/** The logit of a view with itself, which does not count. */
const LEAST_LOGIT = -1e30;

/**
 * Normalized temperature-scaled cross-entropy. Outputs are embeddings [batch, features] of any length; targets [batch]
 * say which belong together: views of one picture have one number. For each view, the other views of its picture are
 * right answers and all other views are wrong ones; the mean of −log softmax(cosine / temperature) over the right ones is
 * its loss. Views without a partner do not count. With class labels as targets this is supervised contrastive learning.
 * Sources: Chen et al. (2020), Khosla et al. (2020).
 *
 * @example
 * // Two views of each of 128 pictures, one half after the other: numbers 0 … 127, 0 … 127.
 * const pictures = tile(arange(128), [2]);
 * const loss = new NTXent({ temperature: 0.1 }).apply(pictures, embeddings);
 */
export class NTXent extends Loss {
  static readonly className = 'NTXent';
  readonly className = NTXent.className;
  readonly temperature: number;

  constructor({ temperature = 0.5, ...options }: NTXentOptions = {}) {
    super(options);
    this.temperature = requirePositive('ntXent', 'temperature', temperature);
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const { alike } = labelPairs('ntXent', yTrue, yPred);
    const [batch = 0] = yPred.shape;
    const views = unitVectors(yPred);
    const cosines = matmul(views, views, { transposeB: true });
    const logits = where(eye(batch).cast('bool'), LEAST_LOGIT, cosines.div(this.temperature));
    const surprise = logSumExp(logits, { axis: 1, keepDims: true }).sub(logits);
    const count = sum(alike.cast(yPred.dtype), 1);
    const values = sum(where(alike, surprise, 0), 1).div(maximum(count, 1));
    return withMask(values, any(alike, 1));
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), temperature: this.temperature };
  }

  static fromConfig(config: JsonObject): NTXent {
    return new NTXent(
      readLossConfig(NTXent.className, config, (reader) => ({
        temperature: reader.number('temperature', 0.5),
      })),
    );
  }
}

/** Makes an `NTXent` loss. */
export const ntXent = (options?: NTXentOptions): NTXent => new NTXent(options);
