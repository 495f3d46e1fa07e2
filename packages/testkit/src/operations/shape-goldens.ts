/**
 * What the golden values of shape operations are compared with.
 */
import type { Tensor } from '@hadal/core';
import * as hadal from '@hadal/core';
import type { GoldenUse } from './family';
import { one, two } from './golden-use';

const all =
  (f: (tensors: readonly Tensor[]) => Tensor | readonly Tensor[]): GoldenUse =>
  (...tensors) =>
    f(tensors);

const rearranged: Readonly<Record<string, GoldenUse>> = {
  moveAxis: one((x) => hadal.moveAxis(x, 0, -1)),
  'moveAxis two': one((x) => hadal.moveAxis(x, [3, 0], [0, 2])),
  swapAxes: one((x) => hadal.swapAxes(x, 0, 2)),
  'swapAxes int32': one((x) => hadal.swapAxes(x, -1, -2)),
  ravel: one(hadal.ravel),
  'ravel bool': one(hadal.ravel),
  reverse: one((x) => hadal.reverse(x, 1)),
  'reverse all': one((x) => hadal.reverse(x)),
  flipUpDown: one(hadal.flipUpDown),
  'flipUpDown int32': one(hadal.flipUpDown),
  flipLeftRight: one(hadal.flipLeftRight),
  'flipLeftRight int32': one(hadal.flipLeftRight),
  roll: one((x) => hadal.roll(x, 1, 1)),
  'roll flat': one((x) => hadal.roll(x, -5)),
  'roll two axes': one((x) => hadal.roll(x, [-1, 2], [0, 1])),
  'roll repeated': one((x) => hadal.roll(x, [1, 2], [0, 0])),
  rot90: one((x) => hadal.rot90(x)),
  'rot90 2': one((x) => hadal.rot90(x, 2)),
  'rot90 3': one((x) => hadal.rot90(x, 3)),
  'rot90 axes': one((x) => hadal.rot90(x, -1, [2, 0])),
  repeat: one((x) => hadal.repeat(x, 3, 1)),
  'repeat flat': one((x) => hadal.repeat(x, 2)),
  'repeat each': one((x) => hadal.repeat(x, [2, 0, 3], -1)),
  unstack: one((x) => hadal.unstack(x)),
  'unstack axis 1': one((x) => hadal.unstack(x, 1)),
  arraySplit: one((x) => hadal.arraySplit(x, 3)),
  'arraySplit positions': one((x) => hadal.arraySplit(x, [2, 5], 1)),
  'arraySplit back': one((x) => hadal.arraySplit(x, [4, 2, -1, 9])),
  hsplit: one((x) => hadal.hsplit(x, 3)),
  'hsplit vector': one((x) => hadal.hsplit(x, [2])),
  vsplit: one((x) => hadal.vsplit(x, [1])),
  'vsplit 2': one((x) => hadal.vsplit(x, 2)),
  dsplit: one((x) => hadal.dsplit(x, 2)),
  'dsplit positions': one((x) => hadal.dsplit(x, [1, 3])),
  hstack: all(hadal.hstack),
  'hstack vectors': all(hadal.hstack),
  vstack: all(hadal.vstack),
  'vstack mixed': all(hadal.vstack),
  dstack: all(hadal.dstack),
  'dstack vectors': all(hadal.dstack),
  columnStack: all(hadal.columnStack),
  'columnStack mixed': all(hadal.columnStack),
  atLeast1d: one(hadal.atLeast1d),
  'atLeast1d matrix': one(hadal.atLeast1d),
  atLeast2d: one(hadal.atLeast2d),
  'atLeast2d scalar': one(hadal.atLeast2d),
  atLeast3d: one(hadal.atLeast3d),
  'atLeast3d vector': one(hadal.atLeast3d),
  broadcastArrays: all(hadal.broadcastArrays),
  'broadcastArrays three': all(hadal.broadcastArrays),
  broadcastShapes: two((a, b) => hadal.ones(hadal.broadcastShapes(a.shape, b.shape))),
  'broadcastShapes ones': two((a, b) => hadal.ones(hadal.broadcastShapes(a.shape, b.shape, [1]))),
  meshgrid: all((axes) => hadal.meshgrid(axes)),
  'meshgrid ij': all((axes) => hadal.meshgrid(axes, { indexing: 'ij' })),
  'meshgrid sparse': all((axes) => hadal.meshgrid(axes, { sparse: true })),
  'padWith reflect': one((x) =>
    hadal.padWith(
      x,
      [
        [1, 2],
        [3, 0],
      ],
      'reflect',
    ),
  ),
  'padWith symmetric': one((x) =>
    hadal.padWith(
      x,
      [
        [3, 0],
        [1, 4],
      ],
      'symmetric',
    ),
  ),
  'padWith wrap': one((x) =>
    hadal.padWith(
      x,
      [
        [0, 3],
        [4, 1],
      ],
      'wrap',
    ),
  ),
  'padWith edge': one((x) =>
    hadal.padWith(
      x,
      [
        [5, 1],
        [0, 7],
      ],
      'edge',
    ),
  ),
  'padWith reflect far': one((x) =>
    hadal.padWith(
      x,
      [
        [7, 8],
        [5, 2],
      ],
      'reflect',
    ),
  ),
  'padWith symmetric far': one((x) => hadal.padWith(x, [7, 8], 'symmetric')),
  'padWith wrap far': one((x) => hadal.padWith(x, [7, 8], 'wrap')),
  'padWith reflect one': one((x) => hadal.padWith(x, [2, 3], 'reflect')),
  'mirrorPad reflect': one((x) => hadal.mirrorPad(x, 1, 'reflect')),
  'mirrorPad symmetric': one((x) => hadal.mirrorPad(x, [2, 1], 'symmetric')),
};

