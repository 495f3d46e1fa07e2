/** Networks that keras.applications does not have, against the same ones put together from layers of Keras. */
import { gradients, interpreter, setDevice, type Tensor, tensor } from '@hadal/core';
import { dense, flatten, type Model, sequential } from '@hadal/layers';
import { sgd } from '@hadal/optimizers';
import { describe, expect, it } from 'vitest';
import {
  DCGAN,
  dcganDiscriminator,
  dcganGenerator,
  gaussianDivergence,
  type ImageNetworkOptions,
  leNet,
  maskedAutoencoder,
  resNet18,
  resNet18V2,
  SimCLR,
  type UNetOptions,
  uNet,
  vae,
  vit,
  WGANGP,
  word2Vec,
} from '../src';
import golden from './fixtures/networks.json';
import { expectClose, fillWeights, patternInput, patternNumbers, uniform } from './pattern';

setDevice(interpreter());

const TOLERANCE = 5e-6;

/** Rounding of float32 through twenty convolutions. */
const DEEP_TOLERANCE = 2e-5;

const IMAGE = [8, 8, 2] as const;
const SIZES = { imageShape: IMAGE, latentDim: 3, filters: 2 } as const;

/** Fills a network that the reference has under a name. */
function filled<T extends Model>(network: T, name: string): T {
  fillWeights(network.namedWeights(), (path) => `${name}/${path}`);
  return network;
}

const images = (name: string): Tensor => patternInput(name, [2, ...IMAGE]);

async function expectValues(actual: Tensor, expected: readonly number[], tolerance = TOLERANCE) {
  expectClose(Array.from(await actual.data(), Number), expected, tolerance);
}

/** What the networks are to minimize, on samples that are known. */
class Judged extends DCGAN {
  losses(real: Tensor, made: Tensor): readonly [discriminator: Tensor, generator: Tensor] {
    return [this.discriminatorLoss(real, made), this.generatorLoss(made)];
  }

  /** Without dropout. */
  protected override judge(samples: Tensor): Tensor {
    return this.discriminator.apply(samples);
  }
}

class Scored extends WGANGP {
  losses(real: Tensor, made: Tensor): readonly [critic: Tensor, generator: Tensor] {
    return [this.discriminatorLoss(real, made), this.generatorLoss(made)];
  }
}

const imageNetworks: Readonly<Record<string, (options: ImageNetworkOptions) => Model>> = {
  leNet,
  resNet18,
  resNet18V2,
  uNet: (options) => uNet(options as UNetOptions),
  vit,
};

describe(`networks for images compute what those of ${golden.reference} do`, () => {
  it.each(golden.images.map((each) => [each.name, each] as const))('%s', async (name, expected) => {
    const network = imageNetworks[name]!(expected.options as ImageNetworkOptions);
    expect(network.countParameters()).toBe(expected.parameters);
    fillWeights(network.namedWeights(), (path) => path);
    const output = await network.predictOnBatch(patternInput(expected.input.name, expected.input.shape));
    expect(output.shape).toEqual(expected.output.shape);
    await expectValues(output, expected.output.data, DEEP_TOLERANCE);
  });
});

