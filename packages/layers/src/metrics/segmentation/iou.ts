/** Intersection over union of class numbers, for segmentation. */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import { type MetricOptions, readMetricConfig, readOptionalInteger } from '../options';
import { type ClassNumbers, IntersectionMetric } from './intersection';

export interface MeanIoUOptions extends MetricOptions {
  /** Targets of this class do not count. */
  readonly ignoreClass?: number;
  /** Targets are class numbers, not distributions over classes along `axis` (default true). */
  readonly sparseYTrue?: boolean;
  /** Outputs are class numbers, not scores of classes along `axis` (default true). */
  readonly sparseYPred?: boolean;
  /** Where the classes lie in what is not sparse (default -1). */
  readonly axis?: number;
}

const everyClass = (classes: number): number[] => Array.from({ length: classes }, (_, id) => id);

/** Intersection over union of what options say. */
abstract class ClassIoU extends IntersectionMetric implements ClassNumbers {
  readonly ignoreClass: number | undefined;
  readonly sparseYTrue: boolean;
  readonly sparseYPred: boolean;
  readonly axis: number;

  constructor(
    name: string,
    numClasses: number,
    targetClassIds: readonly number[],
    { ignoreClass, sparseYTrue = true, sparseYPred = true, axis = -1 }: MeanIoUOptions,
  ) {
    super(name, numClasses, targetClassIds);
    this.ignoreClass = ignoreClass;
    this.sparseYTrue = sparseYTrue;
    this.sparseYPred = sparseYPred;
    this.axis = axis;
  }

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    this.countClasses(this, yTrue, yPred, sampleWeight);
  }

  override getConfig(): JsonObject {
    const { name, numClasses, ignoreClass = null, sparseYTrue, sparseYPred, axis } = this;
    return { name, numClasses, ignoreClass, sparseYTrue, sparseYPred, axis };
  }
}

function readMeanOptions(reader: ConfigReader): MeanIoUOptions & { readonly numClasses: number } {
  const ignoreClass = readOptionalInteger(reader, 'ignoreClass');
  return {
    numClasses: reader.integer('numClasses'),
    ...(ignoreClass !== undefined && { ignoreClass }),
    sparseYTrue: reader.boolean('sparseYTrue', true),
    sparseYPred: reader.boolean('sparseYPred', true),
    axis: reader.integer('axis', -1),
  };
}

/**
 * Intersection over union of some classes: true positives / (true positives + false positives + false negatives),
 * averaged over them. Targets and outputs are class numbers, or distributions where options say so.
 *
 * @example
 * const overlap = new IoU(3, [1, 2]); // of classes 1 and 2 of three
 * overlap.updateState(tensor([0, 1, 2, 2]), tensor([0, 1, 1, 2]));
 * await overlap.value(); // 0.5
 */
export class IoU extends ClassIoU {
  static readonly className = 'IoU';
  readonly className = IoU.className;

  /**
   * @param numClasses     how many classes there are
   * @param targetClassIds which of them count
   */
  constructor(numClasses: number, targetClassIds: readonly number[], options: MeanIoUOptions = {}) {
    super(options.name ?? 'iou', numClasses, targetClassIds, options);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), targetClassIds: this.targetClassIds };
  }

  static fromConfig(config: JsonObject): IoU {
    const { numClasses, ids, ...options } = readMetricConfig(IoU.className, config, (reader) => ({
      ...readMeanOptions(reader),
      ids: reader.numbers('targetClassIds'),
    }));
    return new IoU(numClasses, ids, options);
  }
}

/** Makes an `IoU`. */
export const iou = (numClasses: number, targetClassIds: readonly number[], options?: MeanIoUOptions): IoU =>
  new IoU(numClasses, targetClassIds, options);

/**
 * {@link IoU} averaged over all classes.
 *
 * @example
 * const overlap = new MeanIoU(2);
 * overlap.updateState(tensor([0, 0, 1, 1]), tensor([0, 1, 0, 1]));
 * await overlap.value(); // 0.3333
 */
export class MeanIoU extends ClassIoU {
  static readonly className = 'MeanIoU';
  readonly className = MeanIoU.className;

