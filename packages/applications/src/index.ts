/** What users import from `@hadal/applications`. */

export { applicationLayers } from './application-layers';
export type { TrainStep } from './common/training';
export type {
  AdversarialLosses,
  AdversarialOptions,
  Adversaries,
  WGANGPOptions,
} from './generative/adversarial';
export { AdversarialTraining, DCGAN, dcgan, WGANGP, wganGP } from './generative/adversarial';
export type { GANOptions } from './generative/dcgan';
export { dcganDiscriminator, dcganGenerator } from './generative/dcgan';
export type { GaussianSampleOptions } from './generative/gaussian-sample';
export { GaussianSample, gaussianDivergence, gaussianSample } from './generative/gaussian-sample';
export type { VAEOptions } from './generative/vae';
export { VAE, vae } from './generative/vae';
export { ClassToken } from './images/class-token';
export type { ConvNeXtOptions } from './images/convnext';
export { convNeXtBase, convNeXtLarge, convNeXtSmall, convNeXtTiny, convNeXtXLarge } from './images/convnext';
export { denseNet121, denseNet169, denseNet201 } from './images/densenet';
export {
  efficientNetB0,
  efficientNetB1,
  efficientNetB2,
  efficientNetB3,
  efficientNetB4,
  efficientNetB5,
  efficientNetB6,
  efficientNetB7,
} from './images/efficientnet';
export { LayerScale } from './images/layer-scale';
export { leNet } from './images/lenet';
export { mobileNetV2 } from './images/mobilenet-v2';
export type { MobileNetV3Options } from './images/mobilenet-v3';
export { mobileNetV3Large, mobileNetV3Small } from './images/mobilenet-v3';
export type { ImageNetworkOptions } from './images/options';
export type { PreprocessMode, PreprocessOptions } from './images/preprocess';
export { preprocessInput } from './images/preprocess';
export {
  resNet18,
  resNet18V2,
  resNet34,
  resNet34V2,
  resNet50,
  resNet50V2,
  resNet101,
  resNet101V2,
  resNet152,
  resNet152V2,
} from './images/resnet';
export type { UNetOptions } from './images/unet';
export { uNet } from './images/unet';
export { vgg11, vgg13, vgg16, vgg19 } from './images/vgg';
export type { ViTOptions } from './images/vit';
export { vit, vitBase16, vitBase32, vitLarge16, vitLarge32 } from './images/vit';
export type { MaskedAutoencoderOptions } from './pretraining/masked-autoencoder';
export { MaskedAutoencoder, maskedAutoencoder } from './pretraining/masked-autoencoder';
export type { SimCLROptions } from './pretraining/simclr';
export { SimCLR } from './pretraining/simclr';
export type { BeamSearchOptions, Hypothesis } from './text/beam-search';
export { beamSearch } from './text/beam-search';
export type { BertInputs, BertOptions, BertOutputs } from './text/bert';
export { BertEncoder, BertMaskedLM, bertEncoder, bertMaskedLM } from './text/bert';
export type { CausalTransformerOptions } from './text/causal-transformer';
export { CausalTransformer, causalTransformer } from './text/causal-transformer';
export type { DecodeOptions, DecodeStep, NextLogits } from './text/decode';
export { decodeTokens } from './text/decode';
export type { GPTOptions } from './text/gpt';
export { GPT, gpt } from './text/gpt';
export type { MaskTokensOptions } from './text/mask-tokens';
export { maskTokens } from './text/mask-tokens';
export type { SamplingOptions } from './text/sampling';
export { filterLogits, sampleTokens } from './text/sampling';
export type { Seq2SeqLSTMOptions } from './text/seq2seq-lstm';
export { Seq2SeqLSTM, seq2SeqLSTM } from './text/seq2seq-lstm';
export type { Seq2SeqTransformerOptions } from './text/seq2seq-transformer';
export { Seq2SeqTransformer, seq2SeqTransformer } from './text/seq2seq-transformer';
export type { TranslateOptions, TranslateSearchOptions, TranslationModel } from './text/translator';
export { Translator } from './text/translator';
export type { Word2VecOptions } from './text/word2vec';
export { skipGramPairs, Word2Vec, word2Vec } from './text/word2vec';
