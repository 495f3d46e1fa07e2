/** Intersection over union: of what is or was called a class, the part that is both. For segmentation. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import {
  ArgumentError,
  argMax,
  ConfigReader,
  greater,
  greaterEqual,
  matmul,
  oneHot,
  sum,
  tensor,
  where,
} from '@hadal/core';
import { requirePositiveInteger } from '../layer/rules';
import { divideOrZero, Metric } from './metric';

export interface MeanIoUOptions {
  /** For logs. */
  readonly name?: string;
  /** Targets of this class do not count. */
  readonly ignoreClass?: number;
  /** Targets are class numbers, not distributions over classes along `axis` (default true). */
  readonly sparseYTrue?: boolean;
  /** Outputs are class numbers, not scores of classes along `axis` (default true). */
  readonly sparseYPred?: boolean;
  /** Where the classes lie in what is not sparse (default -1). */
  readonly axis?: number;
}

const isClass = (id: number, classes: number): boolean => Number.isSafeInteger(id) && id >= 0 && id < classes;

abstract class IntersectionMetric extends Metric {
  readonly direction = 'up';
  readonly #counts: Variable;

  constructor(
    name: string,
    readonly numClasses: number,
    readonly targetClassIds: readonly number[],
  ) {
    super(name);
    requirePositiveInteger(name, 'numClasses', numClasses);
    const wrong = targetClassIds.find((id) => !isClass(id, numClasses));
    if (wrong !== undefined || targetClassIds.length === 0) {
      throw new ArgumentError(
        name,
        `targetClassIds are [${targetClassIds}]; expected numbers of the ${numClasses} classes, from 0 on.`,
      );
    }
    this.#counts = this.addState('counts', [numClasses, numClasses]);
  }

  /** Counts pairs of class numbers of one shape; those that are no class do not count. */
  protected count(actual: Tensor, predicted: Tensor, sampleWeight: Tensor | undefined): void {
    const flat = (ids: Tensor): Tensor => oneHot(ids.reshape([-1]).cast('int32'), this.numClasses);
    const rows = flat(actual);
    const weighted =
      sampleWeight === undefined
        ? rows
        : rows.mul(alignTo(sampleWeight, actual).cast('float32').reshape([-1, 1]));
    const pairs = matmul(weighted, flat(predicted), { transposeA: true });
    this.#counts.assign(this.#counts.value.add(pairs));
  }

  /** The mean over the classes that were there or were predicted. */
  override result(): Tensor {
    const counts = this.#counts.value;
    const each = Float32Array.from({ length: this.numClasses }, (_, id) => Number(this.targetClassIds.includes(id)));
    const wanted = tensor(each);
    const diagonal = counts.mul(oneHot(tensor(Int32Array.from(each, (_, id) => id)), this.numClasses));
    const both = sum(diagonal, 0);
    const either = sum(counts, 0).add(sum(counts, 1)).sub(both);
    const seen = greater(either, 0).cast('float32').mul(wanted);
    return divideOrZero(sum(divideOrZero(both, either).mul(seen)), sum(seen));
  }
}

/** Weights of samples, or of their parts, for every class number. */
function alignTo(weights: Tensor, ids: Tensor): Tensor {
  const open = Math.max(0, ids.rank - weights.rank);
  return weights.reshape([...weights.shape, ...Array.from({ length: open }, () => 1)]).broadcastTo(ids.shape);
}

const every = (classes: number): number[] => Array.from({ length: classes }, (_, id) => id);

/**
 * Intersection over union of some classes: true positives / (true positives + false positives + false negatives),
 * averaged over them.
 *
 * @example
 * new IoU(3, [1, 2]).name; // 'iou': of classes 1 and 2 of three
 */
export class IoU extends IntersectionMetric {
  static readonly className: string = 'IoU';
  readonly className: string = IoU.className;
  readonly ignoreClass: number | undefined;
  readonly sparseYTrue: boolean;
  readonly sparseYPred: boolean;
  readonly axis: number;

