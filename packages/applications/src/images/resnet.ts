/** Residual networks: every block adds to what it was given, so that gradients pass through any number of them. */
import {
  activation,
  add,
  batchNormalization,
  conv2d,
  type Model,
  maxPooling2d,
  type SymbolicTensor,
  zeroPadding2d,
} from '@hadal/layers';
import { beginNetwork, finishNetwork, type ImageNetwork, type ImageNetworkOptions, scaled } from './options';
import { channelsOf, normalizedRelu } from './parts';

const EPSILON = 1.001e-5;

/** Channels of the first convolution and inside the four stages. */
const STEM_CHANNELS = 64;
const STAGE_CHANNELS = [64, 128, 256, 512] as const;

/** How much wider a bottleneck block is outside than inside. */
const EXPANSION = 4;

const STAGES = {
  18: { blocks: [2, 2, 2, 2], isBottleneck: false },
  34: { blocks: [3, 4, 6, 3], isBottleneck: false },
  50: { blocks: [3, 4, 6, 3], isBottleneck: true },
  101: { blocks: [3, 4, 23, 3], isBottleneck: true },
  152: { blocks: [3, 8, 36, 3], isBottleneck: true },
} as const;

type Depth = keyof typeof STAGES;

/** What a block is made for. */
interface Block {
  readonly name: string;
  /** Channels inside. */
  readonly filters: number;
  readonly strides: number;
  /** Whether the shortcut has a convolution, because the block changes the channels or is told so. */
  readonly projects: boolean;
}

const convolution = (filters: number, size: number, name: string, strides = 1, useBias = true) =>
  conv2d(filters, size, { name, strides, useBias, padding: size === 1 ? 'valid' : 'same' });

const normalization = (name: string) => batchNormalization({ epsilon: EPSILON, name });

/** Three convolutions, the outer ones of one pixel; normalized after each. */
function bottleneck(x: SymbolicTensor, { name, filters, strides, projects }: Block): SymbolicTensor {
  const options = { epsilon: EPSILON };
  const shortcut = projects
    ? normalization(`${name}_0_bn`).apply(
        convolution(EXPANSION * filters, 1, `${name}_0_conv`, strides).apply(x),
      )
    : x;
  let y = convolution(filters, 1, `${name}_1_conv`, strides).apply(x);
  y = normalizedRelu(y, `${name}_1`, options);
  y = convolution(filters, 3, `${name}_2_conv`).apply(y);
  y = normalizedRelu(y, `${name}_2`, options);
  y = convolution(EXPANSION * filters, 1, `${name}_3_conv`).apply(y);
  y = normalization(`${name}_3_bn`).apply(y);
  const sum = add({ name: `${name}_add` }).apply([shortcut, y]);
  return activation('relu', { name: `${name}_out` }).apply(sum);
}

/** A convolution of 3 × 3 that may halve the image, centred as the one of a bottleneck of the second kind. */
function centred(x: SymbolicTensor, filters: number, strides: number, name: string): SymbolicTensor {
  const padded = zeroPadding2d(1, { name: `${name}_pad` }).apply(x);
  return conv2d(filters, 3, { strides, useBias: false, name: `${name}_conv` }).apply(padded);
}

/** Two convolutions of 3 × 3, normalized after each. */
function basic(x: SymbolicTensor, { name, filters, strides, projects }: Block): SymbolicTensor {
  const options = { epsilon: EPSILON };
  const shortcut = projects
    ? normalization(`${name}_0_bn`).apply(convolution(filters, 1, `${name}_0_conv`, strides, false).apply(x))
    : x;
  let y = centred(x, filters, strides, `${name}_1`);
  y = normalizedRelu(y, `${name}_1`, options);
  y = centred(y, filters, 1, `${name}_2`);
  y = normalization(`${name}_2_bn`).apply(y);
  const sum = add({ name: `${name}_add` }).apply([shortcut, y]);
  return activation('relu', { name: `${name}_out` }).apply(sum);
}

/** The shortcut of a block that is normalized first. */
function preactivatedShortcut(
  x: SymbolicTensor,
  active: SymbolicTensor,
  { name, strides, projects }: Block,
  filters: number,
): SymbolicTensor {
  if (projects) return convolution(filters, 1, `${name}_0_conv`, strides).apply(active);
  return strides > 1 ? maxPooling2d(1, { strides, name: `${name}_0_pool` }).apply(x) : x;
}

/** Three convolutions, normalized before each. */
function preactivatedBottleneck(x: SymbolicTensor, block: Block): SymbolicTensor {
  const { name, filters, strides } = block;
  const options = { epsilon: EPSILON };
  const active = normalizedRelu(x, `${name}_preact`, options);
  const shortcut = preactivatedShortcut(x, active, block, EXPANSION * filters);
  let y = convolution(filters, 1, `${name}_1_conv`, 1, false).apply(active);
  y = normalizedRelu(y, `${name}_1`, options);
  y = centred(y, filters, strides, `${name}_2`);
  y = normalizedRelu(y, `${name}_2`, options);
  y = convolution(EXPANSION * filters, 1, `${name}_3_conv`).apply(y);
  return add({ name: `${name}_out` }).apply([shortcut, y]);
}

