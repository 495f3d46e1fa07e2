/**
 * Moving blocks between spatial axes and channels, or between spatial axes and the batch. Each is a reshape, a transpose
 * and a reshape. Images are [batch, height, width, channels].
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { extentAt, formatShape, range, sizeOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { lift1, type TensorLike } from './operand';

interface Images {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

function imagesOf(where: string, { shape }: Node, blockSize: number): Images {
  if (!Number.isSafeInteger(blockSize) || blockSize < 1) {
    throw new ArgumentError(where, `block size ${blockSize} is not a whole number of at least 1.`);
  }
  const [batch, height, width, channels] = shape;
  if (
    batch === undefined ||
    height === undefined ||
    width === undefined ||
    channels === undefined ||
    shape.length !== 4
  ) {
    throw new ShapeError(where, `got ${formatShape(shape)}.`, 'Expected [batch, height, width, channels].');
  }
  return { batch, height, width, channels };
}

/** Channels by the number of elements of a block. */
function dividedChannels(where: string, node: Node, channels: number, block: number): number {
  if (channels % (block * block) === 0) return channels / (block * block);
  throw new ShapeError(
    where,
    `${channels} channels of ${formatShape(node.shape)} do not divide into blocks of ${block} × ${block}.`,
  );
}

function requireDivisible(where: string, node: Node, { height, width }: Images, block: number): void {
  if (height % block === 0 && width % block === 0) return;
  throw new ShapeError(
    where,
    `height ${height} and width ${width} of ${formatShape(node.shape)} are not multiples of ${block}.`,
    'Pad first.',
  );
}

/** Channels in the order (row in the block, column in the block, channel), or with the channel first. */
type ChannelOrder = 'block first' | 'channel first';

function spread(where: string, x: TensorLike, block: number, order: ChannelOrder): Tensor {
  return lift1(where, x, (node) => {
    const { batch, height, width, channels } = imagesOf(where, node, block);
    const depth = dividedChannels(where, node, channels, block);
    const isBlockFirst = order === 'block first';
    const inner = isBlockFirst ? [block, block, depth] : [depth, block, block];
    const apart = build.reshape(node, [batch, height, width, ...inner]);
    const axes = isBlockFirst ? [0, 1, 3, 2, 4, 5] : [0, 1, 4, 2, 5, 3];
    return build.reshape(build.permute(apart, axes), [batch, height * block, width * block, depth]);
  });
}

function gathered(where: string, x: TensorLike, block: number, order: ChannelOrder): Tensor {
  return lift1(where, x, (node) => {
    const images = imagesOf(where, node, block);
    requireDivisible(where, node, images, block);
    const { batch, height, width, channels } = images;
    const [rows, columns] = [height / block, width / block];
    const apart = build.reshape(node, [batch, rows, block, columns, block, channels]);
    const axes = order === 'block first' ? [0, 1, 3, 2, 4, 5] : [0, 1, 3, 5, 2, 4];
    return build.reshape(build.permute(apart, axes), [batch, rows, columns, channels * block * block]);
  });
}

/**
 * Lays channels out in blocks: the resolution grows by `blockSize`, the channels shrink by its square. Channels are
 * ordered (row in the block, column in the block, channel), as in TensorFlow; `pixelShuffle` takes PyTorch's order.
 *
 * @param x [batch, height, width, channels]
 * @returns [batch, height · blockSize, width · blockSize, channels / blockSize²]
 * @throws {ShapeError} when `x` is not of rank 4 or its channels do not divide
 * @throws {ArgumentError} when the block size is not a whole number of at least 1
 * @example
 * depthToSpace(zeros([1, 2, 2, 12]), 2).shape; // [1, 4, 4, 3]
 */
export const depthToSpace = (x: TensorLike, blockSize: number): Tensor =>
  spread('depthToSpace', x, blockSize, 'block first');

