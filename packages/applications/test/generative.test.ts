/** Adversarial training and autoencoders on tiny images. */
import { cpu } from '@hadal/backend-cpu';
import { gradients, setDevice, setSeed, type Tensor, tanh, tensor } from '@hadal/core';
import { dense, flatten, loadModel, memoryStorage, sequential } from '@hadal/layers';
import { adam } from '@hadal/optimizers';
import { describe, expect, it } from 'vitest';
import {
  applicationLayers,
  dcgan,
  gaussianDivergence,
  maskedAutoencoder,
  SimCLR,
  VAE,
  vae,
  WGANGP,
  wganGP,
} from '../src';
import { patternInput } from './pattern';

setDevice(await cpu());

/** Bright on the left, dark on the right. */
const halves = (samples: number): Tensor =>
  tanh(
    patternInput('halves', [samples, 8, 8, 1])
      .mul(0.3)
      .add(tensor([1, 1, 1, 1, -1, -1, -1, -1]).reshape([1, 1, 8, 1])),
  );

/** How much brighter the left half is. */
const contrast = async (images: Tensor): Promise<number> => {
  const rows = await images.mean([0, 1, 3]).data();
  return [...rows].reduce((sum, value, column) => sum + (column < 4 ? value : -value), 0) / 8;
};

const sizes = { imageShape: [8, 8, 1], latentDim: 4, filters: 8 } as const;

describe('a DCGAN', () => {
  it('makes images like those it saw', async () => {
    setSeed(1);
    const optimizers = {
      generatorOptimizer: adam(0.003, { beta1: 0.5 }),
      discriminatorOptimizer: adam(0.003, { beta1: 0.5 }),
    };
    const gan = dcgan({ ...sizes, ...optimizers, seed: 2 });
    const real = halves(16);
    const before = await contrast(await gan.generate(32, 5));
    for (let step = 0; step < 60; step++) await gan.trainStep(real);
    const made = await gan.generate(32, 5);
    expect(made.shape).toEqual([32, 8, 8, 1]);
    expect(Math.abs(before)).toBeLessThan(0.1);
    expect(await contrast(made)).toBeGreaterThan(0.3);
    expect(await (await gan.generate(2, 9)).data()).toEqual(await (await gan.generate(2, 9)).data());
  });

  it('refuses images that cannot be halved twice', () => {
    expect(() => dcgan({ imageShape: [10, 8, 1] })).toThrow('expected multiples of 4');
  });
});

describe('a WGAN with gradient penalty', () => {
  it('has the penalty of the slope, and its second derivative', async () => {
    const critic = sequential([flatten({ inputShape: [2, 1] }), dense(1, { useBias: false })]);
    const generator = sequential([dense(2, { inputShape: [3] })]);
    const gan = new WGANGP({ generator, discriminator: critic });
    const [kernel] = critic.weights;
    kernel!.assign(tensor([[3], [4]]));
    // The slope of a linear critic is its kernel, of length 5: (5 − 1)² and 2 · (5 − 1) · kernel / 5.
    const penalty = gan.penalty(
      tensor([
        [[0.5], [0.1]],
        [[2], [1]],
      ]),
    );
    const [slope] = gradients(penalty, [kernel!]);
    const [value, second] = await Promise.all([penalty.item(), slope!.data()]);
    expect(value).toBeCloseTo(16, 4);
    expect(second[0]).toBeCloseTo(4.8, 4);
    expect(second[1]).toBeCloseTo(6.4, 4);
  });

  it('brings what it makes nearer to what it saw', async () => {
    setSeed(1);
    const optimizers = {
      generatorOptimizer: adam(0.005, { beta1: 0, beta2: 0.9 }),
      discriminatorOptimizer: adam(0.005, { beta1: 0, beta2: 0.9 }),
    };
    const gan = wganGP({ ...sizes, ...optimizers, criticSteps: 2, seed: 2 });
    const real = halves(16);
    for (let step = 0; step < 40; step++) {
      const { generatorLoss, discriminatorLoss } = await gan.trainStep(real);
      expect(Number.isFinite(generatorLoss + discriminatorLoss)).toBe(true);
    }
    expect(await contrast(await gan.generate(32, 5))).toBeGreaterThan(0.3);
  });
});

