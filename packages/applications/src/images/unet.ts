/** U-Net: down to what an image shows and up again to where it is. */
import { ArgumentError } from '@hadal/core';
import {
  type ActivationLike,
  activation,
  batchNormalization,
  concatenate,
  conv2d,
  conv2dTranspose,
  input,
  type Model,
  maxPooling2d,
  model,
  type SymbolicTensor,
} from '@hadal/layers';
import { requireSizes } from '../common/composite';

export interface UNetOptions {
  /** [height, width, channels]; height and width are multiples of 2 to the depth (default 256 × 256 × 3). */
  readonly inputShape?: readonly [height: number, width: number, channels: number];
  /** Values of each pixel of the output (default 1). */
  readonly classes?: number;
  /** Channels at the full extent; they double with every level (default 64). */
  readonly filters?: number;
  /** How often images are halved (default 4). */
  readonly depth?: number;
  /** Of the output (default sigmoid for one class, softmax for more). */
  readonly outputActivation?: ActivationLike;
  /** Of the model (default unet). */
  readonly name?: string;
}

/** Two convolutions, each normalized. */
function double(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  let y = x;
  for (const part of ['a', 'b']) {
    y = conv2d(filters, 3, { padding: 'same', useBias: false, name: `${name}_conv_${part}` }).apply(y);
    y = batchNormalization({ name: `${name}_bn_${part}` }).apply(y);
    y = activation('relu', { name: `${name}_relu_${part}` }).apply(y);
  }
  return y;
}

/**
 * A value or a class for every pixel: images [batch, height, width, channels] → [batch, height, width, classes]. As it is
 * built today: images keep their extent, and convolutions are normalized over the batch.
 *
 * Source: Ronneberger, Fischer & Brox (2015).
 *
 * @example
 * const model = uNet({ inputShape: [64, 64, 1], filters: 16, depth: 3 });
 * model.compile({ optimizer: 'adam', loss: 'dice' });
 */
export function uNet(options: UNetOptions = {}): Model {
  const {
    inputShape: [height, width, channels] = [256, 256, 3],
    classes = 1,
    filters = 64,
    depth = 4,
  } = options;
  requireSizes('uNet', { height, width, channels, classes, filters, depth });
  const multiple = 2 ** depth;
  if (height % multiple !== 0 || width % multiple !== 0) {
    throw new ArgumentError(
      'uNet',
      `images are ${height} × ${width} and halved ${depth} times; expected multiples of ${multiple}.`,
      'Pad the images, or use a smaller depth.',
    );
  }
  const image = input([height, width, channels]);
  const skipped: SymbolicTensor[] = [];
  let x = image;
  for (let level = 0; level < depth; level++) {
    x = double(x, filters * 2 ** level, `down_${level}`);
    skipped.push(x);
    x = maxPooling2d(2, { name: `down_${level}_pool` }).apply(x);
  }
  x = double(x, filters * multiple, 'bottom');
  for (const [level, skip] of [...skipped.entries()].reverse()) {
    const own = filters * 2 ** level;
    x = conv2dTranspose(own, 2, { strides: 2, name: `up_${level}_enlarge` }).apply(x);
    x = double(concatenate({ name: `up_${level}_concat` }).apply([skip, x]), own, `up_${level}`);
  }
  const { outputActivation = classes === 1 ? 'sigmoid' : 'softmax', name = 'unet' } = options;
  const outputs = conv2d(classes, 1, { activation: outputActivation, name: 'predictions' }).apply(x);
  return model({ inputs: image, outputs, name });
}
