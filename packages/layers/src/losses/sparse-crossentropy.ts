/** Cross-entropy of class numbers. */
import type { HostArray, JsonObject, Tensor } from '@hadal/core';
import { notEqual, oneHot, sparseSoftmaxCrossEntropy, sum, where } from '@hadal/core';
import { withMask } from '../layer/mask';
import type { LayerShape } from '../layer/shape';
import { checkLabels, classLabels } from './class-labels';
import { Loss } from './loss';
import { classesLast, readLossConfig } from './options';
import {
  type CrossentropyOptions,
  knownLogits,
  logOfNormalized,
  readCrossentropyOptions,
} from './probabilities';

export interface SparseCrossentropyOptions extends CrossentropyOptions {
  /** A target that does not count, such as −1 for unlabelled pixels (default: none). */
  readonly ignoreClass?: number;
}

/**
 * Cross-entropy of class numbers: targets [batch] or [batch, 1] with values in [0, classes), outputs
 * [batch, classes]. Further axes in between belong to the batch.
 *
 * @example
 * const loss = new SparseCategoricalCrossentropy({ fromLogits: true });
 */
export class SparseCategoricalCrossentropy extends Loss {
  static readonly className = 'SparseCategoricalCrossentropy';
  readonly className = SparseCategoricalCrossentropy.className;
  readonly fromLogits: boolean;
  readonly ignoreClass: number | undefined;
  readonly axis: number;

  constructor({ fromLogits = false, ignoreClass, axis = -1, ...options }: SparseCrossentropyOptions = {}) {
    super(options);
    this.fromLogits = fromLogits;
    this.ignoreClass = ignoreClass;
    this.axis = axis;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const { fromLogits, axis, ignoreClass } = this;
    const known = knownLogits(yPred, fromLogits, 'softmax', axis);
    const outputs = classesLast(known ?? yPred, axis);
    const labels = classLabels(yTrue, outputs.shape);
    const entropy = known === undefined ? entropyOfProbabilities : sparseSoftmaxCrossEntropy;
    if (ignoreClass === undefined) return entropy(outputs, labels);
    const counts = notEqual(labels, ignoreClass);
    const values = where(counts, entropy(outputs, where(counts, labels, 0)), 0);
    return withMask(values, counts);
  }

  override checkTargets(targets: HostArray, outputShape: LayerShape): void {
    const classes = outputShape.at(this.axis);
    if (typeof classes === 'number') {
      checkLabels('sparseCategoricalCrossentropy', targets, classes, this.ignoreClass);
    }
  }

  override getConfig(): JsonObject {
    const { fromLogits, ignoreClass, axis } = this;
    return { ...super.getConfig(), fromLogits, ignoreClass: ignoreClass ?? null, axis };
  }

  static fromConfig(config: JsonObject): SparseCategoricalCrossentropy {
    return new SparseCategoricalCrossentropy(
      readLossConfig(SparseCategoricalCrossentropy.className, config, (reader) => ({
        ...readCrossentropyOptions(reader),
        ignoreClass: reader.value('ignoreClass') === undefined ? undefined : reader.integer('ignoreClass'),
      })),
    );
  }
}

function entropyOfProbabilities(p: Tensor, labels: Tensor): Tensor {
  const targets = oneHot(labels, p.shape.at(-1) ?? 1, { dtype: p.dtype });
  return sum(targets.mul(logOfNormalized(p)), -1).neg();
}

/** Makes a `SparseCategoricalCrossentropy` loss. */
export const sparseCategoricalCrossentropy = (
  options?: SparseCrossentropyOptions,
): SparseCategoricalCrossentropy => new SparseCategoricalCrossentropy(options);
