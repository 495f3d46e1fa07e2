/**
 * One operation taken whole: products of two matrices, whatever their strides. Everything else is left to the printer.
 */
import type { Epilogue, Library, LibraryCall, LibraryRequest } from '@hadal/core/backend';

/** Takes `dot` of two float32 matrices, one axis against one; no batch and no epilogue. */
export const library: Library = {
  match({ node, operands }: LibraryRequest) {
    if (node.op !== 'dot' || node.dtype !== 'float32') return undefined;
    const { leftBatch, leftContract, rightContract } = node.attributes;
    const [left, right] = operands;
    const [leftAxis] = leftContract;
    const [rightAxis] = rightContract;
    if (left?.shape.length !== 2 || right?.shape.length !== 2) return undefined;
    if (leftBatch.length !== 0 || leftAxis === undefined || rightAxis === undefined) return undefined;
    if (leftContract.length !== 1) return undefined;
    const [row, column] = [1 - leftAxis, 1 - rightAxis];
    const integers = [
      ...[left.shape[row], left.shape[leftAxis], right.shape[column]],
      ...[left.offset, left.strides[row], left.strides[leftAxis]],
      ...[right.offset, right.strides[rightAxis], right.strides[column]],
    ].map(Number);
    return {
      epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
      // Sizes and strides are integers of the call, not part of its code: one kernel serves all shapes.
      call: (epilogue: Epilogue): LibraryCall => ({
        kind: 'library',
        name: 'dot',
        key: 'dot',
        integers,
        epilogue,
        workspaceBytes: 0,
        payload: undefined,
      }),
    };
  },
};

/** out[i, j] = Σ left[i, k] · right[k, j], a row at a time in double precision. */
export function multiply(
  [left, right, out]: readonly ArrayLike<number>[],
  [
    rows = 0,
    inner = 0,
    columns = 0,
    leftAt = 0,
    leftRow = 0,
    leftInner = 0,
    rightAt = 0,
    rightInner = 0,
    rightColumn = 0,
  ]: readonly number[],
  store: (index: number, value: number) => void,
): void {
  if (left === undefined || right === undefined || out === undefined)
    throw new Error('dot binds three buffers');
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    sums.fill(0);
    for (let k = 0; k < inner; k++) {
      const factor = left[leftAt + i * leftRow + k * leftInner]!;
      const start = rightAt + k * rightInner;
      for (let j = 0; j < columns; j++) sums[j] = sums[j]! + factor * right[start + j * rightColumn]!;
    }
    for (let j = 0; j < columns; j++) store(i * columns + j, sums[j]!);
  }
}
