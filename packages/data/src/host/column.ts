/**
 * Columns: the rows of a table in one dense array each, from which batches are cut without touching single elements.
 */
import { type HostArray, hostArray, ShapeError, type TypedArray } from '@hadal/core';
import { elementCount } from './array';

/** One column of a table; `Row` is what one row of it looks like, `Rows` what several look like. */
export interface Column<Row = unknown, Rows = unknown> {
  readonly rows: number;
  row(index: number): Row;
  gather(indices: Uint32Array): Rows;
}

/** Rows shorter than this are copied value by value: a view for each would cost more than the copy. */
const SHORT_ROW = 8;

/** Copies rows of `width` values in the order of `indices`. Neighbours that stay neighbours travel in one piece. */
function copyRows(source: TypedArray, target: TypedArray, width: number, indices: Uint32Array): void {
  for (let at = 0; at < indices.length; ) {
    const first = indices[at]!;
    let run = 1;
    while (at + run < indices.length && indices[at + run] === first + run) run++;
    if (run * width >= SHORT_ROW) {
      target.set(source.subarray(first * width, (first + run) * width), at * width);
    } else {
      for (let k = 0; k < run * width; k++) target[at * width + k] = source[first * width + k]!;
    }
    at += run;
  }
}

/**
 * A column over a host array whose first axis counts the rows. Single rows are views, batches are copies.
 */
export function arrayColumn(name: string, array: HostArray): Column<HostArray, HostArray> {
  const [rows, ...rowShape] = array.shape;
  if (rows === undefined) {
    throw new ShapeError(
      'fromArrays',
      `${name} is a scalar; expected an array whose first axis counts the elements.`,
    );
  }
  const width = elementCount(rowShape);
  const { data, dtype } = array;
  return {
    rows,
    row: (index) => ({ data: data.subarray(index * width, (index + 1) * width), shape: rowShape, dtype }),
    gather: (indices) => {
      const batch = hostArray(dtype, indices.length * width);
      copyRows(data, batch, width, indices);
      return { data: batch, shape: [indices.length, ...rowShape], dtype };
    },
  };
}

/** A column of strings. */
export function stringColumn(values: readonly string[]): Column<string, string[]> {
  return {
    rows: values.length,
    row: (index) => values[index]!,
    gather: (indices) => Array.from(indices, (index) => values[index]!),
  };
}

/** Grey values 0–255 as float32 from 0 to 1, to look up by byte. */
export const unitScale = (): Float32Array => Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/**
 * A column that keeps bytes and presents them through a table of 256 floats when they are read: a quarter of the
 * memory of floats.
 */
export function byteColumn(
  bytes: Uint8Array,
  rowShape: readonly number[],
  table: Float32Array,
): Column<HostArray, HostArray> {
  const width = elementCount(rowShape);
  const decode = (target: Float32Array, at: number, index: number): void => {
    const start = index * width;
    for (let k = 0; k < width; k++) target[at + k] = table[bytes[start + k]!]!;
  };
  return {
    rows: bytes.length / width,
    row: (index) => {
      const data = new Float32Array(width);
      decode(data, 0, index);
      return { data, shape: rowShape, dtype: 'float32' };
    },
    gather: (indices) => {
      const data = new Float32Array(indices.length * width);
      for (let k = 0; k < indices.length; k++) decode(data, k * width, indices[k]!);
      return { data, shape: [indices.length, ...rowShape], dtype: 'float32' };
    },
  };
}
