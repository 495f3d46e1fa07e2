/**
 * Samples of operations that move blocks, cut windows and frames, and add them up again.
 */
import {
  batchToSpace,
  type DType,
  depthToSpace,
  extractPatches,
  fold,
  frame,
  mul,
  overlapAdd,
  pixelShuffle,
  pixelUnshuffle,
  slidingWindowView,
  spaceToBatch,
  spaceToDepth,
  type Tensor,
  unfold,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, sample, shapeText } from '../sample';
import { movements } from './movement';

/** Samples of operations that add up: float32 with gradients and int32. */
const sums = (
  operation: string,
  cases: readonly (readonly [shape: readonly number[], how: string, compute: (x: Tensor) => Tensor])[],
): Sample[] =>
  cases.flatMap(([shape, how, compute], index) =>
    (['float32', 'int32', 'float64'] satisfies DType[]).slice(0, index === 0 ? 3 : 1).map((dtype) =>
      sample(operation, `of ${shapeText(shape)} ${dtype} ${how}`, [input(shape, dtype)], compute, {
        tolerance: 'reduction',
        viewed: index === 0,
        derivatives: dtype === 'float32' ? 2 : 0,
      }),
    ),
  );

export const patchSamples: readonly Sample[] = [
  ...movements('depthToSpace', [
    [[1, 2, 3, 4], 'in blocks of 2', (x) => depthToSpace(x, 2)],
    [[2, 1, 2, 18], 'in blocks of 3', (x) => depthToSpace(x, 3)],
    [[0, 2, 2, 4], 'of nothing', (x) => depthToSpace(x, 2)],
  ]),
  ...movements('spaceToDepth', [
    [[1, 4, 2, 2], 'in blocks of 2', (x) => spaceToDepth(x, 2)],
    [[2, 3, 6, 1], 'in blocks of 3', (x) => spaceToDepth(x, 3)],
  ]),
  ...movements('pixelShuffle', [
    [[1, 2, 3, 8], 'by 2', (x) => pixelShuffle(x, 2)],
    [[1, 1, 2, 9], 'by 3', (x) => pixelShuffle(x, 3)],
  ]),
  ...movements('pixelUnshuffle', [
    [[1, 4, 2, 2], 'by 2', (x) => pixelUnshuffle(x, 2)],
    [[2, 3, 6, 1], 'by 3', (x) => pixelUnshuffle(x, 3)],
  ]),
  ...movements('spaceToBatch', [
    [[2, 4, 6, 1], 'in blocks of [2, 3]', (x) => spaceToBatch(x, [2, 3])],
    [
      [1, 3, 4, 2],
      'with padding',
      (x) =>
        spaceToBatch(
          x,
          [2, 2],
          [
            [1, 0],
            [2, 0],
          ],
        ),
    ],
    [[2, 6], 'along one axis', (x) => spaceToBatch(x, [3])],
  ]),
  ...movements('batchToSpace', [
    [[6, 2, 1, 2], 'in blocks of [2, 3]', (x) => batchToSpace(x, [2, 3])],
    [
      [4, 2, 3, 2],
      'with crops',
      (x) =>
        batchToSpace(
          x,
          [2, 2],
          [
            [1, 0],
            [2, 1],
          ],
        ),
    ],
    [[6, 2], 'along one axis', (x) => batchToSpace(x, [3])],
  ]),
  ...movements('slidingWindowView', [
    [[3, 4], 'of [2, 3]', (x) => slidingWindowView(x, [2, 3])],
    [[3, 6], 'of 4 along axis 1', (x) => slidingWindowView(x, 4, { axis: 1 })],
    [[5, 3], 'of 2 along axis 0, in steps', (x) => slidingWindowView(x, 2, { axis: 0, strides: 3 })],
    [[7], 'of 3 with gaps', (x) => slidingWindowView(x, 3, { dilation: 2 })],
    [[4, 3, 4], 'along axes 2 and 0', (x) => slidingWindowView(x, [2, 3], { axis: [2, 0] })],
  ]),
  ...sums('slidingWindowView', [[[100], 'of 90', (x) => mul(slidingWindowView(x, 90), 2).sum(1)]]),
  ...movements('frame', [
    [[2, 9], 'of 4 by 2', (x) => frame(x, 4, 2)],
    [[2, 9], 'of 4 by 3, padded', (x) => frame(x, 4, 3, { padEnd: true, padValue: 5 })],
    [[9, 2], 'of 2 by 3 along axis 0', (x) => frame(x, 2, 3, { axis: 0 })],
    [[11], 'of 5 by 2', (x) => frame(x, 5, 2)],
    [[2, 3], 'longer than the signal', (x) => frame(x, 4, 2)],
    [[0], 'of nothing, padded', (x) => frame(x, 4, 2, { padEnd: true })],
    [[3, 500], 'of 200 by 80', (x) => frame(x, 200, 80)],
  ]),
  ...sums('overlapAdd', [
    [[4, 3], 'by 2', (x) => overlapAdd(x, 2)],
    [[2, 3, 4], 'by 4', (x) => overlapAdd(x, 4)],
    [[2, 3, 4], 'by 1', (x) => overlapAdd(x, 1)],
    [[3, 2], 'by 5, with gaps', (x) => overlapAdd(x, 5)],
    [[1, 5], 'of one frame', (x) => overlapAdd(x, 2)],
    [[4, 50, 33], 'by 8', (x) => overlapAdd(x, 8)],
  ]),
  ...movements('extractPatches', [
    [[2, 4, 6, 2], 'of 2', (x) => extractPatches(x, 2)],
    [[1, 5, 6, 2], 'that overlap', (x) => extractPatches(x, [3, 2], { strides: [1, 2] })],
    [[1, 5, 5, 1], 'padded', (x) => extractPatches(x, 3, { strides: 2, padding: 'same' })],
    [[1, 6, 7, 1], 'with gaps', (x) => extractPatches(x, 2, { strides: 1, dilation: [2, 3] })],
    [[2, 5, 2], 'along one axis', (x) => extractPatches(x, 2)],
    [[1, 2, 3, 4, 2], 'of volumes', (x) => extractPatches(x, [1, 2, 2])],
  ]),
  ...movements('unfold', [
    [[1, 4, 5, 2], 'of 3', (x) => unfold(x, 3)],
    [[2, 4, 5, 1], 'padded and strided', (x) => unfold(x, [2, 3], { strides: [2, 1], padding: 1 })],
    [[1, 6, 6, 1], 'with gaps', (x) => unfold(x, 2, { dilation: 3 })],
  ]),
  ...sums('fold', [
    [[1, 6, 18], 'of 3', (x) => fold(x, [4, 5], 3)],
    [[2, 15, 6], 'padded and strided', (x) => fold(x, [4, 5], [2, 3], { strides: [2, 1], padding: 1 })],
    [[1, 9, 4], 'with gaps', (x) => fold(x, [6, 6], 2, { dilation: 3 })],
    [[1, 4, 8], 'that do not overlap', (x) => fold(x, [4, 5], 2, { strides: 2 })],
  ]),
];