/** Two convolutions, normalized before each. */
function preactivatedBasic(x: SymbolicTensor, block: Block): SymbolicTensor {
  const { name, filters, strides } = block;
  const options = { epsilon: EPSILON };
  const active = normalizedRelu(x, `${name}_preact`, options);
  const shortcut = preactivatedShortcut(x, active, block, filters);
  let y = centred(active, filters, strides, `${name}_1`);
  y = normalizedRelu(y, `${name}_1`, options);
  y = centred(y, filters, 1, `${name}_2`);
  return add({ name: `${name}_out` }).apply([shortcut, y]);
}

function stem({ image, alpha }: ImageNetwork, isPreactivated: boolean, useBias: boolean): SymbolicTensor {
  let x = zeroPadding2d(3, { name: 'conv1_pad' }).apply(image);
  x = conv2d(scaled(STEM_CHANNELS, alpha), 7, { strides: 2, useBias, name: 'conv1_conv' }).apply(x);
  if (!isPreactivated) x = normalizedRelu(x, 'conv1', { epsilon: EPSILON });
  x = zeroPadding2d(1, { name: 'pool1_pad' }).apply(x);
  return maxPooling2d(3, { strides: 2, name: 'pool1_pool' }).apply(x);
}

/** The first version halves images in the first block of a stage. */
function resNet(depth: Depth, options: ImageNetworkOptions): Model {
  const { blocks, isBottleneck } = STAGES[depth];
  const network = beginNetwork(`resNet${depth}`, `resnet${depth}`, options);
  let x = stem(network, false, isBottleneck);
  for (const [stage, count] of blocks.entries()) {
    const filters = scaled(STAGE_CHANNELS[stage] ?? 512, network.alpha);
    for (let index = 1; index <= count; index++) {
      const isFirst = index === 1;
      const strides = isFirst && stage > 0 ? 2 : 1;
      const name = `conv${stage + 2}_block${index}`;
      x = isBottleneck
        ? bottleneck(x, { name, filters, strides, projects: isFirst })
        : basic(x, { name, filters, strides, projects: strides > 1 || channelsOf(x) !== filters });
    }
  }
  return finishNetwork(network, x);
}

/** The second version halves images in the last block of a stage, but in the last stage. */
function resNetV2(depth: Depth, options: ImageNetworkOptions): Model {
  const { blocks, isBottleneck } = STAGES[depth];
  const network = beginNetwork(`resNet${depth}V2`, `resnet${depth}v2`, options);
  let x = stem(network, true, true);
  for (const [stage, count] of blocks.entries()) {
    const filters = scaled(STAGE_CHANNELS[stage] ?? 512, network.alpha);
    for (let index = 1; index <= count; index++) {
      const strides = index === count && stage < blocks.length - 1 ? 2 : 1;
      const block = { name: `conv${stage + 2}_block${index}`, filters, strides, projects: index === 1 };
      x = isBottleneck ? preactivatedBottleneck(x, block) : preactivatedBasic(x, block);
    }
  }
  return finishNetwork(network, normalizedRelu(x, 'post', { epsilon: EPSILON }));
}

/**
 * ResNet with 18 weighted layers, in blocks of two convolutions: images [batch, 224, 224, 3] → probabilities [batch,
 * classes]. Preprocess images with mode `caffe`.
 *
 * Source: He et al. (2016), "Deep residual learning for image recognition".
 *
 * @example
 * const features = resNet18({ inputShape: [64, 64, 3], includeTop: false, pooling: 'avg', alpha: 0.5 });
 */
export const resNet18 = (options: ImageNetworkOptions = {}): Model => resNet(18, options);

/** ResNet with 34 weighted layers; see {@link resNet18}. */
export const resNet34 = (options: ImageNetworkOptions = {}): Model => resNet(34, options);

/** ResNet with 50 weighted layers, in blocks of three convolutions, by the names of Keras; see {@link resNet18}. */
export const resNet50 = (options: ImageNetworkOptions = {}): Model => resNet(50, options);

/** ResNet with 101 weighted layers, by the names of Keras; see {@link resNet18}. */
export const resNet101 = (options: ImageNetworkOptions = {}): Model => resNet(101, options);

/** ResNet with 152 weighted layers, by the names of Keras; see {@link resNet18}. */
export const resNet152 = (options: ImageNetworkOptions = {}): Model => resNet(152, options);

/**
 * ResNet of the second version, normalized before convolutions, with 18 weighted layers: images [batch, 224, 224, 3] →
 * probabilities [batch, classes]. Preprocess images with mode `tf`.
 *
 * Source: He et al. (2016), "Identity mappings in deep residual networks".
 *
 * @example
 * const model = resNet18V2({ inputShape: [64, 64, 3], classes: 10 });
 */
export const resNet18V2 = (options: ImageNetworkOptions = {}): Model => resNetV2(18, options);

/** The second version with 34 weighted layers; see {@link resNet18V2}. */
export const resNet34V2 = (options: ImageNetworkOptions = {}): Model => resNetV2(34, options);

/** The second version with 50 weighted layers, by the names of Keras; see {@link resNet18V2}. */
export const resNet50V2 = (options: ImageNetworkOptions = {}): Model => resNetV2(50, options);

/** The second version with 101 weighted layers, by the names of Keras; see {@link resNet18V2}. */
export const resNet101V2 = (options: ImageNetworkOptions = {}): Model => resNetV2(101, options);

/** The second version with 152 weighted layers, by the names of Keras; see {@link resNet18V2}. */
export const resNet152V2 = (options: ImageNetworkOptions = {}): Model => resNetV2(152, options);
