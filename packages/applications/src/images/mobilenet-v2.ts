/** MobileNet v2: narrow between blocks, wide within, one window per channel. */
import {
  add,
  batchNormalization,
  conv2d,
  depthwiseConv2d,
  type Model,
  reLU,
  type SymbolicTensor,
} from '@hadal/layers';
import { beginNetwork, finishNetwork, type ImageNetworkOptions } from './options';
import { channelsOf, divisible, paddedForStride } from './parts';

const NORMALIZATION = { epsilon: 1e-3, momentum: 0.999 };

/** What activations are cut to. */
const CEILING = 6;

const STEM_CHANNELS = 32;
const LAST_CHANNELS = 1280;

/** Filters, how often, the stride of the first, and how much wider a block is within. */
const STAGES = [
  { filters: 16, blocks: 1, strides: 1, expansion: 1 },
  { filters: 24, blocks: 2, strides: 2, expansion: 6 },
  { filters: 32, blocks: 3, strides: 2, expansion: 6 },
  { filters: 64, blocks: 4, strides: 2, expansion: 6 },
  { filters: 96, blocks: 3, strides: 1, expansion: 6 },
  { filters: 160, blocks: 3, strides: 2, expansion: 6 },
  { filters: 320, blocks: 1, strides: 1, expansion: 6 },
] as const;

interface Block {
  readonly index: number;
  readonly filters: number;
  readonly strides: number;
  readonly expansion: number;
}

function normalized(x: SymbolicTensor, name: string, reluName: string): SymbolicTensor {
  const y = batchNormalization({ ...NORMALIZATION, name }).apply(x);
  return reLU({ maxValue: CEILING, name: reluName }).apply(y);
}

function invertedResidual(x: SymbolicTensor, { index, filters, strides, expansion }: Block): SymbolicTensor {
  const prefix = index === 0 ? 'expanded_conv' : `block_${index}`;
  const channels = channelsOf(x);
  let y = x;
  if (index > 0) {
    const options = { padding: 'same', useBias: false, name: `${prefix}_expand` } as const;
    y = conv2d(expansion * channels, 1, options).apply(y);
    y = normalized(y, `${prefix}_expand_BN`, `${prefix}_expand_relu`);
  }
  if (strides === 2) y = paddedForStride(y, 3, `${prefix}_pad`);
  const padding = strides === 1 ? 'same' : 'valid';
  y = depthwiseConv2d(3, { strides, padding, useBias: false, name: `${prefix}_depthwise` }).apply(y);
  y = normalized(y, `${prefix}_depthwise_BN`, `${prefix}_depthwise_relu`);
  y = conv2d(filters, 1, { padding: 'same', useBias: false, name: `${prefix}_project` }).apply(y);
  y = batchNormalization({ ...NORMALIZATION, name: `${prefix}_project_BN` }).apply(y);
  return channels === filters && strides === 1 ? add({ name: `${prefix}_add` }).apply([x, y]) : y;
}

/**
 * MobileNet v2: images [batch, 224, 224, 3] in −1 … 1 (mode `tf`) → probabilities [batch, classes]. Names are those of
 * Keras. `alpha` makes it narrower; channels stay multiples of 8.
 *
 * Source: Sandler et al. (2018).
 *
 * @example
 * const model = mobileNetV2({ inputShape: [96, 96, 3], classes: 5, alpha: 0.35 });
 */
export function mobileNetV2(options: ImageNetworkOptions = {}): Model {
  const network = beginNetwork('mobileNetV2', 'mobilenet_v2', options);
  const { image, alpha } = network;
  let x = conv2d(divisible(STEM_CHANNELS * alpha), 3, {
    strides: 2,
    padding: 'same',
    useBias: false,
    name: 'Conv1',
  }).apply(image);
  x = normalized(x, 'bn_Conv1', 'Conv1_relu');
  let index = 0;
  for (const { filters, blocks, strides, expansion } of STAGES) {
    for (let each = 0; each < blocks; each++) {
      const width = divisible(Math.floor(filters * alpha));
      x = invertedResidual(x, { index, filters: width, strides: each === 0 ? strides : 1, expansion });
      index++;
    }
  }
  const last = alpha > 1 ? divisible(LAST_CHANNELS * alpha) : LAST_CHANNELS;
  x = conv2d(last, 1, { useBias: false, name: 'Conv_1' }).apply(x);
  return finishNetwork(network, normalized(x, 'Conv_1_bn', 'out_relu'));
}
