/**
 * Runs cumulative sums, products and extremes: rows are copied to where the result is and scanned there.
 */

import type { IndexedPayload } from '@hadal/core/indexed';
import { axis, count, merge } from '@hadal/core/products';
import type { RecordedCall } from '../caller';
import { AXES_BYTES, type Machine } from '../machine';
import { decodeIndexed } from './arguments';
import { BYTES } from './match';
import { eachOuter, rowTable } from './rows';
import { emitScanModule, type ScanKernels } from './scan-kernels';

export function prepareScan(payload: IndexedPayload, machine: Machine): RecordedCall {
  const kernels = machine.instantiate<ScanKernels>(emitScanModule(payload));
  return (caller, [operand = 0, output = 0, workspace = 0], integers) => {
    const { axis: at, option, operands } = decodeIndexed(integers, 1);
    const [{ offset, shape, strides } = { offset: 0, shape: [], strides: [] }] = operands;
    const axes = shape.map((extent, i) => axis(extent, { left: strides[i] }));
    const { extent = 0, left: stride = 0 } = axes[at] ?? {};
    const outer = merge(axes.slice(0, at));
    const inner = merge(axes.slice(at + 1));
    const innerCount = count(inner);
    const size = extent * innerCount;
    if (size === 0 || count(outer) === 0) return;
    const table = rowTable(caller, machine.helpers, workspace + AXES_BYTES, inner, 'left', workspace);
    const copy = (target: number, left: number, pieces: number, pieceSize: number): void =>
      caller.call(
        kernels.copyRows,
        target,
        operand + BYTES * (offset + left),
        pieces,
        BYTES * stride,
        table,
        pieceSize,
      );
    const rowCount = count(outer);
    const [rows, ...others] = outer;
    // What lies there as it has to is copied as one piece: a row, or all of them.
    const isWhole = table === 0 && stride === innerCount;
    if (isWhole && others.length === 0 && (rows?.left ?? size) === size) copy(output, 0, 1, rowCount * size);
    else {
      let target = output;
      eachOuter(outer, ({ left }) => {
        if (isWhole) copy(target, left, 1, size);
        else copy(target, left, extent, innerCount);
        target += BYTES * size;
      });
    }
    const scan = option === 1 ? kernels.scanRowsBack : kernels.scanRows;
    caller.call(scan, output, rowCount, BYTES * size, BYTES * innerCount, Math.ceil(Math.log2(extent)));
  };
}
