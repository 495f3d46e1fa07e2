/**
 * Reductions over segments.
 */
import {
  clip,
  type DType,
  segmentMax,
  segmentMean,
  segmentMin,
  segmentProd,
  segmentSoftmax,
  segmentSum,
  type Tensor,
  type TensorLike,
  tensor,
  zeros,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, sample, shapeText } from '../sample';
import { type OperationFamily, refuses } from './family';

type Segmented = (x: TensorLike, segmentIds: TensorLike, numSegments: number) => Tensor;

const OPERATIONS: Readonly<Record<string, Segmented>> = {
  segmentSum,
  segmentMean,
  segmentMax,
  segmentMin,
  segmentProd,
  segmentSoftmax,
};

/** Ids in no order, repeated, missing and outside. */
function samplesOf(operation: string, segmented: Segmented): Sample[] {
  const isFloating = operation === 'segmentMean' || operation === 'segmentSoftmax';
  const make = (
    shape: readonly number[],
    ids: readonly number[],
    segments: number,
    dtype: DType = 'float32',
    options: Partial<Sample> = {},
  ): Sample =>
    sample(
      operation,
      `of ${shapeText(shape)} ${dtype} in ${segments} segments`,
      [input(shape, dtype), input(ids, 'int32', { from: -1, below: segments + 1 })],
      // Extremes of empty segments are infinite, which differences cannot take.
      (x, at) => {
        const y = segmented(x, at, segments);
        return options.derivatives === undefined ? y : clip(y, -100, 100);
      },
      { tolerance: 'reduction', ...options },
    );
  return [
    make([7], [7], 3, 'float32', { derivatives: 2, viewed: true }),
    make([6, 3], [6], 4, 'float32', { derivatives: 1 }),
    make([2, 3, 2], [2, 3], 3, 'float32', { derivatives: 1 }),
    make([1], [1], 5),
    make([0, 2], [0], 3),
    make([4], [4], 0),
    make([300, 5], [300], 20),
    make([9], [9], 3, 'float64'),
    ...(isFloating
      ? []
      : [make([9, 2], [9], 4, 'int32'), make([9], [9], 3, 'uint8'), make([9], [9], 3, 'bool')]),
  ];
}

const ids = (values: readonly number[]): Tensor => tensor(values, { dtype: 'int32' });

export const segments: OperationFamily = {
  name: 'segments',
  samples: Object.entries(OPERATIONS).flatMap(([operation, segmented]) => samplesOf(operation, segmented)),
  goldens: Object.fromEntries(
    Object.entries(OPERATIONS).flatMap(([operation, segmented]) => [
      [operation, (x: Tensor, at: Tensor) => segmented(x, at, 4)],
      [`${operation} rows`, (x: Tensor, at: Tensor) => segmented(x, at, 3)],
    ]),
  ),
  errors: Object.entries(OPERATIONS).flatMap(([operation, segmented]) => [
    refuses(
      operation,
      'ids that do not fit',
      () => segmented(zeros([3, 2]), ids([0, 1]), 2),
      'ShapeError',
      'segment ids [2] do not fit [3, 2]',
    ),
    refuses(
      operation,
      'ids that are fractions',
      () => segmented(zeros([2]), zeros([2]), 2),
      'DTypeError',
      'float32',
    ),
    refuses(
      operation,
      'half a segment',
      () => segmented(zeros([2]), ids([0, 1]), 0.5),
      'ArgumentError',
      'numSegments 0.5',
    ),
  ]),
};
