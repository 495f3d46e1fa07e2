/**
 * Cutting boxes out of images and bringing them to one size.
 */
import { ArgumentError, ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { formatShape } from '../../shape/shape';
import type { Tensor } from '../../tensor';
import { clamped } from '../indexed/positions';
import { indexNode } from '../indexing';
import { floatingNode, numberNode, tensorFrom } from '../operand';
import { imagesOf, requirePixels, requireSize } from './images';
import { rowsOf, sampleField } from './resample';

export interface CropAndResizeOptions {
  /** How pixels between pixels are made. Default 'bilinear'. */
  readonly method?: 'bilinear' | 'nearest';
  /** What a box shows beside the image. Default 0. */
  readonly extrapolationValue?: number;
}

/**
 * Cuts boxes out of images and resizes each to `size`; the corners of a box fall onto the corners of its crop. Gradients
 * flow to the images and, with 'bilinear', to the boxes.
 *
 * @param x          [batch, height, width, channels]; integers become float32
 * @param boxes      [boxes, 4]: y1, x1, y2, x2, where 0 is the first pixel and 1 the last; y1 > y2 turns the crop over
 * @param boxIndices int32 [boxes]: the image of each box; those outside are clamped into the batch
 * @param size       [height, width] of the crops
 * @returns [boxes, height, width, channels]
 * @throws {ShapeError} when the shapes are not these
 * @throws {ArgumentError} when the size or the method is none
 * @example
 * const image = tensor([[[[0], [1]], [[2], [3]]]]);
 * const box = tensor([[0, 0, 1, 1]]);
 * const crop = cropAndResize(image, box, tensor([0], { dtype: 'int32' }), [1, 3]);
 * await crop.data(); // Float32Array [1, 1.5, 2]
 */
export function cropAndResize(
  x: Tensor,
  boxes: Tensor,
  boxIndices: Tensor,
  size: readonly [height: number, width: number],
  options: CropAndResizeOptions = {},
): Tensor {
  const where = 'cropAndResize';
  const { method = 'bilinear', extrapolationValue = 0 } = options;
  const images = imagesOf(where, floatingNode(where, x));
  requireSize(where, size);
  requirePixels(where, images);
  if (method !== 'bilinear' && method !== 'nearest') {
    throw new ArgumentError(where, `method '${String(method)}' is unknown.`, "Use 'bilinear' or 'nearest'.");
  }
  const box = floatingNode(where, boxes);
  const count = box.shape[0] ?? 0;
  const index = indexNode(where, boxIndices);
  if (
    x.rank !== 4 ||
    box.shape.length !== 2 ||
    box.shape[1] !== 4 ||
    formatShape(index.shape) !== `[${count}]`
  ) {
    throw new ShapeError(
      where,
      `got images ${formatShape(x.shape)}, boxes ${formatShape(box.shape)} and indices ${formatShape(index.shape)}.`,
      'Expected [batch, height, width, channels], [boxes, 4] and [boxes].',
    );
  }
  const { height, width, batch, node } = images;
  const shape = [count, size[0], size[1]];
  const rows = build.reshape(cropPositions(box, 0, size[0], height), [count, size[0], 1]);
  const columns = build.reshape(cropPositions(box, 1, size[1], width), [count, 1, size[1]]);
  const [y, across] = [build.broadcastTo(rows, shape), build.broadcastTo(columns, shape)];
  const image = clamped(index, batch);
  const base = build.reshape(build.mul(image, height * width), [count, 1, 1]);
  const fill = numberNode(extrapolationValue, node.dtype);
  const field = {
    rows: rowsOf(node),
    extents: [height, width],
    base: build.broadcastTo(base, shape),
    mode: 'nearest',
    fill,
  } as const;
  const read = sampleField(field, [y, across], method === 'nearest' ? 0 : 1);
  const inside = build.and(within(y, height), within(across, width));
  const result = build.where(build.insertAxes(inside, [3]), read, fill);
  return tensorFrom(where, result, [x, boxes, boxIndices]);
}

/** The positions on an axis of `extent` pixels that the crops read: [boxes, size]. */
function cropPositions(boxes: Node, axis: 0 | 1, size: number, extent: number): Node {
  const edge = (column: number): Node =>
    build.mul(build.sliceAxis(boxes, 1, column, column + 1), build.constant(extent - 1, boxes.dtype));
  const [start, end] = [edge(axis), edge(axis + 2)];
  if (size === 1) return build.mul(build.add(start, end), 0.5);
  const step = build.div(build.sub(end, start), build.constant(size - 1, boxes.dtype));
  return build.add(start, build.mul(build.cast(build.iota(size), boxes.dtype), step));
}

const within = (position: Node, extent: number): Node =>
  build.and(build.lessEqual(0, position), build.lessEqual(position, extent - 1));
