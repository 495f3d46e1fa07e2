/**
 * Whole networks for images have the weights of keras.applications. Nothing is computed: weights that nobody reads take
 * no memory, so that networks of any size are put together quickly.
 */
import { crc32 } from 'node:zlib';
import { interpreter, setDevice } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import images from './fixtures/images.json';
import { make, networks } from './image-networks';
import { lastParts } from './pattern';

setDevice(interpreter());

/** Sizes that torchvision 0.20 documents for networks that Keras does not have: trained parameters. */
const TORCHVISION: readonly (readonly [name: string, trainable: number])[] = [
  ['vgg11', 132_863_336],
  ['vgg13', 133_047_848],
  ['resNet18', 11_689_512],
  ['resNet34', 21_797_672],
  ['vitBase16', 86_567_656],
  ['vitBase32', 88_224_232],
  ['vitLarge16', 304_326_632],
  ['vitLarge32', 306_535_400],
];

/** What no other framework has with these names: they share all code with those that are compared. */
const UNCOMPARED: readonly string[] = ['resNet18V2', 'resNet34V2'];

describe(`whole networks have the weights of ${images.reference}`, () => {
  it.each(Object.entries(images.whole))('%s', (name, expected) => {
    const network = make(name);
    const weights = network
      .namedWeights()
      .map(({ path, variable }) => `${lastParts(path)}[${variable.shape}]`)
      .sort();
    expect(network.countParameters()).toBe(expected.parameters);
    expect(network.trainableWeights.reduce((sum, { size }) => sum + size, 0)).toBe(expected.trainable);
    expect(weights.length).toBe(expected.weights);
    expect(crc32(weights.join('\n'))).toBe(expected.checksum);
    expect(network.outputShape).toEqual(expected.outputShape);
  });

  it.each(TORCHVISION)('%s as in torchvision', (name, trainable) => {
    expect(make(name).trainableWeights.reduce((sum, { size }) => sum + size, 0)).toBe(trainable);
  });

  it('with none left out', () => {
    const compared = [...Object.keys(images.whole), ...TORCHVISION.map(([name]) => name), ...UNCOMPARED];
    expect([...networks.keys()].sort()).toEqual(compared.sort());
  });
});
