/**
 * Colors: the last axis holds red, green and blue, or hue, saturation and value. Hues are fractions of a full turn.
 * Integers become float32 and are not rescaled.
 */
import { ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt, formatShape } from '../../shape/shape';
import type { Tensor } from '../../tensor';
import { floatingNode, numberNode, operandNode, type TensorLike, tensorFrom } from '../operand';
import { imagesOf } from './images';

/** Luma of ITU-R BT.601, rounded as in TensorFlow. */
const LUMA = [0.2989, 0.587, 0.114];

/** Checks that the last axis has the extent of a color, and returns the values along it. */
function channelsOf(where: string, x: Node, expected: number): readonly Node[] {
  const axis = x.shape.length - 1;
  if (axis < 0 || extentAt(x.shape, axis) !== expected) {
    throw new ShapeError(
      where,
      `got ${formatShape(x.shape)}.`,
      `Expected ${expected === 1 ? 'one channel' : `${expected} channels`} in the last axis.`,
    );
  }
  return Array.from({ length: expected }, (_, index) => build.sliceAxis(x, axis, index, index + 1));
}

/** Red, green and blue, or hue, saturation and value, each [..., 1]. */
function threeOf(where: string, x: Node): readonly [Node, Node, Node] {
  const [a, b, c] = channelsOf(where, x, 3);
  if (a === undefined || b === undefined || c === undefined) throw new ShapeError(where, 'needs 3 channels.');
  return [a, b, c];
}

const joined = (channels: readonly Node[]): Node =>
  build.concat(channels, (channels[0]?.shape.length ?? 1) - 1);

/**
 * Brightness of colors: 0.2989 · red + 0.587 · green + 0.114 · blue.
 *
 * @param x [..., 3]
 * @returns [..., 1]
 * @throws {ShapeError} when the last axis does not have extent 3
 * @example
 * await rgbToGrayscale(tensor([1, 0, 0])).data(); // Float32Array [0.2989]
 */
export function rgbToGrayscale(x: Tensor): Tensor {
  const channels = channelsOf('rgbToGrayscale', floatingNode('rgbToGrayscale', x), 3);
  const parts = channels.map((channel, index) => build.mul(channel, LUMA[index] ?? 0));
  return tensorFrom('rgbToGrayscale', parts.reduce(build.add), [x]);
}

/**
 * Gray as red, green and blue: repeats the one channel.
 *
 * @param x [..., 1], of any dtype
 * @returns [..., 3]
 * @throws {ShapeError} when the last axis does not have extent 1
 * @example
 * await grayscaleToRGB(tensor([0.5])).data(); // Float32Array [0.5, 0.5, 0.5]
 */
export function grayscaleToRGB(x: Tensor): Tensor {
  const node = operandNode('grayscaleToRGB', x);
  channelsOf('grayscaleToRGB', node, 1);
  return tensorFrom('grayscaleToRGB', build.expand(node, [...node.shape.slice(0, -1), 3]), [x]);
}

/** Hue, saturation and value of red, green and blue; gray has hue and saturation 0. */
function hsvNodes([red, green, blue]: readonly [Node, Node, Node]): readonly [Node, Node, Node] {
  const value = build.maximum(build.maximum(red, green), blue);
  const range = build.sub(value, build.minimum(build.minimum(red, green), blue));
  const isGray = build.lessEqual(range, 0);
  const isBlack = build.lessEqual(value, 0);
  // The branches that are not taken divide by 1.
  const sixth = build.div(1 / 6, build.where(isGray, 1, range));
  const turned = (a: Node, b: Node, third: number): Node =>
    build.add(build.mul(build.sub(a, b), sixth), third / 3);
  const hue = build.where(
    build.equal(red, value),
    turned(green, blue, 0),
    build.where(build.equal(green, value), turned(blue, red, 1), turned(red, green, 2)),
  );
  const positive = build.where(build.lessThan(hue, 0), build.add(hue, 1), hue);
  const saturation = build.where(isBlack, 0, build.div(range, build.where(isBlack, 1, value)));
  return [build.where(isGray, 0, positive), saturation, value];
}

const clipped = (x: Node): Node => build.minimum(build.maximum(x, 0), 1);

/** Red, green and blue of hue (any number of turns), saturation and value. */
function rgbNodes([hue, saturation, value]: readonly [Node, Node, Node]): readonly Node[] {
  const angle = build.mul(build.sub(hue, build.unary('floor', hue)), 6);
  const distance = (from: number): Node => build.abs(build.sub(angle, from));
  const pure = [
    clipped(build.sub(distance(3), 1)),
    clipped(build.sub(2, distance(2))),
    clipped(build.sub(2, distance(4))),
  ];
  return pure.map((color) => build.mul(value, build.add(build.mul(build.sub(color, 1), saturation), 1)));
}

