/** Layers as functions of host arrays, for `dataset.map`. */
import type { HostArray } from '@hadal/core';
import { tensor } from '@hadal/core';
import { inferenceContext } from '../../layer/context';
import type { Layer } from '../../layer/layer';

export interface OnHostOptions {
  /** Whether the layer behaves as in training, so that images are augmented (default true). */
  readonly training?: boolean;
}

/**
 * A layer as a function of host arrays: what `dataset.map` takes. Layers of text have `encode` for that.
 *
 * @example
 * const augment = onHost(randomFlip('horizontal', { seed: 1 }));
 * const changed = dataset.map(async ({ x, y }) => ({ x: await augment(x), y }));
 */
export function onHost(
  layer: Layer,
  { training = true }: OnHostOptions = {},
): (array: HostArray) => Promise<HostArray> {
  const context = { ...inferenceContext, training };
  return async ({ data, shape, dtype }) => {
    const input = tensor(data, { shape, dtype });
    const output = layer.apply(input, context);
    const result: HostArray = { data: await output.data(), shape: output.shape, dtype: output.dtype };
    for (const each of [input, output]) each.dispose();
    return result;
  };
}