const patched: Readonly<Record<string, GoldenUse>> = {
  depthToSpace: one((x) => hadal.depthToSpace(x, 2)),
  'depthToSpace 3': one((x) => hadal.depthToSpace(x, 3)),
  spaceToDepth: one((x) => hadal.spaceToDepth(x, 2)),
  'spaceToDepth 3': one((x) => hadal.spaceToDepth(x, 3)),
  pixelShuffle: one((x) => hadal.pixelShuffle(x, 2)),
  'pixelShuffle 3': one((x) => hadal.pixelShuffle(x, 3)),
  pixelUnshuffle: one((x) => hadal.pixelUnshuffle(x, 2)),
  'pixelUnshuffle 3': one((x) => hadal.pixelUnshuffle(x, 3)),
  spaceToBatch: one((x) => hadal.spaceToBatch(x, [2, 3])),
  'spaceToBatch padded': one((x) =>
    hadal.spaceToBatch(
      x,
      [2, 2],
      [
        [1, 0],
        [2, 0],
      ],
    ),
  ),
  batchToSpace: one((x) => hadal.batchToSpace(x, [2, 3])),
  'batchToSpace cropped': one((x) =>
    hadal.batchToSpace(
      x,
      [2, 2],
      [
        [1, 0],
        [2, 1],
      ],
    ),
  ),
  slidingWindowView: one((x) => hadal.slidingWindowView(x, [2, 3])),
  'slidingWindowView axes': one((x) => hadal.slidingWindowView(x, [2, 3], { axis: [2, 0] })),
  'slidingWindowView strides': one((x) => hadal.slidingWindowView(x, 3, { axis: 1, strides: 2 })),
  frame: one((x) => hadal.frame(x, 4, 2)),
  'frame padded': one((x) => hadal.frame(x, 4, 3, { padEnd: true, padValue: 5 })),
  'frame axis 0': one((x) => hadal.frame(x, 2, 3, { axis: 0 })),
  overlapAdd: one((x) => hadal.overlapAdd(x, 2)),
  'overlapAdd gaps': one((x) => hadal.overlapAdd(x, 5)),
  'overlapAdd int32': one((x) => hadal.overlapAdd(x, 1)),
  extractPatches: one((x) => hadal.extractPatches(x, 2)),
  'extractPatches same': one((x) => hadal.extractPatches(x, 3, { strides: 2, padding: 'same' })),
  'extractPatches dilation': one((x) => hadal.extractPatches(x, [2, 3], { strides: 1, dilation: 2 })),
  unfold: one((x) => hadal.unfold(x, 3)),
  'unfold padding': one((x) => hadal.unfold(x, [2, 3], { strides: [2, 1], padding: 1 })),
  fold: one((x) => hadal.fold(x, [4, 5], 3)),
  'fold padding': one((x) => hadal.fold(x, [4, 5], [2, 3], { strides: [2, 1], padding: 1 })),
};

const diagonals: Readonly<Record<string, GoldenUse>> = {
  diag: one((x) => hadal.diag(x)),
  'diag above': one((x) => hadal.diag(x, 2)),
  'diag below': one((x) => hadal.diag(x, -1)),
  'diag of a matrix': one((x) => hadal.diag(x)),
  'diag of a matrix below': one((x) => hadal.diag(x, -2)),
  diagEmbed: one((x) => hadal.diagEmbed(x)),
  'diagEmbed offset': one((x) => hadal.diagEmbed(x, { offset: -1 })),
  diagFlat: one((x) => hadal.diagFlat(x)),
  'diagFlat above': one((x) => hadal.diagFlat(x, 1)),
  diagonal: one((x) => hadal.diagonal(x)),
  'diagonal axes': one((x) => hadal.diagonal(x, { axis1: 2, axis2: 0, offset: -1 })),
  trace: one((x) => hadal.trace(x)),
  'trace axes': one((x) => hadal.trace(x, { axis1: 1, axis2: 2, offset: 1 })),
  fillDiagonal: one((x) => hadal.fillDiagonal(x, 7.5)),
  'fillDiagonal vector': two(hadal.fillDiagonal),
  'fillDiagonal cube': one((x) => hadal.fillDiagonal(x, 3)),
  tril: one((x) => hadal.tril(x)),
  'tril above': one((x) => hadal.tril(x, 1)),
  triu: one((x) => hadal.triu(x)),
  'triu below': one((x) => hadal.triu(x, -2)),
  bandPart: one((x) => hadal.bandPart(x, 1, 2)),
  'bandPart all below': one((x) => hadal.bandPart(x, -1, 0)),
  tri: () => hadal.tri(3, 4),
  'tri below': () => hadal.tri(3, 3, -1, { dtype: 'int32' }),
  trilIndices: () => hadal.trilIndices(3),
  'trilIndices offset': () => hadal.trilIndices(3, { offset: 1, columns: 4 }),
  triuIndices: () => hadal.triuIndices(3),
  'triuIndices offset': () => hadal.triuIndices(3, { offset: -1, columns: 2 }),
  diagIndices: () => hadal.diagIndices(3),
  'diagIndices cube': () => hadal.diagIndices([2, 2, 2]),
  vander: one((x) => hadal.vander(x)),
  'vander increasing': one((x) => hadal.vander(x, { columns: 6, increasing: true })),
  'vander int32': one((x) => hadal.vander(x, { columns: 5 })),
  toeplitz: two(hadal.toeplitz),
  'toeplitz symmetric': one((x) => hadal.toeplitz(x)),
};

export const shapeGoldens: Readonly<Record<string, GoldenUse>> = { ...rearranged, ...patched, ...diagonals };
