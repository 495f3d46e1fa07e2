/**
 * Reading images at computed points: projective transforms, rotations, and coordinates of the caller's own.
 */
import { ArgumentError, ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { formatShape, range, sizeOf } from '../../shape/shape';
import type { Tensor } from '../../tensor';
import { floatingNode, numberNode, tensorFrom } from '../operand';
import { type Images, imagesOf, requirePixels, requireSize } from './images';
import { rowsOf, sampleField } from './resample';
import { type FillMode, requireFillMode } from './taps';

export interface TransformOptions {
  /** How pixels between pixels are made. Default 'bilinear'. */
  readonly method?: 'bilinear' | 'nearest';
  /** What is beside the image. Default 'constant'. */
  readonly fillMode?: FillMode;
  /** The constant of 'constant'. Default 0. */
  readonly fillValue?: number;
}

function orderOf(where: string, method: 'bilinear' | 'nearest'): 0 | 1 {
  if (method === 'bilinear') return 1;
  if (method === 'nearest') return 0;
  throw new ArgumentError(where, `method '${String(method)}' is unknown.`, "Use 'bilinear' or 'nearest'.");
}

/** Images read at points (y, x), each [batch, height, width]: [batch, height, width, channels]. */
function sampled(where: string, images: Images, points: readonly Node[], options: TransformOptions): Node {
  const { method = 'bilinear', fillMode = 'constant', fillValue = 0 } = options;
  const { node, batch, height, width } = images;
  const shape = points[0]?.shape ?? [];
  const first = build.mul(build.reshape(build.iota(batch), [batch, 1, 1]), height * width);
  const field = {
    rows: rowsOf(node),
    extents: [height, width],
    base: build.broadcastTo(first, shape),
    mode: requireFillMode(where, fillMode),
    fill: numberNode(fillValue, node.dtype),
  };
  return sampleField(field, points, orderOf(where, method));
}

export interface AffineTransformOptions extends TransformOptions {
  /** [height, width] of the result. Default: those of the images. */
  readonly outputSize?: readonly [height: number, width: number];
}

/**
 * Projective transforms of images: the pixel (x, y) of the result is read at ((a0 x + a1 y + a2) / k,
 * (b0 x + b1 y + b2) / k) with k = c0 x + c1 y + 1. Gradients flow to the images and, with 'bilinear', to the
 * transforms.
 *
 * @param x          [batch, height, width, channels] or [height, width, channels]; integers become float32
 * @param transforms [a0, a1, a2, b0, b1, b2, c0, c1], for all images or [batch, 8]
 * @returns the images, of `outputSize`
 * @throws {ShapeError} when the shapes are not these
 * @throws {ArgumentError} when the size, the method or the fill mode is none
 * @example
 * const shift = tensor([1, 0, 1, 0, 1, 0, 0, 0]);
 * await affineTransform(tensor([[[1], [2], [3]]]), shift).data(); // Float32Array [2, 3, 0]
 */
export function affineTransform(x: Tensor, transforms: Tensor, options: AffineTransformOptions = {}): Tensor {
  const where = 'affineTransform';
  const images = imagesOf(where, floatingNode(where, x));
  requirePixels(where, images);
  const [height = 0, width = 0] = requireSize(where, options.outputSize ?? [images.height, images.width]);
  const given = floatingNode(where, transforms);
  const rank = given.shape.length;
  const rows = rank === 2 ? given.shape[0] : 1;
  if (rank < 1 || rank > 2 || given.shape[rank - 1] !== 8 || (rows !== 1 && rows !== images.batch)) {
    throw new ShapeError(
      where,
      `transforms ${formatShape(given.shape)} do not fit images ${formatShape(x.shape)}.`,
      `Expected [8] or [${images.batch}, 8].`,
    );
  }
  const table = build.broadcastTo(given, [images.batch, 8]);
  const term = (index: number): Node =>
    build.reshape(build.sliceAxis(table, 1, index, index + 1), [images.batch, 1, 1]);
  const across = build.reshape(build.cast(build.iota(width), given.dtype), [1, 1, width]);
  const down = build.reshape(build.cast(build.iota(height), given.dtype), [1, height, 1]);
  const linear = (from: number): Node =>
    build.add(build.mul(term(from), across), build.mul(term(from + 1), down));
  const depth = build.add(linear(6), 1);
  // Points at infinity are read far away.
  const safe = build.where(build.equal(depth, 0), 1e-6, depth);
  const place = (from: number): Node => build.div(build.add(linear(from), term(from + 2)), safe);
  return tensorFrom(where, images.restore(sampled(where, images, [place(3), place(0)], options)), [
    x,
    transforms,
  ]);
}

export interface RotateOptions extends TransformOptions {
  /** The point to turn about, as fractions of height and width: one for both, or [y, x]. Default 0.5. */
  readonly center?: number | readonly [y: number, x: number];
}

/**
 * Turns images counterclockwise about a point.
 *
 * @param x       [batch, height, width, channels] or [height, width, channels]; integers become float32
 * @param radians the angle
 * @throws {ShapeError} when `x` has another rank or no pixels
 * @throws {ArgumentError} when the angle is not finite, or the method or the fill mode is none
 * @example
 * const image = tensor([[[1], [2]], [[3], [4]]]);
 * rotateWithOffset(image, Math.PI / 6, { fillMode: 'nearest' }).shape; // [2, 2, 1]
 */
export function rotateWithOffset(x: Tensor, radians: number, options: RotateOptions = {}): Tensor {
  const where = 'rotateWithOffset';
  if (!Number.isFinite(radians)) throw new ArgumentError(where, `${radians} is not a finite angle.`);
  const { center = 0.5 } = options;
  const images = imagesOf(where, floatingNode(where, x));
  requirePixels(where, images);
  const [toY, toX] = typeof center === 'number' ? [center, center] : center;
  const { batch, height, width, node } = images;
  const number = (value: number): Node => numberNode(value, node.dtype);
  const [cosine, sine] = [number(Math.cos(radians)), number(Math.sin(radians))];
  const offset = (extent: number, shape: readonly number[], middle: number): Node =>
    build.sub(build.reshape(build.cast(build.iota(extent), node.dtype), shape), number(middle));
  const down = offset(height, [1, height, 1], toY * height);
  const across = offset(width, [1, 1, width], toX * width);
  const whole = (point: Node): Node => build.broadcastTo(point, [batch, height, width]);
  const rows = build.add(build.add(build.mul(across, sine), build.mul(down, cosine)), number(toY * height));
  const columns = build.add(build.sub(build.mul(across, cosine), build.mul(down, sine)), number(toX * width));
  const points = [whole(rows), whole(columns)];
  return tensorFrom(where, images.restore(sampled(where, images, points, options)), [x]);
}

export interface MapCoordinatesOptions extends Omit<TransformOptions, 'method'> {
  /** 1 interpolates linearly (default), 0 takes the nearest element. */
  readonly order?: 0 | 1;
}

/** Above, every point would read more than 2⁶ elements. */
const MOST_AXES = 6;

/**
 * Reads a tensor at points between its elements, as SciPy's `ndimage.map_coordinates` ('constant' and 'wrap' are its
 * 'grid-constant' and 'grid-wrap'). Gradients flow to the elements and, with order 1, to the coordinates.
 *
 * @param x           of rank 1 to 6; integers become float32
 * @param coordinates [rank, ...points]: a position on every axis for each point
 * @returns [...points]
 * @throws {ShapeError} when the coordinates are not one for every axis, or `x` is empty
 * @throws {ArgumentError} when the order or the fill mode is none
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * await mapCoordinates(x, tensor([[0.5, 0], [0.5, 1]])).data(); // Float32Array [2.5, 2]
 */
export function mapCoordinates(x: Tensor, coordinates: Tensor, options: MapCoordinatesOptions = {}): Tensor {
  const where = 'mapCoordinates';
  const { order = 1, fillMode = 'constant', fillValue = 0 } = options;
  const node = floatingNode(where, x);
  const points = floatingNode(where, coordinates);
  const rank = node.shape.length;
  if (order !== 0 && order !== 1)
    throw new ArgumentError(where, `order ${String(order)} is neither 0 nor 1.`);
  if (rank < 1 || rank > MOST_AXES || sizeOf(node.shape) === 0 || points.shape[0] !== rank) {
    throw new ShapeError(
      where,
      `coordinates ${formatShape(points.shape)} do not fit ${formatShape(node.shape)}.`,
      `Expected [rank, ...points] for a tensor of rank 1 to ${MOST_AXES} that is not empty.`,
    );
  }
  const along = range(rank).map((axis) =>
    build.reshape(build.sliceAxis(points, 0, axis, axis + 1), points.shape.slice(1)),
  );
  const field = {
    rows: build.reshape(node, [sizeOf(node.shape), 1]),
    extents: node.shape,
    mode: requireFillMode(where, fillMode),
    fill: numberNode(fillValue, node.dtype),
  };
  const read = sampleField(field, along, order);
  return tensorFrom(where, build.reshape(read, points.shape.slice(1)), [x, coordinates]);
}
