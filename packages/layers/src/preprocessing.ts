/**
 * Entry point for layers that prepare data: numbers, categories, text, sound and images, and image augmentation. The main entry
 * point has them too; models that only predict load them from here:
 *
 * @example
 * import { Dense, httpStorage, loadModel } from '@hadal/layers/inference';
 * import { Normalization } from '@hadal/layers/preprocessing';
 * const model = await loadModel(httpStorage('https://example.org/prices'), { layers: [Normalization, Dense] });
 */
export type { AdaptData } from './layers/preprocessing/adapt-data';
export type { MelSpectrogramOptions } from './layers/preprocessing/audio/mel-spectrogram';
export { MelSpectrogram, melSpectrogram } from './layers/preprocessing/audio/mel-spectrogram';
export type { SpectrogramMode, STFTSpectrogramOptions } from './layers/preprocessing/audio/stft-spectrogram';
export { STFTSpectrogram, stftSpectrogram } from './layers/preprocessing/audio/stft-spectrogram';
export type { ContrastLimitedAdaptiveHistogramEqualizationOptions } from './layers/preprocessing/augmentation/adaptive-histogram';
export {
  ContrastLimitedAdaptiveHistogramEqualization,
  contrastLimitedAdaptiveHistogramEqualization,
} from './layers/preprocessing/augmentation/adaptive-histogram';
export type { AffineAugmentationOptions } from './layers/preprocessing/augmentation/affine';
export type { AugmentationOptions, PixelOptions } from './layers/preprocessing/augmentation/augmentation';
export type { RandomColorJitterOptions } from './layers/preprocessing/augmentation/color';
export {
  RandomColorDegeneration,
  RandomColorJitter,
  RandomGrayscale,
  RandomHue,
  RandomSaturation,
  randomColorDegeneration,
  randomColorJitter,
  randomGrayscale,
  randomHue,
  randomSaturation,
} from './layers/preprocessing/augmentation/color';
export { RandomCrop, randomCrop } from './layers/preprocessing/augmentation/crop';
export type { RandomElasticTransformOptions } from './layers/preprocessing/augmentation/elastic';
export { RandomElasticTransform, randomElasticTransform } from './layers/preprocessing/augmentation/elastic';
export type { FillValue, RandomErasingOptions } from './layers/preprocessing/augmentation/erasing';
export { RandomErasing, randomErasing } from './layers/preprocessing/augmentation/erasing';
export type { Factor, Interval } from './layers/preprocessing/augmentation/factor';
export type { FlipMode, FlipModeName } from './layers/preprocessing/augmentation/flip';
export { RandomFlip, randomFlip } from './layers/preprocessing/augmentation/flip';
export type { RandomGaussianBlurOptions } from './layers/preprocessing/augmentation/focus';
export {
  RandomGaussianBlur,
  RandomSharpness,
  randomGaussianBlur,
  randomSharpness,
} from './layers/preprocessing/augmentation/focus';
export {
  RandomRotation,
  RandomShear,
  RandomTranslation,
  RandomZoom,
  randomRotation,
  randomShear,
  randomTranslation,
  randomZoom,
} from './layers/preprocessing/augmentation/geometric';
export type { EqualizationOptions } from './layers/preprocessing/augmentation/histogram';
export {
  AutoContrast,
  autoContrast,
  Equalization,
  equalization,
} from './layers/preprocessing/augmentation/histogram';
export type { SolarizationOptions } from './layers/preprocessing/augmentation/levels';
export {
  RandomInvert,
  RandomPosterization,
  randomInvert,
  randomPosterization,
  Solarization,
  solarization,
} from './layers/preprocessing/augmentation/levels';
export {
  RandomBrightness,
  RandomContrast,
  randomBrightness,
  randomContrast,
} from './layers/preprocessing/augmentation/light';
export type { Labelled } from './layers/preprocessing/augmentation/mixing';
export { CutMix, cutMix, MixUp, mixUp } from './layers/preprocessing/augmentation/mixing';
export type { RandomPerspectiveOptions } from './layers/preprocessing/augmentation/perspective';
export { RandomPerspective, randomPerspective } from './layers/preprocessing/augmentation/perspective';
export type { AugMixOptions, RandAugmentOptions } from './layers/preprocessing/augmentation/policies';
export { AugMix, augMix, RandAugment, randAugment } from './layers/preprocessing/augmentation/policies';
export type { CategoryEncodingOptions } from './layers/preprocessing/category-encoding';
export { CategoryEncoding, categoryEncoding } from './layers/preprocessing/category-encoding';
export { CenterCrop, centerCrop } from './layers/preprocessing/center-crop';
export type { DiscretizationOptions } from './layers/preprocessing/discretization';
export { Discretization, discretization } from './layers/preprocessing/discretization';
export type { HashedCrossingOptions } from './layers/preprocessing/hashed-crossing';
export { HashedCrossing, hashedCrossing } from './layers/preprocessing/hashed-crossing';
export type { HashingOptions } from './layers/preprocessing/hashing';
export { Hashing, hashing } from './layers/preprocessing/hashing';
export type { Texts } from './layers/preprocessing/holds-texts';
export type { ImageLayerOptions } from './layers/preprocessing/image-layer';
export type { IntegerLookupOptions } from './layers/preprocessing/integer-lookup';
export { IntegerLookup, integerLookup } from './layers/preprocessing/integer-lookup';
export type { NormalizationOptions, Statistic } from './layers/preprocessing/normalization';
export { Normalization, normalization } from './layers/preprocessing/normalization';
export type { OnHostOptions } from './layers/preprocessing/on-host';
export { onHost } from './layers/preprocessing/on-host';
export type { CategoryMode, VocabularyMode } from './layers/preprocessing/output-modes';
export type { Scale } from './layers/preprocessing/rescaling';
export { Rescaling, rescaling } from './layers/preprocessing/rescaling';
export type { ResizingOptions } from './layers/preprocessing/resizing';
export { Resizing, resizing } from './layers/preprocessing/resizing';
export type { Salt } from './layers/preprocessing/salt';
export type { StringLookupOptions } from './layers/preprocessing/string-lookup';
export { StringLookup, stringLookup } from './layers/preprocessing/string-lookup';
export type { Split, Standardize, TextVectorizationOptions } from './layers/preprocessing/text-vectorization';
export { TextVectorization, textVectorization } from './layers/preprocessing/text-vectorization';
export type { TextData, Values } from './layers/preprocessing/texts';
export type { VocabularyOptions } from './layers/preprocessing/vocabulary';