/**
 * Stacks blocks into channels: the inverse of `depthToSpace`.
 *
 * @param x [batch, height, width, channels]
 * @returns [batch, height / blockSize, width / blockSize, channels · blockSize²]
 * @throws {ShapeError} when `x` is not of rank 4 or its extents are not multiples of the block size
 * @throws {ArgumentError} when the block size is not a whole number of at least 1
 * @example
 * spaceToDepth(zeros([1, 4, 4, 3]), 2).shape; // [1, 2, 2, 12]
 */
export const spaceToDepth = (x: TensorLike, blockSize: number): Tensor =>
  gathered('spaceToDepth', x, blockSize, 'block first');

/**
 * `depthToSpace` with channels ordered (channel, row in the block, column in the block), as PyTorch's PixelShuffle
 * expects of the layers before it. The images still have their channels last.
 *
 * @param x      [batch, height, width, channels]
 * @param factor by how much the resolution grows
 * @returns [batch, height · factor, width · factor, channels / factor²]
 * @throws {ShapeError} when `x` is not of rank 4 or its channels do not divide
 * @throws {ArgumentError} when the factor is not a whole number of at least 1
 * @example
 * pixelShuffle(zeros([1, 2, 2, 12]), 2).shape; // [1, 4, 4, 3]
 */
export const pixelShuffle = (x: TensorLike, factor: number): Tensor =>
  spread('pixelShuffle', x, factor, 'channel first');

/**
 * The inverse of `pixelShuffle`.
 *
 * @param x      [batch, height, width, channels]
 * @param factor by how much the resolution shrinks
 * @returns [batch, height / factor, width / factor, channels · factor²]
 * @throws {ShapeError} when `x` is not of rank 4 or its extents are not multiples of the factor
 * @throws {ArgumentError} when the factor is not a whole number of at least 1
 * @example
 * pixelUnshuffle(zeros([1, 4, 4, 3]), 2).shape; // [1, 2, 2, 12]
 */
export const pixelUnshuffle = (x: TensorLike, factor: number): Tensor =>
  gathered('pixelUnshuffle', x, factor, 'channel first');

type Pairs = readonly (readonly [before: number, after: number])[];

/** Checks block extents and what is padded or cropped, one pair per block axis. */
function requireBlocks(where: string, node: Node, block: readonly number[], pairs: Pairs): void {
  const bad = block.find((n) => !Number.isSafeInteger(n) || n < 1);
  if (bad !== undefined || block.length === 0) {
    throw new ArgumentError(
      where,
      `block shape ${formatShape(block)} must hold whole numbers of at least 1, one per spatial axis.`,
    );
  }
  if (pairs.length !== block.length || pairs.flat().some((n) => !Number.isSafeInteger(n) || n < 0)) {
    throw new ArgumentError(
      where,
      `${JSON.stringify(pairs)} does not fit ${block.length} spatial axes.`,
      'Give one pair of whole numbers of at least 0 per spatial axis.',
    );
  }
  if (node.shape.length <= block.length) {
    throw new ShapeError(
      where,
      `${formatShape(node.shape)} has no ${block.length} axes after the batch.`,
      'Expected [batch, …spatial, …rest].',
    );
  }
}

/**
 * Moves blocks of space into the batch, as a dilated convolution over each of them needs it (TensorFlow's
 * space_to_batch_nd): batch item (i, j, n) holds every block[0]-th row from i and every block[1]-th column from j.
 *
 * @param x          [batch, …spatial, …rest], with as many spatial axes as `blockShape` has entries
 * @param blockShape extent of a block along each spatial axis
 * @param paddings   zeros to add before and after along each spatial axis; none when left out
 * @returns [batch · block size, …spatial / blockShape, …rest]
 * @throws {ShapeError} when a padded extent is not a multiple of the block
 * @throws {ArgumentError} when block or paddings are no whole numbers, or do not fit each other
 * @example
 * spaceToBatch(zeros([1, 4, 6, 3]), [2, 2]).shape; // [4, 2, 3, 3]
 */