  /** @param numClasses how many classes there are */
  constructor(numClasses: number, options: MeanIoUOptions = {}) {
    super(options.name ?? 'meanIoU', numClasses, everyClass(numClasses), options);
  }

  static fromConfig(config: JsonObject): MeanIoU {
    const { numClasses, ...options } = readMetricConfig(MeanIoU.className, config, readMeanOptions);
    return new MeanIoU(numClasses, options);
  }
}

/** Makes a `MeanIoU`. */
export const meanIoU = (numClasses: number, options?: MeanIoUOptions): MeanIoU =>
  new MeanIoU(numClasses, options);

/** Options of overlap where targets are one-hot. */
export type OneHotIoUOptions = Omit<MeanIoUOptions, 'sparseYTrue'>;

function readOneHotOptions(reader: ConfigReader): OneHotIoUOptions & { readonly numClasses: number } {
  const ignoreClass = readOptionalInteger(reader, 'ignoreClass');
  return {
    numClasses: reader.integer('numClasses'),
    ...(ignoreClass !== undefined && { ignoreClass }),
    sparseYPred: reader.boolean('sparseYPred', false),
    axis: reader.integer('axis', -1),
  };
}

abstract class OneHotClassIoU extends ClassIoU {
  constructor(
    name: string,
    numClasses: number,
    targetClassIds: readonly number[],
    { sparseYPred = false, ...options }: OneHotIoUOptions,
  ) {
    super(name, numClasses, targetClassIds, { ...options, sparseYTrue: false, sparseYPred });
  }

  override getConfig(): JsonObject {
    const { sparseYTrue: _isSparse, ...config } = super.getConfig();
    return config;
  }
}

/**
 * {@link IoU} of one-hot targets and scores of classes, such as the outputs of a softmax.
 *
 * @example
 * model.compile({ loss: 'categoricalCrossentropy', metrics: [new OneHotIoU(3, [1, 2])] });
 */
export class OneHotIoU extends OneHotClassIoU {
  static readonly className = 'OneHotIoU';
  readonly className = OneHotIoU.className;

  /**
   * @param numClasses     how many classes there are
   * @param targetClassIds which of them count
   */
  constructor(numClasses: number, targetClassIds: readonly number[], options: OneHotIoUOptions = {}) {
    super(options.name ?? 'oneHotIoU', numClasses, targetClassIds, options);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), targetClassIds: this.targetClassIds };
  }

  static fromConfig(config: JsonObject): OneHotIoU {
    const { numClasses, ids, ...options } = readMetricConfig(OneHotIoU.className, config, (reader) => ({
      ...readOneHotOptions(reader),
      ids: reader.numbers('targetClassIds'),
    }));
    return new OneHotIoU(numClasses, ids, options);
  }
}

/** Makes a `OneHotIoU`. */
export const oneHotIoU = (
  numClasses: number,
  targetClassIds: readonly number[],
  options?: OneHotIoUOptions,
): OneHotIoU => new OneHotIoU(numClasses, targetClassIds, options);

/**
 * {@link OneHotIoU} averaged over all classes.
 *
 * @example
 * model.compile({ loss: 'categoricalCrossentropy', metrics: [new OneHotMeanIoU(3)] });
 */
export class OneHotMeanIoU extends OneHotClassIoU {
  static readonly className = 'OneHotMeanIoU';
  readonly className = OneHotMeanIoU.className;

  /** @param numClasses how many classes there are */
  constructor(numClasses: number, options: OneHotIoUOptions = {}) {
    super(options.name ?? 'oneHotMeanIoU', numClasses, everyClass(numClasses), options);
  }

  static fromConfig(config: JsonObject): OneHotMeanIoU {
    const { numClasses, ...options } = readMetricConfig(OneHotMeanIoU.className, config, readOneHotOptions);
    return new OneHotMeanIoU(numClasses, options);
  }
}

/** Makes a `OneHotMeanIoU`. */
export const oneHotMeanIoU = (numClasses: number, options?: OneHotIoUOptions): OneHotMeanIoU =>
  new OneHotMeanIoU(numClasses, options);
