/** What networks expect of pixels: three customs, by the frameworks that their weights came from. */
import { ArgumentError, type DataFormat, flip, isFloat, type Tensor, tensor } from '@hadal/core';

/** How pixels 0 … 255 are brought into the range of a network. */
export type PreprocessMode = 'caffe' | 'tf' | 'torch';

export interface PreprocessOptions {
  /**
   * `caffe` (default): from RGB to BGR, the mean colour of ImageNet subtracted, not scaled. `tf`: to −1 … 1. `torch`: to
   * 0 … 1, then each channel by mean and deviation of ImageNet.
   */
  readonly mode?: PreprocessMode;
  /** Where the channels are (default channelsLast). */
  readonly dataFormat?: DataFormat;
}

/** The mean colour of ImageNet, blue first, of 255. */
const MEAN_BGR = [103.939, 116.779, 123.68] as const;

/** Mean and deviation of the channels of ImageNet, red first, of 1. */
export const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
export const IMAGENET_DEVIATION = [0.229, 0.224, 0.225] as const;

const MAX_VALUE = 255;

/**
 * Pixels as a network of a family expects them. VGG and ResNet take mode `caffe`, ResNet v2 and MobileNet `tf`,
 * DenseNet, EfficientNet and ConvNeXt `torch`.
 *
 * @param images [batch, height, width, 3] or [height, width, 3], 0 … 255; not changed
 * @returns floating point, of the same shape
 * @throws {ArgumentError} when the mode is unknown, or there are not three channels where three are needed
 * @example
 * const probabilities = await vgg16().predict(preprocessInput(images));
 */
export function preprocessInput(images: Tensor, options: PreprocessOptions = {}): Tensor {
  const { mode = 'caffe', dataFormat = 'channelsLast' } = options;
  const x = isFloat(images.dtype) ? images : images.cast('float32');
  if (mode === 'tf') return x.div(MAX_VALUE / 2).sub(1);
  if (mode !== 'caffe' && mode !== 'torch') {
    throw new ArgumentError('preprocessInput', `unknown mode '${mode}'; expected caffe, tf or torch.`);
  }
  const axis = dataFormat === 'channelsLast' ? x.rank - 1 : x.rank - 3;
  if (x.shape[axis] !== 3) {
    throw new ArgumentError(
      'preprocessInput',
      `images have shape [${x.shape}]; mode '${mode}' needs three channels at axis ${axis}.`,
      "Grey images take mode 'tf', or become colour by tile or grayscaleToRGB.",
    );
  }
  const perChannel = (values: readonly number[]): Tensor =>
    tensor([...values], {
      shape: Array.from({ length: x.rank - axis }, (_, each) => (each === 0 ? 3 : 1)),
      dtype: x.dtype,
    });
  return mode === 'caffe'
    ? flip(x, axis).sub(perChannel(MEAN_BGR))
    : x.div(MAX_VALUE).sub(perChannel(IMAGENET_MEAN)).div(perChannel(IMAGENET_DEVIATION));
}