/**
 * Hue, saturation and value of colors. Gray has hue 0 and saturation 0.
 *
 * @param x [..., 3]: red, green and blue, in [0, 1]
 * @returns [..., 3], all in [0, 1]
 * @throws {ShapeError} when the last axis does not have extent 3
 * @example
 * await rgbToHsv(tensor([0, 1, 0])).data(); // Float32Array [0.3333, 1, 1]
 */
export function rgbToHsv(x: Tensor): Tensor {
  const channels = threeOf('rgbToHsv', floatingNode('rgbToHsv', x));
  return tensorFrom('rgbToHsv', joined(hsvNodes(channels)), [x]);
}

/**
 * Red, green and blue of hue, saturation and value.
 *
 * @param x [..., 3]: hue in turns, saturation and value in [0, 1]
 * @returns [..., 3]
 * @throws {ShapeError} when the last axis does not have extent 3
 * @example
 * await hsvToRgb(tensor([0.5, 1, 1])).data(); // Float32Array [0, 1, 1]
 */
export function hsvToRgb(x: Tensor): Tensor {
  const channels = threeOf('hsvToRgb', floatingNode('hsvToRgb', x));
  return tensorFrom('hsvToRgb', joined(rgbNodes(channels)), [x]);
}

/** One of two as a node: a number takes the dtype of the image and may change without a new kernel. */
const amount = (where: string, value: TensorLike, x: Node): Node =>
  typeof value === 'number' ? numberNode(value, x.dtype) : build.cast(operandNode(where, value), x.dtype);

/**
 * Turns the hue of colors.
 *
 * @param x     [..., 3]: red, green and blue, in [0, 1]
 * @param delta by how many turns; a tensor broadcasts with [..., 1]
 * @throws {ShapeError} when the last axis does not have extent 3
 * @example
 * await adjustHue(tensor([1, 0, 0]), 0.5).data(); // Float32Array [0, 1, 1]
 */
export function adjustHue(x: Tensor, delta: TensorLike): Tensor {
  const node = floatingNode('adjustHue', x);
  const [hue, saturation, value] = hsvNodes(threeOf('adjustHue', node));
  const turned = build.add(hue, amount('adjustHue', delta, node));
  return tensorFrom('adjustHue', joined(rgbNodes([turned, saturation, value])), [x, delta]);
}

/**
 * Multiplies the saturation of colors, up to 1.
 *
 * @param x      [..., 3]: red, green and blue, in [0, 1]
 * @param factor 0 makes gray, 1 changes nothing; a tensor broadcasts with [..., 1]
 * @throws {ShapeError} when the last axis does not have extent 3
 * @example
 * await adjustSaturation(tensor([1, 0.5, 0.5]), 2).data(); // Float32Array [1, 0, 0]
 */
export function adjustSaturation(x: Tensor, factor: TensorLike): Tensor {
  const node = floatingNode('adjustSaturation', x);
  const [hue, saturation, value] = hsvNodes(threeOf('adjustSaturation', node));
  const changed = clipped(build.mul(saturation, amount('adjustSaturation', factor, node)));
  return tensorFrom('adjustSaturation', joined(rgbNodes([hue, changed, value])), [x, factor]);
}

/**
 * Moves every channel of every image away from its mean, or towards it: (x - mean) · factor + mean.
 *
 * @param x      [batch, height, width, channels] or [height, width, channels]
 * @param factor 0 leaves the mean alone, 1 changes nothing; a tensor broadcasts with the images
 * @throws {ShapeError} when `x` has another rank
 * @example
 * await adjustContrast(tensor([[[1], [3]]]), 2).data(); // Float32Array [0, 4]
 */
export function adjustContrast(x: Tensor, factor: TensorLike): Tensor {
  const { node, restore } = imagesOf('adjustContrast', floatingNode('adjustContrast', x));
  const mean = build.meanKeeping(node, [1, 2]);
  const spread = build.mul(build.sub(node, mean), amount('adjustContrast', factor, node));
  return tensorFrom('adjustContrast', restore(build.add(spread, mean)), [x, factor]);
}

/**
 * Adds to every channel.
 *
 * @param x     any shape
 * @param delta what is added; a tensor broadcasts with `x`
 * @example
 * await adjustBrightness(tensor([0.25, 0.5]), 0.25).data(); // Float32Array [0.5, 0.75]
 */
export function adjustBrightness(x: Tensor, delta: TensorLike): Tensor {
  const node = floatingNode('adjustBrightness', x);
  return tensorFrom('adjustBrightness', build.add(node, amount('adjustBrightness', delta, node)), [x, delta]);
}
