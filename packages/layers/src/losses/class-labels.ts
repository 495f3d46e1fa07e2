/** Class numbers as targets: their shape, and whether they are in range while they are still on the host. */
import type { HostArray, Tensor } from '@hadal/core';
import { DataError, isFloat, ShapeError } from '@hadal/core';
import { formatLayerShape, type LayerShape } from '../layer/shape';

/** Labels without a trailing axis of extent 1, as int32, checked against the shape of outputs. */
export function classLabels(yTrue: Tensor, outputShape: readonly number[]): Tensor {
  const expected = outputShape.slice(0, -1);
  const same = (shape: readonly number[]): boolean =>
    shape.length === expected.length && shape.every((extent, axis) => extent === expected[axis]);
  if (same(yTrue.shape)) return yTrue.cast('int32');
  if (yTrue.shape.at(-1) === 1 && same(yTrue.shape.slice(0, -1)))
    return yTrue.reshape(expected).cast('int32');
  const oneHotEncoded = yTrue.rank === outputShape.length && yTrue.shape.at(-1) === outputShape.at(-1);
  throw new ShapeError(
    'sparseCategoricalCrossentropy',
    `targets have shape [${yTrue.shape}], outputs have shape [${outputShape}]; expected targets of shape [${expected}].`,
    oneHotEncoded
      ? "The targets look one-hot encoded: use 'categoricalCrossentropy' for them."
      : 'Targets are one class number per sample.',
  );
}

/**
 * Checks that labels are class numbers.
 *
 * @param ignored a number that is no class, but may stand for "does not count"
 * @throws {DataError} when one is not
 */
export function checkLabels(
  where: string,
  { data, dtype, shape }: HostArray,
  classes: number,
  ignored?: number,
): void {
  const fractional = isFloat(dtype);
  for (let index = 0; index < data.length; index++) {
    const label = data[index]!;
    if (label >= 0 && label < classes && (!fractional || Number.isInteger(label))) continue;
    if (label === ignored) continue;
    throw new DataError(
      where,
      `label ${label} at position ${index} of y ${formatLayerShape(shape)} is not a class number in [0, ${classes}).`,
      label === classes
        ? `Are the labels counted from 1? Subtract 1, or give the last layer ${classes + 1} units.`
        : `The last layer has ${classes} units, so labels are integers from 0 to ${classes - 1}.`,
    );
  }
}

/** Checks labels against the last axis of outputs, where its extent is known. */
export function checkLabelsOf(
  where: string,
  targets: HostArray,
  outputShape: LayerShape,
  ignored?: number,
): void {
  const classes = outputShape.at(-1);
  if (typeof classes === 'number') checkLabels(where, targets, classes, ignored);
}
