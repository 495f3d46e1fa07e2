/**
 * Feature matrices: columns side by side, one row per element, as models take them.
 */
import { type HostArray, ShapeError } from '@hadal/core';

/**
 * Puts columns side by side into one float32 array.
 *
 * @param columns arrays of shape [rows], all equally long
 * @returns shape [rows, columns.length], float32
 * @throws {ShapeError} when there is no column, or they differ in length or are not one-dimensional
 * @example
 * const { columns } = parseCsv(text);
 * const x = columnsToMatrix([columns.width, columns.height]); // [rows, 2]
 */
export function columnsToMatrix(columns: readonly HostArray[]): HostArray {
  const [first] = columns;
  if (first === undefined) throw new ShapeError('columnsToMatrix', 'no columns were given.');
  const rows = first.data.length;
  const width = columns.length;
  const data = new Float32Array(rows * width);
  columns.forEach((column, index) => {
    if (column.shape.length !== 1 || column.data.length !== rows) {
      throw new ShapeError(
        'columnsToMatrix',
        `column ${index} has the shape [${column.shape.join(', ')}], column 0 has [${first.shape.join(', ')}].`,
        'Expected one-dimensional columns of equal length.',
      );
    }
    for (let row = 0; row < rows; row++) data[row * width + index] = column.data[row]!;
  });
  return { data, shape: [rows, width], dtype: 'float32' };
}
