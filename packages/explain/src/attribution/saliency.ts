/**
 * Saliency: the gradient of a score with respect to the input. It says which inputs a small change of would move the
 * score most. Source: Simonyan, Vedaldi, Zisserman, "Deep Inside Convolutional Networks" (2013).
 */
import { gradients, type HostArray, ShapeError, type Tensor } from '@hadal/core';
import {
  batchesOf,
  type Explainable,
  hostInputs,
  onDevice,
  resolveTargets,
  scoresOf,
  sumOfTargets,
  type TargetOptions,
} from './scores';

export interface SaliencyOptions extends TargetOptions {
  /** Magnitudes instead of signed gradients. Default true. */
  readonly absolute?: boolean;
  /**
   * 'max' reduces images [n, height, width, channels] to [n, height, width] by the largest value over the channels,
   * 'keep' gives every input its own. Default: 'max' for images, 'keep' for everything else.
   */
  readonly channels?: 'max' | 'keep';
}

export interface Saliency {
  /** [n, height, width] for images reduced over channels, otherwise the shape of the inputs; the inputs' dtype. */
  readonly attributions: HostArray;
  /** The class explained for each sample. */
  readonly targets: readonly number[];
}

/** Axes of a batch of images. */
const IMAGE_RANK = 4;

/**
 * The gradient of each sample's target score with respect to its inputs.
 *
 * @param model  a model or a function, see `Explainable`
 * @param inputs a batch [n, …]
 * @throws {ShapeError} when the inputs or the scores are not batches, or channels should be reduced where there are none
 * @throws {ArgumentError} when a target is not a class
 * @example
 * const { attributions } = await saliency(model, images);
 * const picture = overlay(sampleOf(images, 0), sampleOf(attributions, 0));
 */
export async function saliency(
  model: Explainable,
  inputs: Tensor | HostArray,
  options: SaliencyOptions = {},
): Promise<Saliency> {
  const batch = await hostInputs('saliency', inputs);
  const rank = batch.shape.length;
  const { absolute = true, channels = rank === IMAGE_RANK ? 'max' : 'keep' } = options;
  if (channels === 'max' && rank !== IMAGE_RANK) {
    throw new ShapeError(
      'saliency',
      `channels: 'max' needs images [n, height, width, channels]; the inputs have shape [${batch.shape.join(', ')}].`,
    );
  }
  const targets = await resolveTargets('saliency', model, batch, options);
  const slopes = await targetGradients('saliency', model, batch, targets, options);
  const values = absolute ? slopes.map(Math.abs) : slopes;
  if (channels === 'keep') return { attributions: { ...batch, data: values }, targets };
  const attributions = { data: maxOverChannels(values, batch.shape[3]!), shape: batch.shape.slice(0, 3) };
  return { attributions: { ...attributions, dtype: batch.dtype }, targets };
}

/** Gradients of the target scores with respect to all inputs, computed in parts of `batchSize`. */
export async function targetGradients(
  where: string,
  model: Explainable,
  inputs: HostArray,
  targets: readonly number[],
  { score, batchSize }: TargetOptions,
): Promise<HostArray['data']> {
  const result = inputs.data.slice();
  const size = result.length / inputs.shape[0]!;
  for (const { start, batch } of batchesOf(where, inputs, batchSize)) {
    const x = onDevice(batch);
    const scores = scoresOf(where, model, x, score);
    const total = sumOfTargets(where, scores, targets.slice(start, start + batch.shape[0]!));
    const [slope] = gradients(total, [x]);
    result.set(await slope!.data(), start * size);
  }
  return result;
}

function maxOverChannels(values: HostArray['data'], channels: number): HostArray['data'] {
  const pixels = values.length / channels;
  const result = values.slice(0, pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    result[pixel] = Math.max(...values.subarray(pixel * channels, (pixel + 1) * channels));
  }
  return result;
}
