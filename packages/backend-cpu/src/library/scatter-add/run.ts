/**
 * Runs scatter-add: indices are brought together once, then each outer position handles whole rows. A module of its own,
 * loaded with the first call, since predictions seldom need it.
 */
import type { LibraryExecutable } from '../executable';
import { type Machine, walkOf } from '../machine';
import { ArgumentReader, type Axis, count } from '../product';
import { emitScatterAddModule, type ScatterAddKernels } from './kernels';
import { NUMBERS, type ScatterAddCall, scatterAddLayout } from './match';

const BYTES = 4;

/** Makes the executable of every scatter-add. */
export function prepareScatterAdd(name: string, machine: Machine): LibraryExecutable {
  const kernels = machine.instantiate<ScatterAddKernels>(emitScatterAddModule());
  return {
    name,
    run: (addresses, _scalars, integers) =>
      runScatterAdd(machine, kernels, decodeScatterAdd(integers), addresses),
  };
}

function decodeScatterAdd(integers: ArrayLike<number>): ScatterAddCall {
  const reader = new ArgumentReader(integers);
  return {
    integer: reader.next() === 1,
    ...reader.record(NUMBERS),
    outer: reader.axes(),
    indices: reader.axes(),
    inner: reader.axes(),
  };
}

function runScatterAdd(
  machine: Machine,
  kernels: ScatterAddKernels,
  call: ScatterAddCall,
  addresses: readonly number[],
): void {
  const { extent, outer, indices, inner } = call;
  const [operand = 0, index = 0, updates = 0, output = 0, workspace = 0] = addresses;
  const layout = scatterAddLayout(call);
  const indexCount = count(indices);
  const innerCount = count(inner);
  const scratch = workspace + layout.axes;
  const table = (
    at: number,
    axes: readonly Axis[],
    field: 'left' | 'right' | 'output',
    total: number,
  ): number => {
    if (total > 0) {
      machine.enumerate(workspace + at, walkOf(axes, field, BYTES), 0, total, total, scratch);
    }
    return workspace + at;
  };
  /** 0 where elements of a row are contiguous, their table otherwise. */
  const innerTable = (at: number, field: 'left' | 'right'): number => {
    const [only, ...more] = inner;
    const contiguous = only === undefined || (more.length === 0 && only[field] === 1);
    return contiguous ? 0 : table(at, inner, field, innerCount);
  };
  const offsets = table(layout.indexOffsets, indices, 'output', indexCount);
  const packed = workspace + layout.indices;
  machine.helpers.collect(packed, index + BYTES * call.indexOffset, offsets, indexCount);
  const operandInner = innerTable(layout.operandInner, 'left');
  const rowBytes = BYTES * call.operandStride;

  const updateRows = table(layout.updateRows, indices, 'right', indexCount);
  const updateInner = innerTable(layout.updateInner, 'right');
  const addRows = call.integer ? kernels.addRowsInteger : kernels.addRowsFloat;
  eachOuter(outer, (position, left, right) => {
    const target = output + BYTES * position * extent * innerCount;
    const source = operand + BYTES * (call.operandOffset + left);
    kernels.copyRows(target, source, extent, rowBytes, operandInner, innerCount);
    const added = updates + BYTES * (call.updateOffset + right);
    addRows(target, added, packed, updateRows, indexCount, extent, updateInner, innerCount);
  });
}

/** Calls `visit` for each index of the outer axes, in order, with its offsets in the operand and in the updates. */
function eachOuter(
  outer: readonly Axis[],
  visit: (position: number, left: number, right: number) => void,
): void {
  let position = 0;
  const walk = (depth: number, left: number, right: number): void => {
    const current = outer[depth];
    if (current === undefined) {
      visit(position++, left, right);
      return;
    }
    for (let i = 0; i < current.extent; i++)
      walk(depth + 1, left + i * current.left, right + i * current.right);
  };
  walk(0, 0, 0);
}
