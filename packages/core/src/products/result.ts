/** How the axes of a library call's result move through its outputs and through the indices of rows and columns. */

export interface ResultLayout {
  /** Distance in elements between neighbours along each axis. */
  readonly strides: readonly number[];
  /** Distance in row indices: the result seen as rows × columns, columns being its last axis. */
  readonly rows: readonly number[];
}

const rowMajor = (shape: readonly number[]): number[] => {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] ?? 1) * (shape[i + 1] ?? 1);
  return strides;
};

/** The layout of a result of this shape, row-major unless strides are given. */
export function resultLayout(shape: readonly number[], strides?: readonly number[]): ResultLayout {
  return { strides: strides ?? rowMajor(shape), rows: [...rowMajor(shape.slice(0, -1)), 0] };
}
