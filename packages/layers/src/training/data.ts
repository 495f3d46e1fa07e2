/** Turns what `fit` and `evaluate` are given into datasets of batches, and batches into checked arrays. */
import type { Dataset, HostArray, TrainingBatch } from '@hadal/core';
import { ArgumentError, DataError } from '@hadal/core';
import type { LayerShape } from '../layer/shape';
import type { Loss } from '../losses/loss';
import { isDataset } from '../model/predict';
import { ArrayDataset, type ArraySamples } from './array-dataset';
import { type ArrayInput, requireFilled, rows, sampleCount, soleArray, toHostArray } from './arrays';

/** Batches with targets. */
export type TrainingData = Dataset<TrainingBatch>;

/** Validation or test data: a dataset of batches, or inputs and targets. */
export type EvaluationData = TrainingData | readonly [x: ArrayInput, y: ArrayInput];

/** A weight for each class number; classes that are not named weigh 1. */
export type ClassWeight = Readonly<Record<number, number>>;

export interface ArrayFitOptions {
  readonly batchSize: number;
  /** Shuffles every epoch when given. */
  readonly shuffleSeed: number | undefined;
  /** The part of the samples, at the end, that is kept for validation. */
  readonly validationSplit: number;
  readonly sampleWeight: ArrayInput | undefined;
  /** Checks all samples before any is used, while positions are still those that the user knows. */
  readonly check: (samples: ArraySamples) => void;
}

/** Arrays as training data, and the part split off for validation. */
export async function arrayTrainingData(
  x: ArrayInput,
  y: ArrayInput,
  { batchSize, shuffleSeed, validationSplit, sampleWeight, check }: ArrayFitOptions,
): Promise<{ readonly train: TrainingData; readonly validation: TrainingData | undefined }> {
  const samples: ArraySamples = {
    x: await toHostArray('fit', 'x', x),
    y: await toHostArray('fit', 'y', y),
    ...(sampleWeight === undefined
      ? {}
      : { sampleWeight: await toHostArray('fit', 'sampleWeight', sampleWeight) }),
  };
  const all = new ArrayDataset('fit', samples, { batchSize, shuffleSeed });
  check(samples);
  if (validationSplit === 0) return { train: all, validation: undefined };
  if (!(validationSplit > 0 && validationSplit < 1)) {
    throw new ArgumentError('fit', `validationSplit is ${validationSplit}; expected a fraction in [0, 1).`);
  }
  const kept = Math.floor(all.samples * (1 - validationSplit));
  if (kept === 0 || kept === all.samples) {
    throw new DataError(
      'fit',
      `validationSplit ${validationSplit} of ${all.samples} samples leaves nothing to ${kept === 0 ? 'train' : 'validate'} on.`,
    );
  }
  const cut = (from: number, to: number): ArraySamples => ({
    x: rows(samples.x, from, to),
    ...(samples.y === undefined ? {} : { y: rows(samples.y, from, to) }),
    ...(samples.sampleWeight === undefined ? {} : { sampleWeight: rows(samples.sampleWeight, from, to) }),
  });
  return {
    train: new ArrayDataset('fit', cut(0, kept), { batchSize, shuffleSeed }),
    validation: new ArrayDataset('fit', cut(kept, all.samples), { batchSize }),
  };
}

/** Evaluation data as a dataset. */
export async function evaluationDataset(
  where: string,
  data: EvaluationData,
  batchSize: number,
): Promise<TrainingData> {
  if (isDataset(data)) return data;
  if (!Array.isArray(data) || data.length !== 2) {
    throw new ArgumentError(
      where,
      'validation or test data must be a dataset of batches or a pair [x, y].',
      'For arrays write validationData: [x, y].',
    );
  }
  const [x, y] = data;
  const samples = { x: await toHostArray(where, 'x', x), y: await toHostArray(where, 'y', y) };
  return new ArrayDataset(where, samples, { batchSize });
}

/** One batch, checked, ready to be uploaded. */
export interface CheckedBatch {
  readonly x: HostArray;
  readonly y: HostArray;
  readonly weight: HostArray | undefined;
  readonly samples: number;
}

/**
 * Checks one batch: arrays are whole, counts agree, and targets suit the loss.
 *
 * @throws {DataError} when they do not
 */
export function checkBatch(
  where: string,
  batch: TrainingBatch,
  loss: Loss,
  outputShape: LayerShape,
  classWeight?: ClassWeight,
): CheckedBatch {
  const x = soleArray(where, 'x', batch.x);
  requireFilled(where, 'x', x);
  if (batch.y === undefined) {
    throw new DataError(
      where,
      'the dataset gives inputs without targets.',
      'Every element must be { x, y }.',
    );
  }
  const y = soleArray(where, 'y', batch.y);
  requireFilled(where, 'y', y);
  const samples = sampleCount(where, 'x', x);
  for (const [name, array] of Object.entries({ y, sampleWeight: batch.sampleWeight })) {
    if (array === undefined || sampleCount(where, name, array) === samples) continue;
    throw new DataError(
      where,
      `a batch has ${samples} inputs and ${sampleCount(where, name, array)} in ${name}.`,
      'If the dataset is not batched yet, add .batch(32).',
    );
  }
  loss.checkTargets(y, outputShape);
  return { x, y, weight: weigh(where, y, batch.sampleWeight, classWeight), samples };
}

/** Sample weights times class weights. */
function weigh(
  where: string,
  y: HostArray,
  sampleWeight: HostArray | undefined,
  classWeight: ClassWeight | undefined,
): HostArray | undefined {
  if (classWeight === undefined) return sampleWeight;
  const labels = classNumbers(where, y);
  const data = Float32Array.from(labels, (label, index) => {
    const weight = classWeight[label] ?? 1;
    return weight * (sampleWeight?.data[index] ?? 1);
  });
  return { data, shape: [labels.length], dtype: 'float32' };
}

function classNumbers(where: string, { data, shape }: HostArray): readonly number[] {
  const [samples = 0, ...rest] = shape;
  const columns = rest.reduce((product, extent) => product * extent, 1);
  if (rest.length > 1) {
    throw new ArgumentError(
      where,
      `classWeight needs one class per sample, but targets have shape [${shape}].`,
    );
  }
  return Array.from({ length: samples }, (_, row) => {
    const values = data.subarray(row * columns, (row + 1) * columns);
    return columns === 1 ? values[0]! : values.indexOf(Math.max(...values));
  });
}
