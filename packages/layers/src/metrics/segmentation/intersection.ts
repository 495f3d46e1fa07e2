/** Intersection over union from counts of pairs of classes: of what is or was called a class, the part that is both. */
import type { Tensor, Variable } from '@hadal/core';
import {
  ArgumentError,
  argMax,
  broadcastTo,
  diagonal,
  greater,
  matmul,
  oneHot,
  sum,
  tensor,
  where,
} from '@hadal/core';
import { requirePositiveInteger } from '../../layer/rules';
import { divideOrZero, Metric } from '../metric';
import { weightsOf } from '../weights';

/** No class: what does not count is called so. */
const NO_CLASS = -1;

/** How class numbers come about. */
export interface ClassNumbers {
  /** Targets of this class do not count. */
  readonly ignoreClass: number | undefined;
  /** Targets are class numbers, not distributions over classes along `axis`. */
  readonly sparseYTrue: boolean;
  /** Outputs are class numbers, not scores of classes along `axis`. */
  readonly sparseYPred: boolean;
  /** Where the classes lie in what is not sparse. */
  readonly axis: number;
}

/** Base of metrics of overlap. */
export abstract class IntersectionMetric extends Metric {
  readonly direction = 'up';
  readonly #counts: Variable;

  constructor(
    name: string,
    /** How many classes there are. */
    readonly numClasses: number,
    readonly targetClassIds: readonly number[],
  ) {
    super(name);
    requirePositiveInteger(name, 'numClasses', numClasses);
    const isClass = (id: number): boolean => Number.isSafeInteger(id) && id >= 0 && id < numClasses;
    if (targetClassIds.length === 0 || !targetClassIds.every(isClass)) {
      throw new ArgumentError(
        name,
        `targetClassIds are [${targetClassIds.join(', ')}]; expected numbers of the ${numClasses} classes, from 0 on.`,
      );
    }
    this.#counts = this.addState('counts', [numClasses, numClasses]);
  }

  /** Counts pairs of what targets and outputs are said to be. */
  protected countClasses(
    { ignoreClass, sparseYTrue, sparseYPred, axis }: ClassNumbers,
    yTrue: Tensor,
    yPred: Tensor,
    sampleWeight: Tensor | undefined,
  ): void {
    const actual = sparseYTrue ? yTrue : argMax(yTrue, axis);
    const predicted = sparseYPred ? yPred : argMax(yPred, axis);
    const counted = ignoreClass === undefined ? actual : where(actual.equal(ignoreClass), NO_CLASS, actual);
    this.count(counted, predicted, weightsOf(predicted, yPred, sampleWeight));
  }

  /** Counts pairs of class numbers; those that are no class do not count. */
  protected count(actual: Tensor, predicted: Tensor, weights: Tensor | undefined): void {
    const flat = (ids: Tensor): Tensor => oneHot(ids.reshape([-1]).cast('int32'), this.numClasses);
    const rows = flat(actual);
    const weighted =
      weights === undefined ? rows : rows.mul(broadcastTo(weights, predicted.shape).reshape([-1, 1]));
    const pairs = matmul(weighted, flat(predicted), { transposeA: true });
    this.#counts.assign(this.#counts.value.add(pairs));
  }

  /** The mean over those of the wanted classes that were there or were predicted. */
  override result(): Tensor {
    const counts = this.#counts.value;
    const both = diagonal(counts);
    const either = sum(counts, 0).add(sum(counts, 1)).sub(both);
    const ids = Array.from({ length: this.numClasses }, (_, id) => Number(this.targetClassIds.includes(id)));
    const seen = greater(either, 0).cast('float32').mul(tensor(ids));
    return divideOrZero(sum(divideOrZero(both, either).mul(seen)), sum(seen));
  }
}
