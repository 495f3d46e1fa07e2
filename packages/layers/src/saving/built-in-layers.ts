/** The layer classes that whole models may use without being told: all of this package. */
import type { LayerClass } from '../layer/layer';
import { Activation } from '../layers/activations/activation';
import { attentionLayers } from '../layers/attention/classes';
import { Conv2D } from '../layers/conv2d';
import { Dense } from '../layers/dense';
import { Flatten } from '../layers/flatten';
import { InputLayer } from '../layers/input-layer';
import { BatchNormalization } from '../layers/normalization/batch-normalization';
import { GroupNormalization, InstanceNormalization } from '../layers/normalization/group-normalization';
import { LayerNormalization } from '../layers/normalization/layer-normalization';
import { RMSNormalization, UnitNormalization } from '../layers/normalization/rms-normalization';
import { SpectralNormalization } from '../layers/normalization/spectral-normalization';
import { AveragePooling2D, MaxPooling2D } from '../layers/pooling2d';
import { recurrentLayers } from '../layers/recurrent/classes';
import { ActivityRegularization } from '../layers/regularization/activity-regularization';
import { Dropout } from '../layers/regularization/dropout';
import { AlphaDropout, GaussianDropout, GaussianNoise } from '../layers/regularization/noise';
import {
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  StochasticDepth,
} from '../layers/regularization/spatial-dropout';
import { Reshape } from '../layers/reshape';

export const builtInLayers = (): readonly LayerClass[] => [
  Activation,
  ActivityRegularization,
  AlphaDropout,
  AveragePooling2D,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  GaussianDropout,
  GaussianNoise,
  GroupNormalization,
  InputLayer,
  InstanceNormalization,
  LayerNormalization,
  MaxPooling2D,
  RMSNormalization,
  Reshape,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  SpectralNormalization,
  StochasticDepth,
  UnitNormalization,
  ...attentionLayers(),
  ...recurrentLayers(),
];
