/** The layer classes that whole models may use without being told: all of this package. */
import type { LayerClass } from '../layer/layer';
import { Activation } from '../layers/activations/activation';
import { ELU, LeakyReLU, PReLU, ReLU } from '../layers/activations/rectifiers';
import { Softmax } from '../layers/activations/softmax';
import { attentionLayers } from '../layers/attention/classes';
import { Conv1D, Conv3D } from '../layers/convolution/conv1d-3d';
import { Conv2D } from '../layers/convolution/conv2d';
import { DepthwiseConv1D, DepthwiseConv2D } from '../layers/convolution/depthwise';
import { SeparableConv1D, SeparableConv2D } from '../layers/convolution/separable';
import { Conv1DTranspose, Conv2DTranspose, Conv3DTranspose } from '../layers/convolution/transposed';
import { Dense } from '../layers/dense/dense';
import { EinsumDense } from '../layers/dense/einsum-dense';
import { Embedding } from '../layers/embedding/embedding';
import { ReversibleEmbedding } from '../layers/embedding/reversible-embedding';
import { Flatten } from '../layers/flatten';
import { Identity } from '../layers/identity';
import { InputLayer } from '../layers/input-layer';
import { Masking } from '../layers/masking';
import { Add, Average, Maximum, Minimum, Multiply, Subtract } from '../layers/merging/arithmetic';
import { Concatenate } from '../layers/merging/concatenate';
import { Dot } from '../layers/merging/dot';
import { BatchNormalization } from '../layers/normalization/batch-normalization';
import { GroupNormalization, InstanceNormalization } from '../layers/normalization/group-normalization';
import { LayerNormalization } from '../layers/normalization/layer-normalization';
import { RMSNormalization, UnitNormalization } from '../layers/normalization/rms-normalization';
import { SpectralNormalization } from '../layers/normalization/spectral-normalization';
import {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
} from '../layers/pooling/adaptive-pooling';
import { AveragePooling1D, AveragePooling2D, AveragePooling3D } from '../layers/pooling/average-pooling';
import {
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
} from '../layers/pooling/global-pooling';
import { MaxPooling1D, MaxPooling2D, MaxPooling3D } from '../layers/pooling/max-pooling';
import { preprocessingLayers } from '../layers/preprocessing/classes';
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
import { Cropping1D, Cropping2D, Cropping3D } from '../layers/reshaping/cropping';
import { Permute, RepeatVector } from '../layers/reshaping/permute';
import { Reshape } from '../layers/reshaping/reshape';
import { UpSampling1D, UpSampling2D, UpSampling3D } from '../layers/reshaping/up-sampling';
import { ZeroPadding1D, ZeroPadding2D, ZeroPadding3D } from '../layers/reshaping/zero-padding';
import { transformerLayers } from '../layers/transformer/classes';

export const builtInLayers = (): readonly LayerClass[] => [
  Activation,
  ActivityRegularization,
  AlphaDropout,
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
  RMSNormalization,
  Reshape,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  SpectralNormalization,
  StochasticDepth,
  UnitNormalization,
  ...attentionLayers(),
  Conv1D,
  Conv3D,
  DepthwiseConv1D,
  DepthwiseConv2D,
  SeparableConv1D,
  SeparableConv2D,
  Conv1DTranspose,
  Conv2DTranspose,
  Conv3DTranspose,
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
  AveragePooling1D,
  AveragePooling2D,
  AveragePooling3D,
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
  MaxPooling1D,
  MaxPooling2D,
  MaxPooling3D,
  Embedding,
  ReversibleEmbedding,
  Identity,
  Masking,
  Add,
  Average,
  Maximum,
  Minimum,
  Multiply,
  Subtract,
  Concatenate,
  Dot,
  ELU,
  LeakyReLU,
  PReLU,
  ReLU,
  Softmax,
  Cropping1D,
  Cropping2D,
  Cropping3D,
  Permute,
  RepeatVector,
  UpSampling1D,
  UpSampling2D,
  UpSampling3D,
  ZeroPadding1D,
  ZeroPadding2D,
  ZeroPadding3D,
  EinsumDense,
  ...preprocessingLayers(),
  ...recurrentLayers(),
  ...transformerLayers(),
];
