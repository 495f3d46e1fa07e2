/**
 * Builders of leaves: nodes that depend on nothing.
 */
import { type DType, isHalf, limitsOf, type TypedArray } from '../../dtype';
import { ShapeError } from '../../errors';
import { formatShape, requireShape, type Shape, sizeOf } from '../../shape/shape';
import { makeNode, type Node } from '../node';

/** Half floats are rounded where they are computed. uint32 lives in int32 registers, with the same bits. */
function scalar(given: number, dtype: DType, slot: boolean): Node {
  if (isHalf(dtype)) return makeNode('cast', [scalar(given, 'float32', slot)], { to: dtype }, [], dtype);
  const value = dtype === 'uint32' ? given | 0 : given;
  return makeNode('scalar', [], { value, slot }, [], dtype);
}

/** A number that is part of the code: exponents, bounds, 0 and ±1, factors of formulas. */
export const constant = (value: number, dtype: DType): Node => scalar(value, dtype, false);

/** A number that is an argument of the kernel, so that changing it neither plans nor compiles anew. */
export const slot = (value: number, dtype: DType): Node => scalar(value, dtype, true);

/** Host data. The array is kept, not copied: it must not change until the node is realized. */
export function data(values: TypedArray, shape: Shape, dtype: DType): Node {
  requireShape('tensor', shape);
  if (values.length !== sizeOf(shape)) {
    throw new ShapeError(
      'tensor',
      `${values.length} values do not fill ${formatShape(shape)}, which holds ${sizeOf(shape)}.`,
    );
  }
  return makeNode('data', [], { values }, shape, dtype);
}

/** 0, 1, …, length - 1 as int32. */
export const iota = (length: number): Node =>
  makeNode('iota', [], {}, requireShape('iota', [length]), 'int32');

/** The `index`-th input of a function that is being compiled. */
export const parameter = (index: number, shape: Shape, dtype: DType): Node =>
  makeNode('parameter', [], { index }, requireShape('parameter', shape), dtype);

/** The least value of a dtype: what the maximum of nothing is. */
export const lowest = (dtype: DType): number => limitsOf(dtype)[0];

/** The greatest value of a dtype: what the minimum of nothing is. */
export const highest = (dtype: DType): number => limitsOf(dtype)[1];
