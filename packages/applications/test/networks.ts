/** Everything of the package that makes a network: a small one of each kind, and which are alike. */
import { cpu } from '@hadal/backend-cpu';
import { setDevice, type Tensor, tensor } from '@hadal/core';
import {
  dense,
  input,
  type LayerShape,
  loadModel,
  type Model,
  memoryStorage,
  model,
  sequential,
  type Tensors,
} from '@hadal/layers';
import * as api from '../src';
import { patternInput, patternNumbers } from './pattern';

/** Exports that make no network: what works on pixels, tokens or scores, layers inside networks, base classes. */
const NO_NETWORKS = [
  'AdversarialTraining',
  'ClassToken',
  'GaussianSample',
  'LayerScale',
  'Translator',
  'beamSearch',
  'decodeTokens',
  'filterLogits',
  'gaussianDivergence',
  'gaussianSample',
  'maskTokens',
  'preprocessInput',
  'sampleTokens',
  'skipGramPairs',
];

/** What makes a network, by name; classes that a function of the same name makes are left out. */
export const networkExports: readonly string[] = Object.entries<unknown>(api)
  .filter(([name, value]) => typeof value === 'function' && !NO_NETWORKS.includes(name))
  .map(([name]) => name)
  .filter((name, _index, names) => {
    const factory = names.find((other) => other.toLowerCase() === name.toLowerCase() && other !== name);
    return factory === undefined || /^[a-z]/.test(name);
  });

/** Networks that are made as another, of other sizes or of parts that are compared there. */
export const ALIKE: Readonly<Record<string, string>> = {
  vgg11: 'vgg16',
  vgg13: 'vgg16',
  resNet34: 'resNet18',
  resNet101: 'resNet50',
  resNet152: 'resNet50',
  resNet34V2: 'resNet18V2',
  resNet152V2: 'resNet101V2',
  denseNet169: 'denseNet121',
  denseNet201: 'denseNet121',
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((size) => [`efficientNetB${size}`, 'efficientNetB0'])),
  ...Object.fromEntries(
    ['Small', 'Base', 'Large', 'XLarge'].map((size) => [`convNeXt${size}`, 'convNeXtTiny']),
  ),
  ...Object.fromEntries(['Base16', 'Base32', 'Large16', 'Large32'].map((size) => [`vit${size}`, 'vit'])),
  dcganDiscriminator: 'dcgan',
  dcganGenerator: 'dcgan',
  bertEncoder: 'bertMaskedLM',
  causalTransformer: 'gpt',
};

/** A network in a model, and what it computes before and after it was saved. */
export interface Small {
  readonly weights: () => Promise<readonly (readonly number[])[]>;
  readonly outputs: () => Promise<readonly (readonly number[])[]>;
  /** Of the network that was saved and loaded. */
  readonly outputsAgain: () => Promise<readonly (readonly number[])[]>;
}

async function valuesOf(outputs: Tensors): Promise<number[][]> {
  const leaves: readonly Tensor[] = 'data' in outputs ? [outputs as Tensor] : Object.values(outputs);
  return Promise.all(leaves.map(async (leaf) => Array.from(await leaf.data(), Number)));
}

/** @param x arranged as the inputs of the model */
function small<In extends Tensors, Out extends Tensors>(
  made: Model<In, Out>,
  x: Parameters<Model<In, Out>['predictOnBatch']>[0],
): Small {
  return {
    weights: async () => (await made.getWeights()).map(({ data }) => Array.from(data, Number)),
    outputs: async () => valuesOf(await made.predictOnBatch(x)),
    outputsAgain: async () => {
      const storage = memoryStorage();
      await made.save(storage);
      const loaded = await loadModel<In, Out>(storage, { layers: api.applicationLayers });
      return valuesOf(await loaded.predictOnBatch(x));
    },
  };
}

const image = (extent: number, channels: number): Tensor =>
  patternInput('image', [1, extent, extent, channels]);

const SMALL_IMAGES = { inputShape: [32, 32, 3], classes: 3, alpha: 1 / 16 } as const;

const classifier = (make: (options: api.ImageNetworkOptions) => Model): (() => Small) => {
  return () => small(make(SMALL_IMAGES), image(32, 3));
};

const SMALL_GAN = { imageShape: [8, 8, 1], latentDim: 3, filters: 2 } as const;
const noise = (): Tensor => patternInput('noise', [2, 3]);

