/** What layers of images share: a batch of them or a single one, with channels last or first. */
import type { ConfigReader, DataFormat, JsonObject, Tensor } from '@hadal/core';
import { clip, isFloat, limitsOf, moveAxis, round, ShapeError } from '@hadal/core';
import type { CallContext } from '../../layer/context';
import { readDataFormat, requireDataFormat } from '../../layer/data-format';
import { Layer, type LayerOptions } from '../../layer/layer';
import { readLayerOptions } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import { formatLayerShape, type LayerShape } from '../../layer/shape';

export interface ImageLayerOptions extends LayerOptions {
  /** Where the channels are (default channelsLast). */
  readonly dataFormat?: DataFormat;
}

/** Height and width in pixels. */
export type ImageSize = readonly [height: number, width: number];

export abstract class ImageLayer extends Layer {
  readonly dataFormat: DataFormat;

  constructor(where: string, options: ImageLayerOptions) {
    super(options);
    this.dataFormat = requireDataFormat(where, options.dataFormat);
  }

  /** What becomes of images, [batch, height, width, channels]. */
  protected abstract transform(images: Tensor, context: CallContext): Tensor;

  /** Height and width of the result where they are others than those of the input. */
  protected get outputSize(): ImageSize | undefined {
    return undefined;
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    this.#requireRank(inputs.shape);
    const isSingle = inputs.rank === 3;
    const batch = isSingle ? inputs.expandDims(0) : inputs;
    const isFirst = this.dataFormat === 'channelsFirst';
    const changed = this.transform(isFirst ? moveAxis(batch, 1, -1) : batch, context);
    const restored = isFirst ? moveAxis(changed, -1, 1) : changed;
    return isSingle ? restored.squeeze(0) : restored;
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    this.#requireRank(inputShape);
    if (this.outputSize === undefined) return inputShape;
    const [channels, batch] = [
      inputShape.at(this.dataFormat === 'channelsFirst' ? -3 : -1) ?? null,
      inputShape.slice(0, -3),
    ];
    return this.dataFormat === 'channelsFirst'
      ? [...batch, channels, ...this.outputSize]
      : [...batch, ...this.outputSize, channels];
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }

  /** Images in floating point. */
  protected floating(images: Tensor): Tensor {
    return isFloat(images.dtype) ? images : images.cast(this.dtype);
  }

  #requireRank(shape: LayerShape): void {
    if (shape.length === 3 || shape.length === 4) return;
    const image = this.dataFormat === 'channelsFirst' ? 'channels, height, width' : 'height, width, channels';
    throw new ShapeError(
      this.className,
      `the input has shape ${formatLayerShape(shape)}, expected images [batch, ${image}] or one [${image}].`,
      'Grey images have a channel axis of extent 1: add it with x.expandDims(-1).',
    );
  }
}

/** The options that `getConfig` wrote. */
export const readImageLayer = (reader: ConfigReader): ImageLayerOptions => ({
  ...readLayerOptions(reader),
  dataFormat: readDataFormat(reader),
});

/** Checks a size. */
export const requireImageSize = (where: string, height: number, width: number): ImageSize => [
  requirePositiveInteger(where, 'height', height),
  requirePositiveInteger(where, 'width', width),
];

/** Height and width of images whose channels are last. */
export const sizeOf = (images: Tensor): ImageSize => [images.shape[1] ?? 1, images.shape[2] ?? 1];

/**
 * The part in the middle of an image that has the aspect ratio of a target.
 *
 * @returns where it begins and how large it is
 */
export function aspectCrop(
  [height, width]: ImageSize,
  [toHeight, toWidth]: ImageSize,
): { readonly start: ImageSize; readonly size: ImageSize } {
  const part = (extent: number, other: number, to: number, toOther: number): number =>
    Math.max(Math.min(extent, Math.trunc((other * to) / toOther)), 1);
  const size = [part(height, width, toHeight, toWidth), part(width, height, toWidth, toHeight)] as const;
  return { start: [Math.trunc((height - size[0]) / 2), Math.trunc((width - size[1]) / 2)], size };
}

/** Cuts the same part out of all images. */
export function cut(images: Tensor, [top, left]: ImageSize, [height, width]: ImageSize): Tensor {
  const [batch = 0, , , channels = 0] = images.shape;
  return images.slice([0, top, left, 0], [batch, top + height, left + width, channels]);
}

/** Numbers as a dtype holds them: whole ones are rounded and kept within its limits. */
export function saturate(x: Tensor, dtype: Tensor['dtype']): Tensor {
  if (x.dtype === dtype || isFloat(dtype)) return x.cast(dtype);
  const [least, greatest] = limitsOf(dtype);
  return clip(round(x), least, greatest).cast(dtype);
}
