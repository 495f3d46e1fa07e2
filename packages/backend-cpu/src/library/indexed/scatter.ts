/**
 * Runs scatters: indices are brought together once for each batch, then each outer position handles whole rows.
 */

import type { IndexedPayload } from '@hadal/core/indexed';
import { type Axis, axis, count, merge } from '@hadal/core/products';
import type { RecordedCall } from '../caller';
import { AXES_BYTES, type Machine } from '../machine';
import { decodeIndexed, type IndexedArguments } from './arguments';
import { BYTES } from './match';
import { eachOuter, rowTable, writeTable } from './rows';
import { emitScatterModule, type ScatterKernels } from './scatter-kernels';

export function prepareScatter(payload: IndexedPayload, machine: Machine): RecordedCall {
  const { copyRows, fillRows, combineRows } = machine.instantiate<ScatterKernels>(emitScatterModule(payload));
  const { helpers } = machine;
  return (caller, addresses, integers) => {
    const [operand = 0, index = 0, updates = 0, output = 0, workspace = 0] = addresses;
    const call = callOf(decodeIndexed(integers, 3));
    const { extent, outer, indices, inner } = call;
    const indexCount = count(indices);
    const innerCount = count(inner);
    // Where each index is, the indices themselves, where each update is, and where elements of rows are.
    const offsets = workspace + AXES_BYTES;
    const packed = offsets + BYTES * indexCount;
    const updateRows = packed + BYTES * indexCount;
    const operandTable = updateRows + BYTES * indexCount;
    const updateTable = operandTable + BYTES * innerCount;
    writeTable(caller, helpers, offsets, indices, 'output', workspace);
    writeTable(caller, helpers, updateRows, indices, 'right', workspace);
    // Gradients are added to zeros, which are one number.
    const isOne = inner.every(({ left }) => left === 0);
    const operandInner = isOne ? 0 : rowTable(caller, helpers, operandTable, inner, 'left', workspace);
    const updateInner = rowTable(caller, helpers, updateTable, inner, 'right', workspace);
    const rowBytes = BYTES * call.operandStride;
    let target = output;
    let collected: number | undefined;
    eachOuter(outer, ({ left, right, output: batch }) => {
      if (batch !== collected) {
        caller.call(helpers.collect, packed, index + BYTES * (call.indexOffset + batch), offsets, indexCount);
        collected = batch;
      }
      const source = operand + BYTES * (call.operandOffset + left);
      if (isOne) caller.call(fillRows, target, source, extent, rowBytes, innerCount);
      else caller.call(copyRows, target, source, extent, rowBytes, operandInner, innerCount);
      const from = updates + BYTES * (call.updateOffset + right);
      caller.call(combineRows, target, from, packed, updateRows, indexCount, extent, updateInner, innerCount);
      target += BYTES * extent * innerCount;
    });
  };
}

/**
 * A call in terms of axes: strides of the operand are `left`, of the updates `right`, of the indices `output`.
 */
interface ScatterCall {
  readonly operandOffset: number;
  readonly indexOffset: number;
  readonly updateOffset: number;
  /** Extent of the indexed axis and the operand's stride along it. */
  readonly extent: number;
  readonly operandStride: number;
  readonly outer: readonly Axis[];
  readonly indices: readonly Axis[];
  readonly inner: readonly Axis[];
}

function callOf({ axis: at, option: batch, operands }: IndexedArguments): ScatterCall {
  const nothing = { offset: 0, shape: [], strides: [] };
  const [operand = nothing, indices = nothing, updates = nothing] = operands;
  const shift = indices.shape.length - batch - 1;
  const rowAxes = (from: number, to: number, moved: number): Axis[] =>
    operand.shape.slice(from, to).map((extent, i) =>
      axis(extent, {
        left: operand.strides[from + i],
        right: updates.strides[from + moved + i],
        output: from + i < batch ? indices.strides[from + i] : 0,
      }),
    );
  return {
    operandOffset: operand.offset,
    indexOffset: indices.offset,
    updateOffset: updates.offset,
    extent: operand.shape[at] ?? 0,
    operandStride: operand.strides[at] ?? 0,
    outer: merge(rowAxes(0, at, 0)),
    indices: indices.shape
      .slice(batch)
      .map((length, i) =>
        axis(length, { output: indices.strides[batch + i], right: updates.strides[at + i] }),
      ),
    inner: merge(rowAxes(at + 1, operand.shape.length, shift)),
  };
}
