/**
 * What is explained: one score of a model per sample. All methods here ask for its value and its gradient.
 */
import { ArgumentError, argMax, type HostArray, oneHot, ShapeError, type Tensor, tensor } from '@hadal/core';
import { type Layer, logitsOf } from '@hadal/layers';

/** A model (any layer), or a function from a batch [n, …] to scores [n, classes] or [n]. */
export type Explainable = Layer | ((inputs: Tensor) => Tensor);

export interface TargetOptions {
  /**
   * The class to explain, for all samples or one each. Default: the class with the highest score of each sample.
   */
  readonly target?: number | readonly number[];
  /**
   * 'logits' explains what the model computes before a final softmax or sigmoid, where it has one: probabilities near
   * 0 and 1 have no gradient left. 'output' explains what the model gives. Default 'logits'.
   */
  readonly score?: 'logits' | 'output';
  /** Samples (or points on their paths) that run through the model at a time. Default 32. */
  readonly batchSize?: number;
}

export const DEFAULT_BATCH_SIZE = 32;

/** Runs the model on a batch and gives its scores as [n, classes]. */
export function scoresOf(
  where: string,
  model: Explainable,
  inputs: Tensor,
  score: TargetOptions['score'],
): Tensor {
  const output = typeof model === 'function' ? model(inputs) : model.apply(inputs);
  return asScores(where, output, score);
}

/** The scores [n, classes] of what a model gave. */
export function asScores(where: string, output: Tensor, score: TargetOptions['score'] = 'logits'): Tensor {
  const logits = logitsOf(output, 'softmax') ?? logitsOf(output, 'sigmoid');
  const scores = score === 'logits' && logits !== undefined ? logits : output;
  if (scores.rank === 1) return scores.expandDims(1);
  if (scores.rank === 2) return scores;
  throw new ShapeError(
    where,
    `the model gives scores of shape [${scores.shape.join(', ')}].`,
    'Expected [n, classes] or [n]; wrap the model in a function that picks what you want explained.',
  );
}

/** The sum over samples of each one's target score: its gradient is every sample's own. */
export function sumOfTargets(where: string, scores: Tensor, targets: readonly number[]): Tensor {
  const classes = scores.shape[1]!;
  for (const target of targets) {
    if (Number.isInteger(target) && target >= 0 && target < classes) continue;
    throw new ArgumentError(
      where,
      `target ${target} is not a class; expected an integer from 0 to ${classes - 1}.`,
    );
  }
  const chosen = oneHot(tensor(Int32Array.from(targets), { shape: [targets.length] }), classes);
  return scores.mul(chosen.cast(scores.dtype)).sum();
}

/** The target of each sample: as given, or the class with the highest score. */
export async function resolveTargets(
  where: string,
  model: Explainable,
  inputs: HostArray,
  options: TargetOptions,
): Promise<readonly number[]> {
  const count = inputs.shape[0]!;
  const { target } = options;
  if (typeof target === 'number') return new Array<number>(count).fill(target);
  if (target !== undefined) {
    if (target.length === count) return target;
    throw new ArgumentError(
      where,
      `${target.length} targets were given for ${count} samples; expected one each.`,
    );
  }
  const found: number[] = [];
  for (const { batch } of batchesOf(where, inputs, options.batchSize)) {
    const best = argMax(scoresOf(where, model, onDevice(batch), options.score), -1);
    found.push(...(await best.data()));
  }
  return found;
}

/**
 * Inputs as a batch on the host.
 *
 * @throws {ShapeError} when there is no batch axis or no sample
 */
export async function hostInputs(where: string, inputs: Tensor | HostArray): Promise<HostArray> {
  const { shape, dtype } = inputs;
  if (shape.length < 2 || shape[0] === 0) {
    throw new ShapeError(
      where,
      `the inputs have shape [${shape.join(', ')}].`,
      'Expected a batch [n, …] of at least one sample; give a single one a batch axis of 1.',
    );
  }
  const data = typeof inputs.data === 'function' ? await inputs.data() : inputs.data;
  // Gradients exist for floating point only: bytes and integers count as the numbers they are.
  return dtype === 'float32' || dtype === 'float64'
    ? { data, shape, dtype }
    : { data: Float32Array.from(data), shape, dtype: 'float32' };
}

export const onDevice = ({ data, shape, dtype }: HostArray): Tensor => tensor(data, { shape, dtype });

/** Consecutive parts of a batch on the host, none longer than `batchSize`. */
export function* batchesOf(
  where: string,
  { data, shape, dtype }: HostArray,
  batchSize = DEFAULT_BATCH_SIZE,
): Generator<{ readonly start: number; readonly batch: HostArray }> {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new ArgumentError(where, `batchSize is ${batchSize}; expected an integer from 1.`);
  }
  const [count = 0, ...sample] = shape;
  const size = data.length / count;
  for (let start = 0; start < count; start += batchSize) {
    const length = Math.min(batchSize, count - start);
    const part = data.slice(start * size, (start + length) * size);
    yield { start, batch: { data: part, shape: [length, ...sample], dtype } };
  }
}
