/** Precision and recall of thresholded outputs, as Keras counts them: over all columns, or over one class. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import {
  ArgumentError,
  ConfigReader,
  greater,
  logicalAnd,
  logicalNot,
  oneHot,
  sum,
  tensor,
} from '@hadal/core';
import { alignWeights, matchTargets } from '../losses/loss';
import { divideOrZero, Metric } from './metric';

export interface ThresholdOptions {
  /** For logs. */
  readonly name?: string;
  /** Outputs above it count as positive (default 0.5); several give one figure each. */
  readonly thresholds?: number | readonly number[];
  /** Looks only at this column of the outputs. */
  readonly classId?: number;
}

/** Counts what Precision and Recall divide. */
abstract class ThresholdMetric extends Metric {
  readonly direction = 'up';
  readonly thresholds: number | readonly number[];
  readonly classId: number | undefined;
  readonly #levels: readonly number[];
  readonly #truePositives: Variable;
  readonly #mistakes: Variable;

  constructor(name: string, { thresholds = 0.5, classId }: ThresholdOptions) {
    super(name);
    this.#levels = typeof thresholds === 'number' ? [thresholds] : thresholds;
    if (this.#levels.length === 0) throw new ArgumentError(name, 'thresholds is empty; give at least one.');
    if (classId !== undefined && !(Number.isSafeInteger(classId) && classId >= 0)) {
      throw new ArgumentError(name, `classId is ${classId}; expected a column number.`);
    }
    this.thresholds = thresholds;
    this.classId = classId;
    const shape = typeof thresholds === 'number' ? [] : [thresholds.length];
    this.#truePositives = this.addState('truePositives', shape);
    this.#mistakes = this.addState('mistakes', shape);
  }

  /** Which errors enter the denominator. */
  protected abstract mistaken(actual: Tensor, predicted: Tensor): Tensor;

  override updateState(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const targets = this.#column(denseTargets(this.name, yTrue, yPred));
    const outputs = this.#column(yPred);
    // One leading axis per threshold, or none for a single number.
    const single = typeof this.thresholds === 'number';
    const levels = single
      ? this.#levels[0]!
      : tensor([...this.#levels]).reshape([this.#levels.length, ...outputs.shape.map(() => 1)]);
    const predicted = greater(outputs, levels);
    const actual = targets.cast('bool');
    const axes = single ? undefined : { axis: outputs.shape.map((_, axis) => axis + 1) };
    const weights = sampleWeight === undefined ? undefined : alignWeights(sampleWeight, outputs);
    const count = (which: Tensor): Tensor => {
      const ones = which.cast('float32');
      return sum(weights === undefined ? ones : ones.mul(weights), axes);
    };
    const hits = count(logicalAnd(actual, predicted));
    const misses = count(this.mistaken(actual, predicted));
    this.#truePositives.assign(this.#truePositives.value.add(hits));
    this.#mistakes.assign(this.#mistakes.value.add(misses));
  }

  override result(): Tensor {
    const hits = this.#truePositives.value;
    return divideOrZero(hits, hits.add(this.#mistakes.value));
  }

  override getConfig(): JsonObject {
    return { name: this.name, thresholds: this.thresholds, classId: this.classId ?? null };
  }

  #column(x: Tensor): Tensor {
    const { classId } = this;
    if (classId === undefined) return x;
    const columns = x.shape.at(-1) ?? 0;
    if (classId >= columns) {
      throw new ArgumentError(this.name, `classId is ${classId}, but outputs have ${columns} columns.`);
    }
    const start = x.shape.map((_, axis) => (axis === x.rank - 1 ? classId : 0));
    const limit = x.shape.map((extent, axis) => (axis === x.rank - 1 ? classId + 1 : extent));
    return x.slice(start, limit);
  }
}

/** Targets of the shape of the outputs; class numbers become one-hot. */
function denseTargets(where: string, yTrue: Tensor, yPred: Tensor): Tensor {
  const columns = yPred.shape.at(-1) ?? 1;
  const sparse = columns > 1 && (yTrue.rank < yPred.rank || yTrue.shape.at(-1) === 1);
  if (!sparse) return matchTargets(where, yTrue, yPred);
  const labels = yTrue.rank < yPred.rank ? yTrue : yTrue.reshape(yTrue.shape.slice(0, -1));
  return oneHot(labels.cast('int32'), columns, { dtype: yPred.dtype });
}

function readThresholds(className: string, config: JsonObject): ThresholdOptions {
  const reader = new ConfigReader(className, config);
  const given = reader.value('thresholds');
  const options = {
    name: reader.string('name'),
    thresholds: typeof given === 'number' ? reader.number('thresholds') : reader.numbers('thresholds'),
    classId: reader.value('classId') === undefined ? undefined : reader.integer('classId'),
  };
  reader.done();
  return options;
}

/** How many of the outputs called positive are: true positives / (true positives + false positives). */
export class Precision extends ThresholdMetric {
  static readonly className = 'Precision';
  readonly className = Precision.className;

  constructor(options: ThresholdOptions = {}) {
    super(options.name ?? 'precision', options);
  }

  protected override mistaken(actual: Tensor, predicted: Tensor): Tensor {
    return logicalAnd(logicalNot(actual), predicted);
  }

  static fromConfig(config: JsonObject): Precision {
    return new Precision(readThresholds(Precision.className, config));
  }
}

/** How many of the positive targets are found: true positives / (true positives + false negatives). */
export class Recall extends ThresholdMetric {
  static readonly className = 'Recall';
  readonly className = Recall.className;

  constructor(options: ThresholdOptions = {}) {
    super(options.name ?? 'recall', options);
  }

  protected override mistaken(actual: Tensor, predicted: Tensor): Tensor {
    return logicalAnd(actual, logicalNot(predicted));
  }

  static fromConfig(config: JsonObject): Recall {
    return new Recall(readThresholds(Recall.className, config));
  }
}
