/**
 * Integrated Gradients: how much each input contributed to the change of a score from a baseline to the sample.
 *
 *   attribution_i = (x_i - baseline_i) · ∫₀¹ ∂score(baseline + α (x - baseline)) / ∂x_i dα
 *
 * The attributions of a sample add up to score(x) - score(baseline); how far the numeric integral misses that is
 * reported as the completeness error. Source: Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks" (2017).
 */
import { ArgumentError, type HostArray, hostArray, ShapeError, type Tensor } from '@hadal/core';
import { gaussLegendre, type Quadrature, trapezoid } from './quadrature';
import { targetGradients } from './saliency';
import {
  batchesOf,
  DEFAULT_BATCH_SIZE,
  type Explainable,
  hostInputs,
  onDevice,
  resolveTargets,
  scoresOf,
  type TargetOptions,
} from './scores';

export interface IntegratedGradientsOptions extends TargetOptions {
  /**
   * What "nothing" looks like: a number for all inputs, one sample (without batch axis), or a batch like the inputs.
   * Default 0: black images.
   */
  readonly baseline?: number | Tensor | HostArray;
  /** Points of the integral (of 'trapezoid': intervals). More points, smaller completeness error. Default 32. */
  readonly steps?: number;
  /** How the integral is computed. Default 'gaussLegendre', the more exact one for the same work. */
  readonly method?: 'gaussLegendre' | 'trapezoid';
}

export interface IntegratedGradients {
  /** Signed contributions, of the shape and dtype of the inputs. */
  readonly attributions: HostArray;
  /** The class explained for each sample. */
  readonly targets: readonly number[];
  /** score(x) - score(baseline) of each sample: what its attributions should add up to. */
  readonly scoreChanges: readonly number[];
  /** Sum of the attributions minus the change of the score, for each sample. */
  readonly completenessErrors: readonly number[];
}

export const INTEGRATED_GRADIENTS_DEFAULTS = { baseline: 0, steps: 32, method: 'gaussLegendre' } as const;

const WHERE = 'integratedGradients';

/**
 * Attributes each sample's target score to its inputs.
 *
 * @param model  a model or a function, see `Explainable`
 * @param inputs a batch [n, …]
 * @throws {ShapeError} when inputs, scores or baseline do not fit
 * @throws {ArgumentError} when `steps` is not a positive integer or a target is not a class
 * @example
 * const { attributions, completenessErrors } = await integratedGradients(model, images, { steps: 64 });
 */
export async function integratedGradients(
  model: Explainable,
  inputs: Tensor | HostArray,
  options: IntegratedGradientsOptions = {},
): Promise<IntegratedGradients> {
  const { baseline, steps, method } = { ...INTEGRATED_GRADIENTS_DEFAULTS, ...options };
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw new ArgumentError(WHERE, `steps is ${steps}; expected an integer from 1.`);
  }
  const rule = method === 'trapezoid' ? trapezoid(steps) : gaussLegendre(steps);
  const batch = await hostInputs(WHERE, inputs);
  const start = await baselineOf(baseline, batch);
  const targets = await resolveTargets(WHERE, model, batch, options);

  const averages = await averageGradients(model, batch, start, targets, rule, options);
  const attributions = hostArray(batch.dtype, batch.data.length);
  for (let index = 0; index < attributions.length; index++) {
    attributions[index] = (batch.data[index]! - start.data[index]!) * averages[index]!;
  }
  const before = await targetScores(model, start, targets, options);
  const after = await targetScores(model, batch, targets, options);
  const scoreChanges = targets.map((_, sample) => after[sample]! - before[sample]!);
  const size = attributions.length / targets.length;
  const completenessErrors = scoreChanges.map((change, sample) => {
    let total = 0;
    for (let element = sample * size; element < (sample + 1) * size; element++)
      total += attributions[element]!;
    return total - change;
  });
  return { attributions: { ...batch, data: attributions }, targets, scoreChanges, completenessErrors };
}

/** The baseline as a batch like the inputs. */
async function baselineOf(baseline: number | Tensor | HostArray, inputs: HostArray): Promise<HostArray> {
  const data = hostArray(inputs.dtype, inputs.data.length);
  if (typeof baseline === 'number') return { ...inputs, data: data.fill(baseline) };
  const given = baseline.shape.join(', ');
  const isSample = given === inputs.shape.slice(1).join(', ');
  if (!isSample && given !== inputs.shape.join(', ')) {
    throw new ShapeError(
      WHERE,
      `the baseline has shape [${given}], the inputs [${inputs.shape.join(', ')}].`,
      'Expected a number, one sample without batch axis, or a batch like the inputs.',
    );
  }
  const values = typeof baseline.data === 'function' ? await baseline.data() : baseline.data;
  for (let at = 0; at < data.length; at += values.length) data.set(values, at);
  return { ...inputs, data };
}

/**
 * The weighted mean of the gradients along the path of each sample, summed in float64. Samples share a run of the model
 * where the points of several fit into a batch.
 */
async function averageGradients(
  model: Explainable,
  inputs: HostArray,
  start: HostArray,
  targets: readonly number[],
  { points, weights }: Quadrature,
  options: TargetOptions,
): Promise<Float64Array> {
  const [count = 0, ...sample] = inputs.shape;
  const size = inputs.data.length / count;
  const averages = new Float64Array(inputs.data.length);
  const perRun = Math.max(1, Math.floor((options.batchSize ?? DEFAULT_BATCH_SIZE) / points.length));
  for (let first = 0; first < count; first += perRun) {
    const samples = Array.from({ length: Math.min(perRun, count - first) }, (_, index) => first + index);
    const data = hostArray(inputs.dtype, samples.length * points.length * size);
    let at = 0;
    for (const index of samples) {
      for (const point of points) {
        for (let element = index * size; element < (index + 1) * size; element++) {
          const from = start.data[element]!;
          data[at++] = from + point * (inputs.data[element]! - from);
        }
      }
    }
    const shape = [samples.length * points.length, ...sample];
    const repeated = samples.flatMap((index) => points.map(() => targets[index]!));
    const slopes = await targetGradients(
      WHERE,
      model,
      { data, shape, dtype: inputs.dtype },
      repeated,
      options,
    );
    for (const [row, index] of samples.entries()) {
      for (const [step, weight] of weights.entries()) {
        const from = (row * points.length + step) * size;
        for (let element = 0; element < size; element++) {
          averages[index * size + element]! += weight * slopes[from + element]!;
        }
      }
    }
  }
  return averages;
}

async function targetScores(
  model: Explainable,
  inputs: HostArray,
  targets: readonly number[],
  { score, batchSize }: TargetOptions,
): Promise<readonly number[]> {
  const found: number[] = [];
  for (const { start, batch } of batchesOf(WHERE, inputs, batchSize)) {
    const scores = scoresOf(WHERE, model, onDevice(batch), score);
    const values = await scores.data();
    const classes = scores.shape[1]!;
    for (let row = 0; row < batch.shape[0]!; row++)
      found.push(values[row * classes + targets[start + row]!]!);
  }
  return found;
}
