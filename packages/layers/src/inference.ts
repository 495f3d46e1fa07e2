/**
 * Entry point for programs that only predict: no losses, metrics, optimizers or training loops come along. The layer
 * classes that a model may use are passed in, and so is the storage that it comes from, so that a bundle holds those and
 * no others.
 *
 * @example
 * import { Dense, httpStorage, loadModel } from '@hadal/layers/inference';
 * const model = await loadModel(httpStorage('https://example.org/digits'), { layers: [Dense] });
 * const probabilities = await model.predict(images);
 */
import type { BlobStorage, Tensor } from '@hadal/core';
import type { Tensors } from './layer/arrangement';
import type { LayerClass } from './layer/layer';
import type { Network } from './model/network';
import type { StructureClass } from './model/structure';
import { readManifest } from './saving/manifest';
import { readNetwork } from './saving/read-network';

export type { CallContext } from './layer/context';
export { inferenceContext } from './layer/context';
export type { AnyLayer, LayerClass, LayerOptions } from './layer/layer';
export { Layer } from './layer/layer';
export { readLayerOptions } from './layer/options';
export type { LayerShape } from './layer/shape';
export { Activation } from './layers/activations/activation';
export { ELU, LeakyReLU, PReLU, ReLU } from './layers/activations/rectifiers';
export { Softmax } from './layers/activations/softmax';
export { AdditiveAttention, Attention } from './layers/attention/attention';
export { GroupQueryAttention } from './layers/attention/group-query';
export type { KeyValueCache } from './layers/attention/headed-attention';
export { MultiHeadAttention } from './layers/attention/multi-head';
export { PositionEmbedding, RotaryEmbedding, SinePositionEncoding } from './layers/attention/positions';
export { Conv1D, Conv3D } from './layers/convolution/conv1d-3d';
export { DepthwiseConv1D, DepthwiseConv2D } from './layers/convolution/depthwise';
export { SeparableConv1D, SeparableConv2D } from './layers/convolution/separable';
export { Conv1DTranspose, Conv2DTranspose, Conv3DTranspose } from './layers/convolution/transposed';
export { EinsumDense } from './layers/dense/einsum-dense';
export { Embedding } from './layers/embedding/embedding';
export { ReversibleEmbedding } from './layers/embedding/reversible-embedding';
export { Flatten } from './layers/flatten';
export { Identity } from './layers/identity';
export { InputLayer } from './layers/input-layer';
export { Masking } from './layers/masking';
export { Add, Average, Maximum, Minimum, Multiply, Subtract } from './layers/merging/arithmetic';
export { Concatenate } from './layers/merging/concatenate';
export { Dot } from './layers/merging/dot';
export { BatchNormalization } from './layers/normalization/batch-normalization';
export { GroupNormalization, InstanceNormalization } from './layers/normalization/group-normalization';
export { LayerNormalization } from './layers/normalization/layer-normalization';
export { RMSNormalization, UnitNormalization } from './layers/normalization/rms-normalization';
export { SpectralNormalization } from './layers/normalization/spectral-normalization';
export {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
} from './layers/pooling/adaptive-pooling';
export { AveragePooling1D, AveragePooling2D, AveragePooling3D } from './layers/pooling/average-pooling';
export {
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
} from './layers/pooling/global-pooling';
export { MaxPooling1D, MaxPooling2D, MaxPooling3D } from './layers/pooling/max-pooling';
export { Conv2D } from './layers/predicting/conv2d';
export { Dense } from './layers/predicting/dense';
export { DenseOfAnyActivation } from './layers/predicting/dense-of-any-activation';
export { Bidirectional } from './layers/recurrent/bidirectional';
export { ConvLSTM1D, ConvLSTM2D, ConvLSTM3D } from './layers/recurrent/conv-lstm';
export { GRU } from './layers/recurrent/gru';
export { GRUCell } from './layers/recurrent/gru-cell';
export { LSTM } from './layers/recurrent/lstm';
export { LSTMCell } from './layers/recurrent/lstm-cell';
export { RNN } from './layers/recurrent/rnn';
export { SimpleRNN } from './layers/recurrent/simple-rnn';
export { SimpleRNNCell } from './layers/recurrent/simple-rnn-cell';
export { StackedRNNCells } from './layers/recurrent/stacked-cells';
export { TimeDistributed } from './layers/recurrent/time-distributed';
export { ActivityRegularization } from './layers/regularization/activity-regularization';
export { Dropout } from './layers/regularization/dropout';
export { AlphaDropout, GaussianDropout, GaussianNoise } from './layers/regularization/noise';
export {
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  StochasticDepth,
} from './layers/regularization/spatial-dropout';
export { Cropping1D, Cropping2D, Cropping3D } from './layers/reshaping/cropping';
export { Permute, RepeatVector } from './layers/reshaping/permute';
export { Reshape } from './layers/reshaping/reshape';
export { UpSampling1D, UpSampling2D, UpSampling3D } from './layers/reshaping/up-sampling';
export { ZeroPadding1D, ZeroPadding2D, ZeroPadding3D } from './layers/reshaping/zero-padding';
export { TransformerDecoder } from './layers/transformer/transformer-decoder';
export { TransformerEncoder } from './layers/transformer/transformer-encoder';
export { Network } from './model/network';
export * from './saving/browser';
export { FileStorage, fileStorage } from './saving/file-storage';
export { HttpStorage, httpStorage } from './saving/http-storage';
export { MemoryStorage, memoryStorage } from './saving/memory-storage';
export { Functional } from './saving/rebuild-graph';

export interface LoadNetworkOptions {
  /** The layer classes that the model may use; `Functional` and `InputLayer` too where its layers form a graph. */
  readonly layers: readonly (LayerClass | StructureClass)[];
}

/**
 * Loads a saved model to predict with.
 *
 * @param storage where the model was saved: `fileStorage('folder')`, `httpStorage(url)`, or one of your own
 * @throws {DataError} when files are missing, truncated, corrupt, or use a layer class that is not listed
 */
export async function loadModel<In extends Tensors = Tensor, Out extends Tensors = Tensor>(
  storage: BlobStorage,
  { layers }: LoadNetworkOptions,
): Promise<Network<In, Out>> {
  return readNetwork<In, Out>(storage, await readManifest(storage), layers);
}
