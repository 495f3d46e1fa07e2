/**
 * Grad-CAM: where in an image a convolution layer saw what speaks for a class.
 *
 * The maps of the layer are added up, each weighted by the mean of the score's gradient over that map; what speaks
 * against the class (below zero) is dropped. Source: Selvaraju et al., "Grad-CAM" (2017).
 */
import {
  ArgumentError,
  gradients,
  type HostArray,
  hostArray,
  mean,
  relu,
  ShapeError,
  sum,
  Tensor,
} from '@hadal/core';
import type { AnyLayer, Network } from '@hadal/layers';
import { Conv2D, inferenceContext } from '@hadal/layers/inference';
import {
  asScores,
  batchesOf,
  hostInputs,
  onDevice,
  resolveTargets,
  sumOfTargets,
  type TargetOptions,
} from './scores';

export interface GradCamOptions extends TargetOptions {
  /** The layer whose maps are weighed, or its name. Default: the last Conv2D of the model. */
  readonly layer?: string | AnyLayer;
  /** Drop what speaks against the class. Default true. */
  readonly positiveOnly?: boolean;
}

export interface GradCam {
  /** [n, height, width] at the resolution of the layer; `overlay` stretches it over the image. */
  readonly heatMaps: HostArray;
  /** The class explained for each sample. */
  readonly targets: readonly number[];
  /** The name of the layer that was used. */
  readonly layer: string;
}

const WHERE = 'gradCam';

/**
 * Grad-CAM heat maps of a sequential model.
 *
 * @param model  with at least one layer that gives maps [n, height, width, channels]
 * @param inputs a batch of images
 * @throws {ArgumentError} when the layer is not one of the model, or a target is not a class
 * @throws {ShapeError} when the layer gives no maps
 * @example
 * const { heatMaps } = await gradCam(model, images, { layer: 'conv2d_2' });
 * const picture = overlay(sampleOf(images, 0), sampleOf(heatMaps, 0), { scale: 8 });
 */
export async function gradCam(
  model: Network,
  inputs: Tensor | HostArray,
  options: GradCamOptions = {},
): Promise<GradCam> {
  const batch = await hostInputs(WHERE, inputs);
  const layer = findLayer(model.layers, options.layer);
  const targets = await resolveTargets(WHERE, model, batch, options);

  const parts: HostArray[] = [];
  for (const { start, batch: part } of batchesOf(WHERE, batch, options.batchSize)) {
    const { maps, outputs } = outputsWith(model, layer, onDevice(part));
    if (maps.rank !== 4) {
      throw new ShapeError(
        WHERE,
        `layer "${layer.name}" gives shape [${maps.shape.join(', ')}].`,
        'Expected maps [n, height, width, channels], as convolution and pooling layers give.',
      );
    }
    const scores = asScores(WHERE, outputs, options.score);
    const total = sumOfTargets(WHERE, scores, targets.slice(start, start + part.shape[0]!));
    const [slopes] = gradients(total, [maps]);
    const weights = mean(slopes!, { axis: [1, 2], keepDims: true });
    const signed = sum(maps.mul(weights), { axis: 3 });
    const heat = options.positiveOnly === false ? signed : relu(signed);
    parts.push({ data: await heat.data(), shape: heat.shape, dtype: heat.dtype });
  }
  return { heatMaps: joined(parts), targets, layer: layer.name };
}

/** What a model gives, and what one of its layers gave on the way. */
function outputsWith(
  model: Network,
  layer: AnyLayer,
  inputs: Tensor,
): { readonly maps: Tensor; readonly outputs: Tensor } {
  let maps: Tensor | undefined;
  const outputs = model.apply(inputs, {
    ...inferenceContext,
    observe: (each, given) => {
      if (each === layer && given instanceof Tensor) maps = given;
    },
  });
  if (maps === undefined)
    throw new ShapeError(WHERE, `layer "${layer.name}" gives several results.`, 'Choose another.');
  return { maps, outputs };
}

function findLayer(layers: readonly AnyLayer[], wanted: string | AnyLayer | undefined): AnyLayer {
  if (wanted === undefined) {
    const last = layers.findLast((layer) => layer instanceof Conv2D);
    if (last !== undefined) return last;
    throw new ArgumentError(
      WHERE,
      'the model has no Conv2D layer.',
      'Name the layer whose maps should be weighed: { layer }.',
    );
  }
  const found = layers.find((layer) => layer === wanted || layer.name === wanted);
  if (found !== undefined) return found;
  const name = typeof wanted === 'string' ? wanted : wanted.name;
  throw new ArgumentError(
    WHERE,
    `the model has no layer "${name}".`,
    `Its layers are ${layers.map((layer) => `"${layer.name}"`).join(', ')}.`,
  );
}

/** Batches one after another. */
function joined(parts: readonly HostArray[]): HostArray {
  const [first] = parts;
  const length = parts.reduce((total, { data }) => total + data.length, 0);
  const data = hostArray(first!.dtype, length);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  const count = parts.reduce((total, { shape }) => total + shape[0]!, 0);
  return { data, shape: [count, ...first!.shape.slice(1)], dtype: first!.dtype };
}
