import { ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { inFormat } from './data-format';
import { asFloat, operandPair, tensorFrom } from './operand';
import { type PoolOptions, poolAttributes, poolOf, windowAxes, windowsOf } from './pool-windows';
import { requireImageRank } from './pooling';

export interface MorphologyOptions extends Omit<PoolOptions, 'strides'> {
  /** Distance between positions of the filter, for both spatial axes or each. Default 1. */
  readonly strides?: number | readonly number[];
}

function morphological(
  where: string,
  x: Tensor,
  filter: Tensor,
  options: MorphologyOptions,
  make: (x: Node, filter: Node, dilated: (x: Node, filter: Node) => Node) => Node,
): Tensor {
  requireImageRank(where, x, 2);
  return inFormat(where, options.dataFormat ?? 'channelsLast', x, (images) => {
    if (filter.rank !== 3 || filter.shape[2] !== images.shape[3]) {
      throw new ShapeError(
        where,
        `filter ${formatShape(filter.shape)} does not fit images ${formatShape(x.shape)}.`,
        `Expected [height, width, channels], with ${extentAt(images.shape, 3)} channels.`,
      );
    }
    const { strides = 1 } = options;
    const attributes = poolAttributes(where, images.shape, filter.shape.slice(0, 2), { ...options, strides });
    const [node, weights] = operandPair(where, images, filter);
    const dilated = (image: Node, element: Node): Node => {
      const windows = windowsOf(image, poolOf(image, attributes), build.lowest(image.dtype));
      return build.reduce('max', build.add(windows, build.permute(element, [2, 0, 1])), windowAxes(image));
    };
    return tensorFrom(where, make(asFloat(node), asFloat(weights), dilated), [images, filter]);
  });
}

/**
 * Grayscale dilation: the maximum of image plus filter over each position of the filter. Padding never takes part;
 * equal maxima share the gradient evenly.
 *
 * @param x      [batch, height, width, channels]; integers become float32
 * @param filter [height, width, channels]
 * @returns [batch, rows, columns, channels]
 * @throws {ShapeError} when ranks or channels do not fit, or the filter is larger than the image
 * @example
 * const image = tensor([1, 5, 2, 3], { shape: [1, 2, 2, 1] });
 * await dilation2d(image, zeros([2, 2, 1])).data(); // Float32Array [5]
 */
export const dilation2d = (x: Tensor, filter: Tensor, options: MorphologyOptions = {}): Tensor =>
  morphological('dilation2d', x, filter, options, (image, element, dilated) => dilated(image, element));

/**
 * Grayscale erosion: the minimum of image minus the turned filter over each position of it, so that
 * erosion2d(x, filter) = -dilation2d(-x, filter turned by 180°), as in TensorFlow. Padding never takes part.
 *
 * @param x      [batch, height, width, channels]; integers become float32
 * @param filter [height, width, channels]
 * @returns [batch, rows, columns, channels]
 * @throws {ShapeError} when ranks or channels do not fit, or the filter is larger than the image
 * @example
 * const image = tensor([1, 5, 2, 3], { shape: [1, 2, 2, 1] });
 * await erosion2d(image, zeros([2, 2, 1])).data(); // Float32Array [1]
 */
export const erosion2d = (x: Tensor, filter: Tensor, options: MorphologyOptions = {}): Tensor =>
  morphological('erosion2d', x, filter, options, (image, element, dilated) =>
    build.neg(dilated(build.neg(image), build.flip(element, [0, 1]))),
  );
