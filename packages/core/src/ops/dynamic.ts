/**
 * Results whose shape depends on values. The values are read once, so these are asynchronous and cannot be part of a
 * compiled function; what they pick is gathered on the device, and gradients pass through it.
 */
import type { Device } from '../device/device';
import type { DType, TypedArray } from '../dtype';
import { ShapeError, TraceError } from '../errors';
import * as build from '../graph/build';
import { normalizeAxis } from '../shape/axis';
import { formatShape, sameShape, sizeOf, stridesOf } from '../shape/shape';
import type { Tensor } from '../tensor';
import { activeTrace } from '../trace';
import { tensor } from './creation';
import { operandNode, type TensorLike, tensorFrom } from './operand';

/** Throws where values cannot be read, and says what has a shape that is known. */
export function requireReadable(where: string, instead: string): void {
  if (activeTrace() === undefined) return;
  throw new TraceError(
    where,
    'the shape of the result depends on values, which a function that is being compiled does not have yet.',
    instead,
    'Or call it outside, and pass its result to the compiled function.',
  );
}

/** Host values as a tensor beside `x`. */
export function tensorBeside(x: Tensor, values: TypedArray, shape: readonly number[], dtype: DType): Tensor {
  const device: Device | undefined = x.device;
  return tensor(values, { shape, dtype, ...(device === undefined ? {} : { device }) });
}

/** One operand as a tensor. */
export const tensorOf = (where: string, x: TensorLike): Tensor =>
  tensorFrom(where, operandNode(where, x), [x]);

/** Flat positions of the elements that are not 0. */
async function truePositions(x: Tensor): Promise<Int32Array> {
  const values = await x.data();
  const found: number[] = [];
  values.forEach((value: number, position: number) => {
    if (value !== 0) found.push(position);
  });
  return Int32Array.from(found);
}

/**
 * The positions of all elements that are not 0, in row-major order: one int32 tensor for each axis.
 *
 * @param x a tensor with at least one axis; NaN is not 0
 * @throws {ShapeError} when `x` is a scalar
 * @throws {TraceError} inside a compiled function
 * @example
 * const [rows, columns] = await nonzero(tensor([[0, 1], [2, 0]]));
 * await rows.data(); // Int32Array [0, 1]
 * await columns.data(); // Int32Array [1, 0]
 */
export function nonzero(x: TensorLike): Promise<Tensor[]> {
  requireReadable('nonzero', 'where(x, whenTrue, whenFalse) keeps the shape.');
  const source = tensorOf('nonzero', x);
  requireAxes('nonzero', source);
  const strides = stridesOf(source.shape);
  return truePositions(source).then((positions) =>
    source.shape.map((extent, axis) => {
      const own = positions.map((position) => Math.floor(position / (strides[axis] ?? 1)) % extent);
      return tensorBeside(source, own, [own.length], 'int32');
    }),
  );
}

/**
 * The positions of all elements that are not 0, in row-major order: one row of indices for each.
 *
 * @param x a tensor with at least one axis; NaN is not 0
 * @returns int32, [found, rank]
 * @throws {ShapeError} when `x` is a scalar
 * @throws {TraceError} inside a compiled function
 * @example
 * await (await argWhere(tensor([[0, 1], [2, 0]]))).array(); // [[0, 1], [1, 0]]
 */
export function argWhere(x: TensorLike): Promise<Tensor> {
  requireReadable('argWhere', 'where(x, whenTrue, whenFalse) keeps the shape.');
  const source = tensorOf('argWhere', x);
  requireAxes('argWhere', source);
  const strides = stridesOf(source.shape);
  const { rank } = source;
  return truePositions(source).then((positions) => {
    const rows = new Int32Array(positions.length * rank);
    positions.forEach((position, row) => {
      source.shape.forEach((extent, axis) => {
        rows[row * rank + axis] = Math.floor(position / (strides[axis] ?? 1)) % extent;
      });
    });
    return tensorBeside(source, rows, [positions.length, rank], 'int32');
  });
}

function requireAxes(where: string, { rank }: Tensor): void {
  if (rank === 0)
    throw new ShapeError(where, 'a scalar has no positions.', 'Reshape it first: x.reshape([1]).');
}

/**
 * The elements or slices of `x` where a mask holds, in row-major order of the mask. Gradients reach what was picked.
 *
 * @param x    [...before, …mask axes, …rest]
 * @param mask bool, or numbers of which those that are not 0 count as true
 * @param axis where the axes of the mask begin in `x`; default 0
 * @returns [...before, picked, …rest]
 * @throws {ShapeError} when the mask is a scalar or its axes are not those of `x`
 * @throws {AxisError} when the axis does not exist
 * @throws {TraceError} inside a compiled function
 * @example
 * const x = tensor([1, -2, 3]);
 * await (await booleanMask(x, x.greater(0))).data(); // Float32Array [1, 3]
 */
export function booleanMask(x: TensorLike, mask: TensorLike, axis = 0): Promise<Tensor> {
  const where = 'booleanMask';
  requireReadable(where, 'where(mask, x, fill) keeps the shape.');
  const source = tensorOf(where, x);
  const chosen = tensorOf(where, mask);
  requireAxes(where, chosen);
  const along = normalizeAxis(where, axis, source.rank);
  const after = along + chosen.rank;
  if (!sameShape(chosen.shape, source.shape.slice(along, after))) {
    throw new ShapeError(
      where,
      `the mask ${formatShape(chosen.shape)} does not fit ${formatShape(source.shape)} from axis ${along} on.`,
    );
  }
  const shape = [...source.shape.slice(0, along), sizeOf(chosen.shape), ...source.shape.slice(after)];
  const rows = build.reshape(source.node, shape);
  return truePositions(chosen).then((positions) =>
    pickedAt(where, tensorFrom(where, rows, [source]), positions, along),
  );
}

/** Slices at positions that are there. */
export function pickedAt(where: string, x: Tensor, positions: Int32Array, axis: number): Tensor {
  const indices = tensorBeside(x, positions, [positions.length], 'int32');
  return tensorFrom(where, build.gather(x.node, indices.node, axis), [x]);
}
