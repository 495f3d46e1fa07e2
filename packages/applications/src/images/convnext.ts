/** ConvNeXt: a convolutional network with what Transformers taught: few normalizations, wide windows, GELU. */
import {
  activation,
  add,
  conv2d,
  dense,
  globalAveragePooling2d,
  layerNormalization,
  type Model,
  type SymbolicTensor,
  stochasticDepth,
} from '@hadal/layers';
import { LayerScale } from './layer-scale';
import { beginNetwork, endNetwork, type ImageNetworkOptions, pooled, scaled } from './options';

export interface ConvNeXtOptions extends ImageNetworkOptions {
  /** How likely the last residual branch is left out in training; earlier ones less so (default 0). */
  readonly dropPathRate?: number;
  /** What the factors of residual branches begin as (default 1e-6). */
  readonly layerScaleInitValue?: number;
}

const EPSILON = 1e-6;

/** How much wider a block is within. */
const EXPANSION = 4;

const SIZES = {
  Tiny: { depths: [3, 3, 9, 3], channels: [96, 192, 384, 768] },
  Small: { depths: [3, 3, 27, 3], channels: [96, 192, 384, 768] },
  Base: { depths: [3, 3, 27, 3], channels: [128, 256, 512, 1024] },
  Large: { depths: [3, 3, 27, 3], channels: [192, 384, 768, 1536] },
  XLarge: { depths: [3, 3, 27, 3], channels: [256, 512, 1024, 2048] },
} as const;

const normalized = (x: SymbolicTensor, name: string): SymbolicTensor =>
  layerNormalization({ epsilon: EPSILON, name }).apply(x);

interface Block {
  readonly name: string;
  readonly channels: number;
  readonly dropRate: number;
  readonly initValue: number;
}

function block(x: SymbolicTensor, { name, channels, dropRate, initValue }: Block): SymbolicTensor {
  let y = conv2d(channels, 7, { padding: 'same', groups: channels, name: `${name}_depthwise_conv` }).apply(x);
  y = normalized(y, `${name}_layernorm`);
  y = dense(EXPANSION * channels, { name: `${name}_pointwise_conv_1` }).apply(y);
  y = activation('gelu', { name: `${name}_gelu` }).apply(y);
  y = dense(channels, { name: `${name}_pointwise_conv_2` }).apply(y);
  y = new LayerScale(initValue, { name: `${name}_layer_scale` }).apply(y);
  if (dropRate > 0) y = stochasticDepth(dropRate, { name: `${name}_stochastic_depth` }).apply(y);
  return add({ name: `${name}_add` }).apply([x, y]);
}

function convNeXt(size: keyof typeof SIZES, options: ConvNeXtOptions): Model {
  const { depths, channels } = SIZES[size];
  const { dropPathRate = 0, layerScaleInitValue: initValue = 1e-6 } = options;
  const network = beginNetwork(`convNeXt${size}`, `convnext_${size.toLowerCase()}`, options);
  const { name, image, alpha } = network;
  const blocks = depths.reduce<number>((sum, depth) => sum + depth, 0);
  let x = image;
  let before = 0;
  for (const [stage, depth] of depths.entries()) {
    const width = scaled(channels[stage] ?? 1, alpha);
    if (stage === 0) {
      x = conv2d(width, 4, { strides: 4, name: `${name}_stem_conv` }).apply(x);
      x = normalized(x, `${name}_stem_layernorm`);
    } else {
      x = normalized(x, `${name}_downsampling_layernorm_${stage - 1}`);
      x = conv2d(width, 2, { strides: 2, name: `${name}_downsampling_conv_${stage - 1}` }).apply(x);
    }
    for (let index = 0; index < depth; index++) {
      const dropRate = (dropPathRate * before) / (blocks - 1);
      x = block(x, { name: `${name}_stage_${stage}_block_${index}`, channels: width, dropRate, initValue });
      before++;
    }
  }
  if (options.includeTop === false) {
    return endNetwork(network, normalized(pooled(options, x), 'layer_normalization'));
  }
  const features = globalAveragePooling2d({ name: `${name}_head_gap` }).apply(x);
  const { classes = 1000, classifierActivation = 'softmax' } = options;
  const scores = dense(classes, { activation: classifierActivation, name: `${name}_head_dense` });
  return endNetwork(network, scores.apply(normalized(features, `${name}_head_layernorm`)));
}

/**
 * ConvNeXt of the smallest size: images [batch, 224, 224, 3] → probabilities [batch, classes]. Names are those of Keras,
 * without its preprocessing: bring pixels into range with mode `torch`. Loading one needs `applicationLayers`.
 *
 * Source: Liu et al. (2022).
 *
 * @example
 * const model = convNeXtTiny({ inputShape: [64, 64, 3], classes: 10, alpha: 0.5, dropPathRate: 0.1 });
 */
export const convNeXtTiny = (options: ConvNeXtOptions = {}): Model => convNeXt('Tiny', options);

/** ConvNeXt with three times as many blocks in the third stage; see {@link convNeXtTiny}. */
export const convNeXtSmall = (options: ConvNeXtOptions = {}): Model => convNeXt('Small', options);

/** ConvNeXt with 128 to 1024 channels; see {@link convNeXtTiny}. */
export const convNeXtBase = (options: ConvNeXtOptions = {}): Model => convNeXt('Base', options);

/** ConvNeXt with 192 to 1536 channels; see {@link convNeXtTiny}. */
export const convNeXtLarge = (options: ConvNeXtOptions = {}): Model => convNeXt('Large', options);

/** ConvNeXt with 256 to 2048 channels; see {@link convNeXtTiny}. */
export const convNeXtXLarge = (options: ConvNeXtOptions = {}): Model => convNeXt('XLarge', options);
