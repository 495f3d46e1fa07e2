/**
 * Runs argsort: every row becomes pairs of a key and an index, which are sorted and leave their indices.
 */

import type { IndexedPayload } from '@hadal/core/indexed';
import { axis, merge, resultLayout } from '@hadal/core/products';
import type { RecordedCall } from '../caller';
import type { Machine } from '../machine';
import { decodeIndexed } from './arguments';
import { BYTES, HISTOGRAM_BYTES, PAIR_BYTES } from './match';
import { eachOuter } from './rows';
import { emitSortModule, type SortKernels } from './sort-kernels';

export function prepareArgsort({ dtype }: IndexedPayload, machine: Machine): RecordedCall {
  const kernels = machine.instantiate<SortKernels>(emitSortModule());
  const elementBytes = dtype === 'float32' || dtype === 'int32' ? BYTES : 1;
  const writeKeys =
    dtype === 'float32' ? kernels.keysFloat : dtype === 'int32' ? kernels.keysInteger : kernels.keysByte;
  return (caller, [operand = 0, output = 0, workspace = 0], integers) => {
    const { axis: at, option, operands } = decodeIndexed(integers, 1);
    const [{ offset, shape, strides } = { offset: 0, shape: [], strides: [] }] = operands;
    const { strides: outputStrides } = resultLayout(shape);
    const outer = shape.map((extent, i) => axis(extent, { left: strides[i], output: outputStrides[i] }));
    const [along] = outer.splice(at, 1);
    if (along === undefined) return;
    const pairs = workspace + HISTOGRAM_BYTES;
    const spare = pairs + PAIR_BYTES * along.extent;
    const stride = elementBytes * along.left;
    const outputStride = BYTES * along.output;
    eachOuter(merge(outer), ({ left, output: row }) => {
      caller.call(writeKeys, pairs, operand + elementBytes * (offset + left), stride, along.extent, -option);
      caller.call(kernels.sortRow, output + BYTES * row, outputStride, pairs, spare, workspace, along.extent);
    });
  };
}
