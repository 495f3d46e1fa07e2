/** The preprocessing layer classes, for loading models that use them. */
import type { LayerClass } from '../../layer/layer';
import { MelSpectrogram } from './audio/mel-spectrogram';
import { STFTSpectrogram } from './audio/stft-spectrogram';
import { ContrastLimitedAdaptiveHistogramEqualization } from './augmentation/adaptive-histogram';
import {
  RandomColorDegeneration,
  RandomColorJitter,
  RandomGrayscale,
  RandomHue,
  RandomSaturation,
} from './augmentation/color';
import { RandomCrop } from './augmentation/crop';
import { RandomElasticTransform } from './augmentation/elastic';
import { RandomErasing } from './augmentation/erasing';
import { RandomFlip } from './augmentation/flip';
import { RandomGaussianBlur, RandomSharpness } from './augmentation/focus';
import { RandomRotation, RandomShear, RandomTranslation, RandomZoom } from './augmentation/geometric';
import { AutoContrast, Equalization } from './augmentation/histogram';
import { RandomInvert, RandomPosterization, Solarization } from './augmentation/levels';
import { RandomBrightness, RandomContrast } from './augmentation/light';
import { CutMix, MixUp } from './augmentation/mixing';
import { RandomPerspective } from './augmentation/perspective';
import { AugMix, RandAugment } from './augmentation/policies';
import { CategoryEncoding } from './category-encoding';
import { CenterCrop } from './center-crop';
import { Discretization } from './discretization';
import { HashedCrossing } from './hashed-crossing';
import { Hashing } from './hashing';
import { IntegerLookup } from './integer-lookup';
import { Normalization } from './normalization';
import { Rescaling } from './rescaling';
import { Resizing } from './resizing';
import { StringLookup } from './string-lookup';
import { TextVectorization } from './text-vectorization';

export const preprocessingLayers = (): readonly LayerClass[] => [
  AugMix,
  AutoContrast,
  CategoryEncoding,
  CenterCrop,
  ContrastLimitedAdaptiveHistogramEqualization,
  CutMix,
  Discretization,
  Equalization,
  HashedCrossing,
  Hashing,
  IntegerLookup,
  MelSpectrogram,
  MixUp,
  Normalization,
  RandAugment,
  RandomBrightness,
  RandomColorDegeneration,
  RandomColorJitter,
  RandomContrast,
  RandomCrop,
  RandomElasticTransform,
  RandomErasing,
  RandomFlip,
  RandomGaussianBlur,
  RandomGrayscale,
  RandomHue,
  RandomInvert,
  RandomPerspective,
  RandomPosterization,
  RandomRotation,
  RandomSaturation,
  RandomSharpness,
  RandomShear,
  RandomTranslation,
  RandomZoom,
  Rescaling,
  Resizing,
  STFTSpectrogram,
  Solarization,
  StringLookup,
  TextVectorization,
];