export function spaceToBatch(x: TensorLike, blockShape: readonly number[], paddings?: Pairs): Tensor {
  const pairs = paddings ?? blockShape.map(() => [0, 0] as const);
  return lift1('spaceToBatch', x, (node) => {
    requireBlocks('spaceToBatch', node, blockShape, pairs);
    const count = blockShape.length;
    const rest = node.shape.slice(1 + count);
    const around = (side: 0 | 1): number[] => [0, ...pairs.map((pair) => pair[side]), ...rest.map(() => 0)];
    const padded = build.pad(node, build.constant(0, node.dtype), {
      lo: around(0),
      hi: around(1),
      interior: node.shape.map(() => 0),
    });
    const spatial = padded.shape.slice(1, 1 + count);
    const smaller = spatial.map((extent, i) => extent / extentAt(blockShape, i));
    if (!smaller.every(Number.isInteger)) {
      throw new ShapeError(
        'spaceToBatch',
        `padded extents ${formatShape(spatial)} are not multiples of the block ${formatShape(blockShape)}.`,
        'Choose paddings that make them multiples.',
      );
    }
    const batch = extentAt(node.shape, 0);
    const apart = build.reshape(padded, [
      batch,
      ...smaller.flatMap((extent, i) => [extent, extentAt(blockShape, i)]),
      ...rest,
    ]);
    const inBlock = range(count).map((i) => 2 + 2 * i);
    const outside = range(count).map((i) => 1 + 2 * i);
    const order = [...inBlock, 0, ...outside, ...range(rest.length, 1 + 2 * count)];
    return build.reshape(build.permute(apart, order), [batch * sizeOf(blockShape), ...smaller, ...rest]);
  });
}

/**
 * Moves blocks from the batch back into space: the inverse of `spaceToBatch` (TensorFlow's batch_to_space_nd).
 *
 * @param x          [batch, …spatial, …rest], with as many spatial axes as `blockShape` has entries
 * @param blockShape extent of a block along each spatial axis
 * @param crops      elements to cut off before and after along each spatial axis; none when left out
 * @returns [batch / block size, …spatial · blockShape, …rest]
 * @throws {ShapeError} when the block size does not divide the batch, or more is cut off than there is
 * @throws {ArgumentError} when block or crops are no whole numbers, or do not fit each other
 * @example
 * batchToSpace(zeros([4, 2, 3, 3]), [2, 2]).shape; // [1, 4, 6, 3]
 */
export function batchToSpace(x: TensorLike, blockShape: readonly number[], crops?: Pairs): Tensor {
  const pairs = crops ?? blockShape.map(() => [0, 0] as const);
  return lift1('batchToSpace', x, (node) => {
    requireBlocks('batchToSpace', node, blockShape, pairs);
    const count = blockShape.length;
    const [whole, ...after] = node.shape;
    const batch = (whole ?? 1) / sizeOf(blockShape);
    if (!Number.isInteger(batch)) {
      throw new ShapeError(
        'batchToSpace',
        `a batch of ${whole} does not divide into blocks ${formatShape(blockShape)}.`,
      );
    }
    const [spatial, rest] = [after.slice(0, count), after.slice(count)];
    const apart = build.reshape(node, [...blockShape, batch, ...after]);
    const woven = range(count).flatMap((i) => [count + 1 + i, i]);
    const order = [count, ...woven, ...range(rest.length, 2 * count + 1)];
    const larger = spatial.map((extent, i) => extent * extentAt(blockShape, i));
    const laid = build.reshape(build.permute(apart, order), [batch, ...larger, ...rest]);
    const start = [0, ...pairs.map(([before]) => before), ...rest.map(() => 0)];
    const end = [0, ...pairs.map(([, behind]) => behind), ...rest.map(() => 0)];
    const limit = laid.shape.map((extent, axis) => extent - extentAt(end, axis));
    if (limit.some((n, axis) => n < extentAt(start, axis))) {
      throw new ShapeError(
        'batchToSpace',
        `crops ${JSON.stringify(pairs)} cut off more than extents ${formatShape(larger)} hold.`,
      );
    }
    return build.slice(laid, { start, limit, step: laid.shape.map(() => 1) });
  });
}
