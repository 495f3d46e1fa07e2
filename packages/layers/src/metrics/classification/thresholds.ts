/**
 * Yes-or-no decisions: outputs above thresholds, or among the largest of their row, beside targets; over all columns or
 * over one class.
 */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, greater, logicalAnd, oneHot, sum, tensor, topK } from '@hadal/core';
import { requirePositiveInteger } from '../../layer/rules';
import { matchTargets } from '../../losses/loss';
import { type MetricOptions, readMetricConfig, readOptionalInteger } from '../options';
import { weightsOf } from '../weights';

export interface ThresholdOptions extends MetricOptions {
  /** Outputs above it count as positive (default 0.5, or all with `topK`); several give one figure each. */
  readonly thresholds?: number | readonly number[];
  /** Looks only at this column of the outputs. */
  readonly classId?: number;
}

export interface TopKThresholdOptions extends ThresholdOptions {
  /** Only the k largest outputs of a row may count as positive: precision or recall at k. */
  readonly topK?: number;
}

/** Where yes begins, if nothing else is said. */
const HALF = 0.5;

/** Checks options. */
export function requireThresholds(
  where: string,
  { thresholds = HALF, classId, topK: k }: TopKThresholdOptions,
): void {
  const levels = typeof thresholds === 'number' ? [thresholds] : thresholds;
  if (levels.length === 0) throw new ArgumentError(where, 'thresholds is empty; give at least one.');
  const wrong = levels.find((level) => !(level >= 0 && level <= 1));
  if (wrong !== undefined) {
    throw new ArgumentError(
      where,
      `a threshold is ${wrong}; expected numbers in [0, 1].`,
      'Outputs are probabilities: end the model with a sigmoid or a softmax.',
    );
  }
  if (k !== undefined) requirePositiveInteger(where, 'topK', k);
  requireClassId(where, classId);
}

/** Checks the number of a column. */
export function requireClassId(where: string, classId: number | undefined): void {
  if (classId !== undefined && !(Number.isSafeInteger(classId) && classId >= 0)) {
    throw new ArgumentError(where, `classId is ${classId}; expected a column number.`);
  }
}

/** The shape of a figure for each threshold: a scalar for a single number. */
export const shapeOfThresholds = (thresholds: number | readonly number[] | undefined): readonly number[] =>
  thresholds === undefined || typeof thresholds === 'number' ? [] : [thresholds.length];

export interface Decisions {
  /** Targets that are positive. */
  readonly actual: Tensor;
  /** Outputs that are called positive; several thresholds are an axis in front. */
  readonly predicted: Tensor;
  /** How many there are of what holds of decisions, by weight; one figure for each threshold. */
  count(which: Tensor): Tensor;
}

/** Compares outputs with thresholds. Targets are 0 or 1, or class numbers where outputs have several columns. */
export function decide(
  where: string,
  { thresholds, classId, topK: k }: TopKThresholdOptions,
  yTrue: Tensor,
  yPred: Tensor,
  sampleWeight: Tensor | undefined,
): Decisions {
  const targets = columnOf(where, denseTargets(where, yTrue, yPred), classId);
  const outputs = columnOf(where, yPred, classId);
  const isEach = thresholds !== undefined && typeof thresholds !== 'number';
  const levels = isEach
    ? tensor([...thresholds]).reshape([thresholds.length, ...outputs.shape.map(() => 1)])
    : (thresholds ?? HALF);
  const largest = k === undefined ? undefined : columnOf(where, amongLargest(where, yPred, k), classId);
  const isAbove = (): Tensor => greater(outputs, levels);
  const axes = isEach ? { axis: outputs.shape.map((_, axis) => axis + 1) } : undefined;
  const weights = weightsOf(outputs, yPred, sampleWeight);
  const predicted =
    largest === undefined ? isAbove() : thresholds === undefined ? largest : logicalAnd(largest, isAbove());
  return {
    actual: targets.cast('bool'),
    predicted,
    count(which) {
      const ones = which.cast('float32');
      return sum(weights === undefined ? ones : ones.mul(weights), axes);
    },
  };
}

/** Which outputs are the k largest of their row; of equal ones the first. */
function amongLargest(where: string, yPred: Tensor, k: number): Tensor {
  const columns = yPred.shape.at(-1) ?? 1;
  if (k > columns) {
    throw new ArgumentError(where, `topK is ${k}, but outputs have ${columns} columns.`);
  }
  return sum(oneHot(topK(yPred, k).indices, columns), -2).cast('bool');
}

/** One column of outputs or targets, or all. */
export function columnOf(where: string, x: Tensor, classId: number | undefined): Tensor {
  if (classId === undefined) return x;
  const columns = x.shape.at(-1) ?? 0;
  if (classId >= columns) {
    throw new ArgumentError(where, `classId is ${classId}, but outputs have ${columns} columns.`);
  }
  const start = x.shape.map((_, axis) => (axis === x.rank - 1 ? classId : 0));
  const limit = x.shape.map((extent, axis) => (axis === x.rank - 1 ? classId + 1 : extent));
  return x.slice(start, limit);
}

/** Targets of the shape of the outputs; class numbers become one-hot. */
export function denseTargets(where: string, yTrue: Tensor, yPred: Tensor): Tensor {
  const columns = yPred.shape.at(-1) ?? 1;
  const isSparse = columns > 1 && (yTrue.rank < yPred.rank || yTrue.shape.at(-1) === 1);
  if (!isSparse) return matchTargets(where, yTrue, yPred);
  const labels = yTrue.rank < yPred.rank ? yTrue : yTrue.reshape(yTrue.shape.slice(0, -1));
  return oneHot(labels.cast('int32'), columns, { dtype: yPred.dtype });
}

/** Options as a metric saves them. */
export function thresholdsConfig(name: string, { thresholds, classId }: ThresholdOptions): JsonObject {
  return { name, thresholds: thresholds ?? null, classId: classId ?? null };
}

/** The entries that `thresholdsConfig` wrote. */
export const readThresholds = (className: string, config: JsonObject): ThresholdOptions =>
  readMetricConfig(className, config, thresholdEntries);

/** The same with the entry `topK`. */
export const readTopKThresholds = (className: string, config: JsonObject): TopKThresholdOptions =>
  readMetricConfig(className, config, (reader) => ({
    ...thresholdEntries(reader),
    topK: readOptionalInteger(reader, 'topK'),
  }));

function thresholdEntries(reader: ConfigReader): ThresholdOptions {
  const given = reader.value('thresholds');
  return {
    thresholds:
      given === undefined || typeof given === 'number'
        ? reader.optionalNumber('thresholds')
        : reader.numbers('thresholds'),
    classId: readOptionalInteger(reader, 'classId'),
  };
}
