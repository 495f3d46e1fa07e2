/** Turns what `fit` and `evaluate` are given into datasets of batches, and batches into checked arrays. */
import type { Dataset, HostArray, HostArrays, TrainingBatch } from '@hadal/core';
import { ArgumentError, DataError, hostValues, Tensor } from '@hadal/core';
import { type Arrangement, ONE, type Replaced, type Tensors } from '../layer/arrangement';
import type { LayerShape } from '../layer/shape';
import { isDataset } from '../model/predict';
import { ArrayDataset, type ArraySamples, mapSamples } from './array-dataset';
import {
  type ArrayInput,
  batchArrays,
  isHostArray,
  requireFilled,
  rows,
  sampleCount,
  toHostArrays,
} from './arrays';
import type { OutputRules } from './compiled';

/** Batches with targets. */
export type TrainingData = Dataset<TrainingBatch>;

/** Validation or test data: a dataset of batches, or inputs and targets. */
export type EvaluationData<In extends Tensors = Tensor, Out extends Tensors = Tensor> =
  | TrainingData
  | readonly [x: Replaced<In, ArrayInput>, y: Replaced<Out, ArrayInput>];

/** How the arrays of a model are arranged. */
export interface DataForm {
  readonly inputs: Arrangement;
  readonly outputs: Arrangement;
}

/** A weight for each class number; classes that are not named weigh 1. */
export type ClassWeight = Readonly<Record<number, number>>;

export interface ArrayFitOptions {
  readonly batchSize: number;
  /** Shuffles every epoch when given. */
  readonly shuffleSeed: number | undefined;
  /** The part of the samples, at the end, that is kept for validation. */
  readonly validationSplit: number;
  readonly sampleWeight: unknown;
  readonly form: DataForm;
  /** Checks all samples before any is used, while positions are still those that the user knows. */
  readonly check: (samples: ArraySamples) => void;
}

/** Arrays as they are, arranged as the model takes and gives them. */
export async function readSamples(
  where: string,
  { inputs, outputs }: DataForm,
  x: unknown,
  y: unknown,
  sampleWeight?: unknown,
): Promise<ArraySamples> {
  const read = async (name: string, arrangement: Arrangement, value: unknown): Promise<HostArrays> =>
    arrangement.arrange(await toHostArrays(where, name, arrangement, value, { Tensor, hostValues }));
  return {
    x: await read('x', inputs, x),
    y: await read('y', outputs, y),
    ...(sampleWeight === undefined
      ? {}
      : { sampleWeight: await read('sampleWeight', weightForm(outputs, sampleWeight), sampleWeight) }),
  };
}

/** Weights are arranged as the outputs are, or the same for all of them. */
const weightForm = (outputs: Arrangement, weights: unknown): Arrangement =>
  outputs.kind === 'one' || isArrangedAs(outputs, weights) ? outputs : ONE;

function isArrangedAs(outputs: Arrangement, weights: unknown): boolean {
  if (outputs.kind === 'list') {
    return Array.isArray(weights) && weights.every((each) => typeof each === 'object');
  }
  return (
    typeof weights === 'object' && weights !== null && !ArrayBuffer.isView(weights) && !('data' in weights)
  );
}

/** Arrays as training data, and the part split off for validation. */
export async function arrayTrainingData(
  x: unknown,
  y: unknown,
  { batchSize, shuffleSeed, validationSplit, sampleWeight, check, form }: ArrayFitOptions,
): Promise<{ readonly train: TrainingData; readonly validation: TrainingData | undefined }> {
  const samples = await readSamples('fit', form, x, y, sampleWeight);
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
  const cut = (from: number, to: number): ArraySamples =>
    mapSamples(samples, (array) => rows(array, from, to));
  return {
    train: new ArrayDataset('fit', cut(0, kept), { batchSize, shuffleSeed }),
    validation: new ArrayDataset('fit', cut(kept, all.samples), { batchSize }),
  };
}

/** Evaluation data as a dataset. */
export async function evaluationDataset(
  where: string,
  data: unknown,
  batchSize: number,
  form: DataForm,
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
  return new ArrayDataset(where, await readSamples(where, form, x, y), { batchSize });
}

/** One batch, checked, ready to be uploaded. */
export interface CheckedBatch {
  readonly x: readonly HostArray[];
  readonly y: readonly HostArray[];
  /** One for each output, or undefined where its samples count alike. */
  readonly weights: readonly (HostArray | undefined)[];
  readonly samples: number;
}

/** What a batch has to suit. */
export interface BatchRules {
  readonly form: DataForm;
  readonly outputs: readonly OutputRules[];
  readonly outputShapes: readonly LayerShape[];
  readonly classWeight?: ClassWeight | undefined;
}

/**
 * Checks one batch: arrays are whole, counts agree, and targets suit the losses.
 *
 * @throws {DataError} when they do not
 */
export function checkBatch(
  where: string,
  batch: TrainingBatch,
  { form, outputs, outputShapes, classWeight }: BatchRules,
): CheckedBatch {
  const x = batchArrays(where, 'x', form.inputs, batch.x);
  if (batch.y === undefined) {
    throw new DataError(
      where,
      'the dataset gives inputs without targets.',
      'Every element must be { x, y }.',
    );
  }
  const y = batchArrays(where, 'y', form.outputs, batch.y);
  const weights = weightArrays(where, form.outputs, batch.sampleWeight);
  const samples = sampleCount(where, form.inputs.nameOf('x', 0), x[0]!);
  checkCounts(where, form.inputs, 'x', x, samples);
  checkCounts(where, form.outputs, 'y', y, samples);
  checkCounts(where, form.outputs, 'sampleWeight', weights, samples);
  for (const [index, { loss }] of outputs.entries()) {
    const targets = y[index];
    if (targets !== undefined) loss?.checkTargets(targets, outputShapes[index] ?? []);
  }
  if (classWeight === undefined) return { x, y, weights, samples };
  const [targets] = y;
  if (y.length !== 1 || targets === undefined) {
    throw new ArgumentError(
      where,
      'classWeight is for models with one output.',
      'Pass a sampleWeight for each output instead.',
    );
  }
  return { x, y, weights: [weigh(where, targets, weights[0], classWeight)], samples };
}

/** Arrays of a batch are whole and have a row for each sample. This runs at every step, and so it makes nothing. */
function checkCounts(
  where: string,
  arrangement: Arrangement,
  label: string,
  arrays: readonly (HostArray | undefined)[],
  samples: number,
): void {
  for (let index = 0; index < arrays.length; index++) {
    const array = arrays[index];
    if (array === undefined) continue;
    const name = arrangement.nameOf(label, index);
    requireFilled(where, name, array);
    const count = sampleCount(where, name, array);
    if (count === samples) continue;
    throw new DataError(
      where,
      `a batch has ${samples} inputs and ${count} in ${name}.`,
      'If the dataset is not batched yet, add .batch(32).',
    );
  }
}

function weightArrays(
  where: string,
  outputs: Arrangement,
  weights: HostArrays | undefined,
): readonly (HostArray | undefined)[] {
  const count = outputs.count;
  if (weights === undefined) return new Array<undefined>(count).fill(undefined);
  if (outputs.kind !== 'one' && isHostArray(weights)) return new Array<HostArray>(count).fill(weights);
  return batchArrays(where, 'sampleWeight', outputs, weights);
}

/** Sample weights times class weights. */
function weigh(
  where: string,
  y: HostArray,
  sampleWeight: HostArray | undefined,
  classWeight: ClassWeight,
): HostArray {
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