const tokens = (length: number): Tensor => patternNumbers('tokens', [2, length], 7);

/** One after the other: what makes samples, and what judges them. */
const adversaries = ({ generator, discriminator }: api.Adversaries): Small =>
  small(sequential([generator, discriminator]), noise());

/** A layer that takes what a shape says, as a model of one layer. */
const alone = (layer: api.MaskedAutoencoder | api.Word2Vec, x: Tensor): Small =>
  small(sequential([layer]), x);

function bert(): Small {
  const length: LayerShape = [5];
  const inputs = {
    tokens: input(length, { dtype: 'int32', name: 'tokens' }),
    segments: input(length, { dtype: 'int32', name: 'segments' }),
  };
  const encoder = api.bertEncoder({ vocabularySize: 7, sequenceLength: 5, width: 4, numLayers: 1 });
  const segments = tensor(new Int32Array(10), { shape: [2, 5], dtype: 'int32' });
  return small(model({ inputs, outputs: api.bertMaskedLM(encoder).apply(inputs) }), {
    tokens: tokens(5),
    segments,
  });
}

/** A small network of every kind. */
export const SMALL: Readonly<Record<string, () => Small>> = {
  leNet: () => small(api.leNet({ inputShape: [12, 12, 1], classes: 3 }), image(12, 1)),
  vgg16: classifier(api.vgg16),
  vgg19: classifier(api.vgg19),
  resNet18: classifier(api.resNet18),
  resNet18V2: classifier(api.resNet18V2),
  resNet50: classifier(api.resNet50),
  resNet50V2: classifier(api.resNet50V2),
  resNet101V2: classifier(api.resNet101V2),
  denseNet121: classifier(api.denseNet121),
  mobileNetV2: classifier(api.mobileNetV2),
  mobileNetV3Small: classifier(api.mobileNetV3Small),
  mobileNetV3Large: classifier(api.mobileNetV3Large),
  efficientNetB0: classifier(api.efficientNetB0),
  convNeXtTiny: classifier(api.convNeXtTiny),
  uNet: () => small(api.uNet({ inputShape: [8, 8, 1], filters: 2, depth: 2 }), image(8, 1)),
  vit: () => {
    const sizes = { patchSize: 4, width: 8, numLayers: 1, numHeads: 2 };
    return small(api.vit({ inputShape: [8, 8, 1], classes: 3, ...sizes }), image(8, 1));
  },
  dcgan: () => adversaries(api.dcgan(SMALL_GAN)),
  wganGP: () => adversaries(api.wganGP(SMALL_GAN)),
  vae: () => small(api.vae(SMALL_GAN).model, image(8, 1)),
  SimCLR: () => {
    const encoder = sequential([dense(4, { inputShape: [6] })], { name: 'encoder' });
    const { projector } = new api.SimCLR(encoder);
    return small(sequential([encoder, projector]), patternInput('views', [2, 6]));
  },
  maskedAutoencoder: () =>
    alone(
      api.maskedAutoencoder({
        imageShape: [8, 8, 1],
        width: 8,
        numLayers: 1,
        numHeads: 2,
        decoderWidth: 4,
        maskRatio: 0.5,
      }),
      image(8, 1),
    ),
  bertMaskedLM: bert,
  gpt: () => {
    const sizes = { vocabularySize: 7, sequenceLength: 5, width: 4, numLayers: 1, numHeads: 2 };
    return small(api.gpt(sizes).model, tokens(5));
  },
  seq2SeqLSTM: () => {
    const sizes = { sourceVocabulary: 7, targetVocabulary: 7, width: 4, units: 3 };
    return small(api.seq2SeqLSTM(sizes).model, [tokens(5), tokens(4)]);
  },
  seq2SeqTransformer: () => {
    const sizes = { width: 4, numHeads: 2, numLayers: 1, sequenceLength: 6 };
    const made = api.seq2SeqTransformer({ sourceVocabulary: 7, targetVocabulary: 7, ...sizes });
    return small(made.model, [tokens(5), tokens(4)]);
  },
  word2Vec: () =>
    alone(api.word2Vec({ vocabularySize: 7, width: 3, inputShape: [2] }), patternNumbers('pairs', [4, 2], 7)),
};

/** Small networks need no interpreter to be exact. */
export const useCpu = async (): Promise<void> => setDevice(await cpu());
