/**
 * `hadal`: tensors, layers, optimizers and data in one package, and the fastest device there is.
 *
 * A name that several packages have means that of the one further up: a layer rather than the operation it computes.
 * Operations of those names are methods of tensors, or come from `hadal/core`.
 */

export { type CpuOptions, cpu } from '@hadal/backend-cpu';
export * from '@hadal/core';
export * from '@hadal/data';
export { oneHot, type ShuffleOptions } from '@hadal/data';
export * from '@hadal/layers';
export {
  type ArrayInput,
  type AttentionOptions,
  add,
  alphaDropout,
  average,
  type BatchOptions,
  batchNormalization,
  type CompileOptions,
  conv1d,
  conv1dTranspose,
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  cosineSimilarity,
  depthwiseConv1d,
  depthwiseConv2d,
  dot,
  dropout,
  flatten,
  gaussianDropout,
  gaussianNoise,
  gru,
  identity,
  klDivergence,
  lstm,
  maximum,
  meanAbsoluteError,
  meanSquaredError,
  minimum,
  type Padding,
  permute,
  type Reduction,
  reshape,
  rotaryEmbedding,
  separableConv1d,
  separableConv2d,
  softmax,
} from '@hadal/layers';
export * from '@hadal/optimizers';
export { clipByNorm, clipByValue } from '@hadal/optimizers';
export { type BestDevice, type BestOptions, best } from './best';
