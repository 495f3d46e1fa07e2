/** Yes-or-no decisions: outputs above thresholds beside targets, over all columns or over one class. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, greater, oneHot, sum, tensor } from '@hadal/core';
import { alignWeights, matchTargets } from '../losses/loss';

export interface ThresholdOptions {
  /** For logs. */
  readonly name?: string;
  /** Outputs above it count as positive (default 0.5); several give one figure each. */
  readonly thresholds?: number | readonly number[];
  /** Looks only at this column of the outputs. */
  readonly classId?: number;
}

/** Checks options. */
export function requireThresholds(where: string, { thresholds = 0.5, classId }: ThresholdOptions): void {
  if (typeof thresholds !== 'number' && thresholds.length === 0)
    throw new ArgumentError(where, 'thresholds is empty; give at least one.');
  requireClassId(where, classId);
}

/** Checks the number of a column. */
export function requireClassId(where: string, classId: number | undefined): void {
  if (classId !== undefined && !(Number.isSafeInteger(classId) && classId >= 0)) {
    throw new ArgumentError(where, `classId is ${classId}; expected a column number.`);
  }
}

/** The shape of a figure for each threshold: a scalar for a single number. */
export const shapeOfThresholds = (thresholds: number | readonly number[]): readonly number[] =>
  typeof thresholds === 'number' ? [] : [thresholds.length];

export interface Decisions {
  /** Targets that are positive. */
  readonly actual: Tensor;
  /** Outputs above each threshold; several thresholds are an axis in front. */
  readonly predicted: Tensor;
  /** How many there are of what holds of decisions, by weight; one figure for each threshold. */
  count(which: Tensor): Tensor;
}

/** Compares outputs with thresholds. Targets are 0 or 1, or class numbers where outputs have several columns. */
export function decide(
  where: string,
  { thresholds = 0.5, classId }: ThresholdOptions,
  yTrue: Tensor,
  yPred: Tensor,
  sampleWeight: Tensor | undefined,
): Decisions {
  const targets = columnOf(where, denseTargets(where, yTrue, yPred), classId);
  const outputs = columnOf(where, yPred, classId);
  const isSingle = typeof thresholds === 'number';
  const levels = isSingle
    ? thresholds
    : tensor([...thresholds]).reshape([thresholds.length, ...outputs.shape.map(() => 1)]);
  const axes = isSingle ? undefined : { axis: outputs.shape.map((_, axis) => axis + 1) };
  const weights = sampleWeight === undefined ? undefined : alignWeights(sampleWeight, outputs);
  return {
    actual: targets.cast('bool'),
    predicted: greater(outputs, levels),
    count(which) {
      const ones = which.cast('float32');
      return sum(weights === undefined ? ones : ones.mul(weights), axes);
    },
  };
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
  const sparse = columns > 1 && (yTrue.rank < yPred.rank || yTrue.shape.at(-1) === 1);
  if (!sparse) return matchTargets(where, yTrue, yPred);
  const labels = yTrue.rank < yPred.rank ? yTrue : yTrue.reshape(yTrue.shape.slice(0, -1));
  return oneHot(labels.cast('int32'), columns, { dtype: yPred.dtype });
}

/** Options as a metric saves them. */
export function readThresholds(className: string, config: JsonObject): ThresholdOptions {
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