  /**
   * @param numClasses     how many classes there are
   * @param targetClassIds which of them count
   */
  constructor(numClasses: number, targetClassIds: readonly number[], options: MeanIoUOptions = {}) {
    super(options.name ?? 'iou', numClasses, targetClassIds);
    this.ignoreClass = options.ignoreClass;
    this.sparseYTrue = options.sparseYTrue ?? true;
    this.sparseYPred = options.sparseYPred ?? true;
    this.axis = options.axis ?? -1;
  }

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const { ignoreClass } = this;
    const actual = this.sparseYTrue ? yTrue : argMax(yTrue, this.axis);
    const predicted = this.sparseYPred ? yPred : argMax(yPred, this.axis);
    const counted = ignoreClass === undefined ? actual : where(actual.equal(ignoreClass), -1, actual);
    this.count(counted, predicted, sampleWeight);
  }

  override getConfig(): JsonObject {
    const { name, numClasses, targetClassIds, ignoreClass = null, sparseYTrue, sparseYPred, axis } = this;
    return { name, numClasses, targetClassIds, ignoreClass, sparseYTrue, sparseYPred, axis };
  }

  static fromConfig(config: JsonObject): IoU {
    const reader = new ConfigReader(IoU.className, config);
    const numClasses = reader.integer('numClasses');
    const ids = reader.numbers('targetClassIds');
    const options = readMeanOptions(reader);
    reader.done();
    return new IoU(numClasses, ids, options);
  }
}

function readMeanOptions(reader: ConfigReader): MeanIoUOptions {
  const ignoreClass = reader.optionalNumber('ignoreClass');
  return {
    name: reader.string('name'),
    ...(ignoreClass !== undefined && { ignoreClass }),
    sparseYTrue: reader.boolean('sparseYTrue', true),
    sparseYPred: reader.boolean('sparseYPred', true),
    axis: reader.integer('axis', -1),
  };
}

/** {@link IoU} averaged over all classes. */
export class MeanIoU extends IoU {
  static override readonly className = 'MeanIoU';
  override readonly className = MeanIoU.className;

  constructor(numClasses: number, options: MeanIoUOptions = {}) {
    super(numClasses, every(numClasses), { ...options, name: options.name ?? 'meanIoU' });
  }

  override getConfig(): JsonObject {
    const { targetClassIds: _, ...config } = super.getConfig();
    return config;
  }

  static override fromConfig(config: JsonObject): MeanIoU {
    const reader = new ConfigReader(MeanIoU.className, config);
    const numClasses = reader.integer('numClasses');
    const options = readMeanOptions(reader);
    reader.done();
    return new MeanIoU(numClasses, options);
  }
}

export interface BinaryIoUOptions {
  /** For logs. */
  readonly name?: string;
  /** Which of the two classes count (default both). */
  readonly targetClassIds?: readonly number[];
  /** Outputs from here on are class 1 (default 0.5). */
  readonly threshold?: number;
}

/** {@link IoU} of yes-or-no outputs, such as a mask of probabilities. */
export class BinaryIoU extends IntersectionMetric {
  static readonly className = 'BinaryIoU';
  readonly className = BinaryIoU.className;
  readonly threshold: number;

  constructor({ name = 'binaryIoU', targetClassIds = [0, 1], threshold = 0.5 }: BinaryIoUOptions = {}) {
    super(name, 2, targetClassIds);
    this.threshold = threshold;
  }

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    this.count(yTrue, greaterEqual(yPred, this.threshold), sampleWeight);
  }

  override getConfig(): JsonObject {
    const { name, targetClassIds, threshold } = this;
    return { name, targetClassIds, threshold };
  }

  static fromConfig(config: JsonObject): BinaryIoU {
    const reader = new ConfigReader(BinaryIoU.className, config);
    const options = {
      name: reader.string('name'),
      targetClassIds: reader.numbers('targetClassIds'),
      threshold: reader.number('threshold', 0.5),
    };
    reader.done();
    return new BinaryIoU(options);
  }
}
