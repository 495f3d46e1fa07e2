/** Networks for images against keras.applications: outputs of narrow ones, pixels, learning. */
import { cpu } from '@hadal/backend-cpu';
import { setDevice, setSeed, tensor } from '@hadal/core';
import { adam } from '@hadal/optimizers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ImageNetworkOptions, PreprocessMode } from '../src';
import * as api from '../src';
import images from './fixtures/images.json';
import { make } from './image-networks';
import { expectClose, fillWeights, patternInput, uniform } from './pattern';

/** Rounding of float32 through up to a hundred layers. */
const TOLERANCE = 2e-5;

beforeAll(async () => {
  setDevice(await cpu());
});

describe(`narrow networks compute what ${images.reference} computes`, () => {
  it.each(images.narrow.map((each) => [each.name, each] as const))('%s', async (_name, expected) => {
    const network = make(expected.network, expected.options as unknown as ImageNetworkOptions);
    expect(network.countParameters()).toBe(expected.parameters);
    fillWeights(network.namedWeights());
    const { name, shape, scale } = expected.input;
    const output = await network.predictOnBatch(patternInput(name, shape, scale));
    expect(output.shape).toEqual(expected.output.shape);
    expectClose(await output.data(), expected.output.data, TOLERANCE);
  });
});

describe(`pixels are preprocessed as ${images.reference} does`, () => {
  it.each(images.preprocessing.map((each) => [each.mode, each.dataFormat, each] as const))(
    'mode %s, %s',
    async (mode, dataFormat, expected) => {
      const shape = [2, 2, 3, 3];
      const values = uniform('pixels', 36).map((value) =>
        Math.fround(255 * (Math.fround(2 * value) / 2 + 0.5)),
      );
      const last = tensor(Float32Array.from(values), { shape });
      const isFirst = dataFormat === 'channels_first';
      const output = api.preprocessInput(isFirst ? last.transpose([0, 3, 1, 2]) : last, {
        mode: mode as PreprocessMode,
        dataFormat: isFirst ? 'channelsFirst' : 'channelsLast',
      });
      expectClose(await output.data(), expected.data, 1e-6);
    },
  );

  it('but for images that are not of three channels', () => {
    expect(() => api.preprocessInput(tensor([[[1]]]))).toThrow('needs three channels at axis 2');
  });
});

describe('options that cannot be', () => {
  it('are refused with advice', () => {
    expect(() => api.vgg16({ inputShape: [28, 28, 1] })).toThrow('use a smaller network such as leNet');
    expect(() => api.resNet50({ inputShape: [32, 32] })).toThrow('expected [height, width, channels]');
    expect(() => api.resNet50({ alpha: 0 })).toThrow('expected a number above 0');
    expect(() => api.resNet50({ classes: 2.5 })).toThrow('expected a positive integer');
  });
});

describe('LeNet', () => {
  it('has the layers of the paper', async () => {
    const network = api.leNet();
    expect(network.countParameters()).toBe(61_706);
    expect(network.getLayer('f6').weights.map(({ shape }) => shape)).toEqual([[120, 84], [84]]);
    expect((await network.predictOnBatch(patternInput('digit', [2, 28, 28, 1]))).shape).toEqual([2, 10]);
  });

  it('learns to tell two pictures apart', async () => {
    setSeed(3);
    const network = api.leNet({ inputShape: [12, 12, 1], classes: 2 });
    network.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    const x = patternInput('pictures', [8, 12, 12, 1]);
    const y = tensor([0, 1, 0, 1, 0, 1, 0, 1], { dtype: 'int32' });
    const { history } = await network.fit(x, y, { epochs: 20, verbose: 0 });
    expect(history.loss!.at(-1)!).toBeLessThan(history.loss![0]! / 3);
  });
});

describe('a vision Transformer', () => {
  const options = {
    inputShape: [8, 8, 1],
    patchSize: 4,
    width: 8,
    numLayers: 2,
    numHeads: 2,
    classes: 2,
  } as const;

  it('learns to tell two pictures apart', async () => {
    setSeed(3);
    const network = api.vit(options);
    network.compile({ optimizer: adam(0.01), loss: 'sparseCategoricalCrossentropy' });
    const x = patternInput('pictures', [8, 8, 8, 1]);
    const y = tensor([0, 1, 0, 1, 0, 1, 0, 1], { dtype: 'int32' });
    const { history } = await network.fit(x, y, { epochs: 30, verbose: 0 });
    expect(history.loss!.at(-1)!).toBeLessThan(history.loss![0]! / 3);
  });

  it('gives its steps where there is no classifier', () => {
    expect(api.vit({ ...options, includeTop: false }).outputShape).toEqual([null, 5, 8]);
    expect(() => api.vit({ ...options, patchSize: 3 })).toThrow('expected multiples of patchSize 3');
  });
});

describe('a U-Net', () => {
  it('learns to find what is bright, pixel by pixel', async () => {
    setSeed(2);
    const network = api.uNet({ inputShape: [8, 8, 1], filters: 4, depth: 2 });
    expect(network.outputShape).toEqual([null, 8, 8, 1]);
    network.compile({ optimizer: adam(0.02), loss: 'binaryCrossentropy' });
    const x = patternInput('bright', [4, 8, 8, 1]);
    const { history } = await network.fit(x, x.greater(0.3).cast('float32'), { epochs: 25, verbose: 0 });
    expect(history.loss!.at(-1)!).toBeLessThan(history.loss![0]! / 2);
  });

  it('has the weights that its levels say', () => {
    const network = api.uNet({ inputShape: [8, 8, 1], filters: 4, depth: 1, classes: 3 });
    // Convolutions without biases, normalizations of four numbers a channel, one enlarging convolution with a bias.
    const convolutions = 9 * (4 + 16 + 32 + 64 + 32 + 16);
    const normalizations = 4 * (4 + 4 + 8 + 8 + 4 + 4);
    expect(network.countParameters()).toBe(convolutions + normalizations + (4 * 8 * 4 + 4) + (4 * 3 + 3));
    expect(() => api.uNet({ inputShape: [28, 28, 1] })).toThrow('expected multiples of 16');
  });
});

describe('images of any extent', () => {
  it('go through a network that leaves it open', async () => {
    const network = api.resNet18({ inputShape: [null, null, 3], classes: 3, alpha: 1 / 16 });
    const probabilities = await network.predictOnBatch(patternInput('open', [1, 45, 33, 3]));
    expect(probabilities.shape).toEqual([1, 3]);
    expect(await probabilities.sum().item()).toBeCloseTo(1, 5);
  });
});
