/** Intersection over union of yes-or-no outputs. */
import type { JsonObject, Tensor } from '@hadal/core';
import { greaterEqual } from '@hadal/core';
import { matchTargets } from '../../losses/loss';
import { type MetricOptions, readMetricConfig, readOptionalNumbers } from '../options';
import { weightsOf } from '../weights';
import { IntersectionMetric } from './intersection';

const BOTH = [0, 1];

export interface BinaryIoUOptions extends MetricOptions {
  /** Which of the two classes count (default both). */
  readonly targetClassIds?: readonly number[];
  /** Outputs from here on are class 1 (default 0.5). */
  readonly threshold?: number;
}

/**
 * Intersection over union of outputs such as a mask of probabilities, with targets that are 0 or 1.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new BinaryIoU({ targetClassIds: [1] })] });
 */
export class BinaryIoU extends IntersectionMetric {
  static readonly className = 'BinaryIoU';
  readonly className = BinaryIoU.className;
  readonly threshold: number;

  constructor({ name = 'binaryIoU', targetClassIds = BOTH, threshold = 0.5 }: BinaryIoUOptions = {}) {
    super(name, 2, targetClassIds);
    this.threshold = threshold;
  }

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const targets = matchTargets(this.name, yTrue, yPred);
    this.count(targets, greaterEqual(yPred, this.threshold), weightsOf(yPred, yPred, sampleWeight));
  }

  override getConfig(): JsonObject {
    const { name, targetClassIds, threshold } = this;
    return { name, targetClassIds, threshold };
  }

  static fromConfig(config: JsonObject): BinaryIoU {
    return new BinaryIoU(
      readMetricConfig(BinaryIoU.className, config, (reader) => ({
        targetClassIds: readOptionalNumbers(reader, 'targetClassIds') ?? BOTH,
        threshold: reader.number('threshold', 0.5),
      })),
    );
  }
}

/** Makes a `BinaryIoU`. */
export const binaryIoU = (options?: BinaryIoUOptions): BinaryIoU => new BinaryIoU(options);