describe('a variational autoencoder', () => {
  it('has the divergence of normal distributions', async () => {
    const none = gaussianDivergence(tensor([[0, 0]]), tensor([[0, 0]]));
    expect(await none.item()).toBeCloseTo(0, 6);
    // ½ (1² + e^½ − ½ − 1) for one feature.
    const some = gaussianDivergence(tensor([[1]]), tensor([[0.5]]));
    expect(await some.item()).toBeCloseTo((1 + Math.exp(0.5) - 1.5) / 2, 5);
  });

  it('learns images, makes new ones, and does so again when it was loaded', async () => {
    setSeed(4);
    const autoencoder = vae({ ...sizes, beta: 1 / 640, seed: 3 });
    autoencoder.model.compile({ optimizer: adam(0.01), loss: 'binaryCrossentropy' });
    const images = halves(16).add(1).div(2);
    const { history } = await autoencoder.model.fit(images, images, { epochs: 40, verbose: 0 });
    expect(history.loss!.at(-1)!).toBeLessThan(history.loss![0]! * 0.7);
    const made = await autoencoder.generate(8, 6);
    expect(await contrast(made)).toBeGreaterThan(0.2);
    const [center] = await autoencoder.encode(images);
    expect(center.shape).toEqual([16, 4]);
    const storage = memoryStorage();
    await autoencoder.model.save(storage);
    const loaded = new VAE(await loadModel(storage, { layers: applicationLayers }));
    expect(await (await loaded.generate(8, 6)).data()).toEqual(await made.data());
  });
});

describe('pre-training without labels', () => {
  it('of SimCLR brings two views of an image together', async () => {
    setSeed(5);
    const encoder = sequential([flatten({ inputShape: [4, 4, 1] }), dense(16, { activation: 'relu' })]);
    const pretraining = new SimCLR(encoder, { projectionDim: 8, optimizer: adam(0.01) });
    const images = patternInput('views', [12, 4, 4, 1]);
    const view = (name: string): Tensor => images.add(patternInput(name, [12, 4, 4, 1], 0.1));
    const first = await pretraining.trainStep(view('a'), view('b'));
    let last = first;
    for (let step = 0; step < 30; step++) last = await pretraining.trainStep(view('a'), view('b'));
    expect(last).toBeLessThan(first / 3);
  });

  const options = {
    imageShape: [8, 8, 1],
    patchSize: 4,
    width: 16,
    numLayers: 1,
    numHeads: 2,
    decoderWidth: 8,
    maskRatio: 0.5,
  } as const;

  it('of a masked autoencoder makes up what is hidden', async () => {
    setSeed(6);
    const autoencoder = maskedAutoencoder(options);
    const step = autoencoder.trainer(adam(0.01));
    const images = halves(16);
    const first = await step(images);
    let last = first;
    for (let index = 0; index < 60; index++) last = await step(images);
    expect(last).toBeLessThan(first / 4);
  });

  it('of a masked autoencoder sees nothing of what is hidden', async () => {
    setSeed(7);
    const autoencoder = maskedAutoencoder(options);
    const noise = tensor([[0.1, 0.9, 0.2, 0.8]]);
    const image = halves(1);
    const patches = await autoencoder.patchify(image).data();
    // Row by row: the second patch is the upper right quarter.
    expect([...patches.slice(16, 20)]).toEqual([...(await image.data()).slice(4, 8)]);
    const right = tensor([0, 0, 0, 0, 1, 1, 1, 1]).reshape([1, 1, 8, 1]);
    const [shown, changed] = [image, image.add(right)].map((each) => autoencoder.reconstruct(each, noise));
    expect([...(await shown!.hidden.data())].map(Boolean)).toEqual([false, true, false, true]);
    expect(await shown!.pixels.data()).toEqual(await changed!.pixels.data());
  });

  it('of a masked autoencoder gives an encoder that is saved within a model', async () => {
    setSeed(8);
    const probe = sequential([maskedAutoencoder(options), dense(2)]);
    expect(probe.built).toBe(true);
    const images = halves(2);
    const storage = memoryStorage();
    await probe.save(storage);
    const before = await (await probe.predictOnBatch(images)).data();
    const loaded = await loadModel(storage, { layers: applicationLayers });
    expect(await (await loaded.predictOnBatch(images)).data()).toEqual(before);
    expect(() => maskedAutoencoder({ ...options, maskRatio: 1 })).toThrow('At least one has to be shown');
  });
});