describe(`networks compute what those of ${golden.reference} do`, () => {
  it('dcgan: samples, judgements, and both losses', async () => {
    const { parameters, made, judged, discriminatorLoss, generatorLoss } = golden.dcgan;
    const generator = filled(dcganGenerator(SIZES), 'generator');
    const discriminator = filled(dcganDiscriminator(SIZES), 'discriminator');
    expect([generator, discriminator].map((each) => each.countParameters())).toEqual(parameters);
    const samples = await generator.predictOnBatch(patternInput('noise', [2, 3]));
    expect(samples.shape).toEqual([2, ...IMAGE]);
    await expectValues(samples, made);
    await expectValues(await discriminator.predictOnBatch(images('real')), judged);
    const [ofJudge, ofArtist] = new Judged({ generator, discriminator }).losses(images('real'), samples);
    await expectValues(ofJudge, [discriminatorLoss]);
    await expectValues(ofArtist, [generatorLoss]);
  });

  it('wganGP: scores, the penalty on slopes and its gradients, and both losses', async () => {
    const { parameters, scores, penalty, gradients: slopes, distance, generatorLoss } = golden.wganGP;
    const discriminator = filled(dcganDiscriminator(SIZES, 'layer'), 'critic');
    expect(discriminator.countParameters()).toBe(parameters);
    const gan = new Scored({ generator: dcganGenerator(SIZES), discriminator }, { gradientPenalty: 0 });
    await expectValues(discriminator.apply(images('between')), scores);
    const found = gan.penalty(images('between'));
    const seconds = gradients(found, discriminator.trainableWeights);
    await expectValues(found, [penalty]);
    expect(seconds.length).toBe(slopes.length);
    for (const [index, second] of seconds.entries()) await expectValues(second, slopes[index]!);
    const [ofCritic, ofArtist] = gan.losses(images('real'), images('made'));
    await expectValues(ofCritic, [distance]);
    await expectValues(ofArtist, [generatorLoss]);
  });

  it('vae: moments, images of latent numbers, and the whole loss', async () => {
    const { parameters, beta, mean, logVariance, decoded, reconstructed, loss } = golden.vae;
    const autoencoder = vae({ ...SIZES, hiddenUnits: 5, beta });
    expect(autoencoder.model.countParameters()).toBe(parameters);
    fillWeights(autoencoder.model.namedWeights(), (path) => path);
    const x = images('images').add(1).div(2);
    const [center, spread] = await autoencoder.encode(x);
    await expectValues(center, mean);
    await expectValues(spread, logVariance);
    await expectValues(await autoencoder.decode(patternInput('latent', [2, 3])), decoded);
    await expectValues(await autoencoder.model.predictOnBatch(x), reconstructed);
    autoencoder.model.compile({ optimizer: 'sgd', loss: 'binaryCrossentropy' });
    const measured = await autoencoder.model.evaluate(x, x, { verbose: 0 });
    expectClose([measured.loss], [loss], TOLERANCE);
    expect(await gaussianDivergence(center, spread).item()).toBeGreaterThan(0);
  });

  it('SimCLR: projections, and the loss of two views', async () => {
    const { temperature, projected, loss } = golden.SimCLR;
    const encoder = sequential([flatten({ inputShape: [4, 4, 1] }), dense(6, { activation: 'relu' })]);
    const pretraining = new SimCLR(encoder, {
      temperature,
      hiddenUnits: 5,
      projectionDim: 4,
      optimizer: sgd(0.1),
    });
    filled(encoder, 'encoder');
    filled(pretraining.projector, 'projector');
    const [first, second] = ['first view', 'second view'].map((name) => patternInput(name, [3, 4, 4, 1]));
    const width = projected.length / 2;
    await expectValues(pretraining.projector.apply(encoder.apply(first!)), projected.slice(0, width));
    await expectValues(pretraining.projector.apply(encoder.apply(second!)), projected.slice(width));
    expectClose([await pretraining.trainStep(first!, second!)], [loss], TOLERANCE);
  });

  it('maskedAutoencoder: features, the pixels of what is hidden, and their error', async () => {
    const { parameters, features, pixels, hidden, loss } = golden.maskedAutoencoder;
    const autoencoder = maskedAutoencoder({
      imageShape: [8, 12, 2],
      patchSize: 4,
      maskRatio: 2 / 3,
      width: 8,
      numLayers: 2,
      numHeads: 2,
      decoderWidth: 4,
      decoderLayers: 1,
    });
    autoencoder.ensureBuilt([null, 8, 12, 2]);
    expect(autoencoder.countParameters()).toBe(parameters);
    fillWeights(autoencoder.innerWeights(), (path) => path);
    const pictures = patternInput('pictures', [2, 8, 12, 2]);
    await expectValues(autoencoder.apply(pictures), features);
    const noise = tensor(
      Float32Array.from(uniform('mask', 12), (value) => value + 0.5),
      { shape: [2, 6] },
    );
    const made = autoencoder.reconstruct(pictures, noise);
    await expectValues(made.pixels, pixels);
    expect(Array.from(await made.hidden.data(), Boolean)).toEqual(hidden);
    const errors = made.pixels.sub(autoencoder.patchify(pictures)).pow(2).mean(-1);
    const counts = made.hidden.cast('float32');
    await expectValues(errors.mul(counts).sum().div(counts.sum()), [loss]);
  });

  it('word2Vec: scores of pairs', async () => {
    const { parameters, logits } = golden.word2Vec;
    const words = word2Vec({ vocabularySize: 7, width: 4 });
    words.ensureBuilt([null, 2]);
    expect(words.countParameters()).toBe(parameters);
    fillWeights(words.innerWeights(), (path) => path);
    await expectValues(words.apply(patternNumbers('pairs', [5, 2], 7)), logits);
  });
});
