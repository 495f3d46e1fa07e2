/**
 * The small network of the references (see fixtures/make_references.py): two convolutions and a dense layer, its
 * weights, images and targets.
 */
import { type HostArray, tensor } from '@hadal/core';
import { conv2d, dense, flatten, maxPooling2d, type Network, sequential } from '@hadal/layers';
import references from './fixtures/references.json';

export const reference = references.network;

export const images: HostArray = {
  data: Float32Array.from(reference.images),
  shape: [3, 9, 9, 1],
  dtype: 'float32',
};

/** The network with the weights of the references. */
export function network(): Network {
  const model = sequential([
    conv2d(3, 3, { activation: 'relu', inputShape: [9, 9, 1], name: 'conv1' }),
    maxPooling2d(2),
    conv2d(4, 2, { activation: 'relu', name: 'conv2' }),
    flatten(),
    dense(5, { activation: 'softmax', name: 'dense' }),
  ]);
  return withWeights(model, { ...reference.weights });
}

/** Gives layers their weights by name. */
export function withWeights(
  model: Network,
  weights: { readonly [layer: string]: { readonly [weight: string]: readonly number[] } },
): Network {
  for (const { path, variable } of model.namedWeights()) {
    const [weight, layer] = path.split('/').reverse();
    const values = weights[layer!]?.[weight!];
    if (values === undefined) throw new Error(`no weights for ${path}`);
    variable.assign(tensor(Float32Array.from(values), { shape: variable.shape }));
  }
  return model;
}

/** The largest distance between two lists of numbers, relative to the largest expected magnitude. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const values = Array.from(expected);
  const scale = Math.max(...values.map(Math.abs));
  return Math.max(...values.map((value, index) => Math.abs(value - actual[index]!))) / scale;
}
