/**
 * Row kernels of scatter-add: copy rows, and add rows to places chosen by index. Elements have 32 bits; a row is
 * contiguous, or an index table says where its elements are.
 */

import { type Code, type Local, MemoryOp, ModuleBuilder, Op } from '../../wasm/index';
import { advance, define } from '../gemm/define';

export interface ScatterAddKernels {
  /**
   * Copies `rows` rows next to each other, of a source with `rowBytes` between rows. `inner` is the table of a row's
   * elements, 0 when they are contiguous.
   */
  copyRows(
    target: number,
    source: number,
    rows: number,
    rowBytes: number,
    inner: number,
    innerCount: number,
  ): void;
  /**
   * Adds `rows` rows of updates, in order, to the rows `indices[i]` of a contiguous target; indices outside [0, extent)
   * are passed over. `updateRows` is the table of update rows, `inner` that of their elements, 0 when contiguous.
   */
  addRowsFloat(
    target: number,
    updates: number,
    indices: number,
    updateRows: number,
    rows: number,
    extent: number,
    inner: number,
    innerCount: number,
  ): void;
  /** The same for int32, wrapping. */
  addRowsInteger: ScatterAddKernels['addRowsFloat'];
}

export function emitScatterAddModule(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder().importMemory();
  emitCopyRows(module);
  emitAddRows(module, 'addRowsFloat', 'f32');
  emitAddRows(module, 'addRowsInteger', 'i32');
  return module.encode();
}

function emitCopyRows(module: ModuleBuilder): void {
  const { code, parameters } = define(module, 6, { exportAs: 'copyRows' });
  const [target, source, rows, rowBytes, inner, innerCount] = parameters;
  const i = code.local('i32');
  const row = code.local('i32');
  const j = code.local('i32');
  code.while(i, rows, 1, () => {
    code.get(source).get(i).get(rowBytes).op(Op.i32_mul).op(Op.i32_add).set(row);
    code.i32(0).set(j);
    eachElement(code, { j, inner, innerCount }, (lanes) => {
      code.get(target);
      pushElement(code, row, inner, j, lanes);
      code.memory(lanes === 4 ? MemoryOp.v128_store : MemoryOp.i32_store);
      advance(code, target, 4 * lanes);
      if (lanes === 4) advance(code, row, 16);
    });
  });
}

function emitAddRows(module: ModuleBuilder, exportAs: string, type: 'f32' | 'i32'): void {
  const { code, parameters } = define(module, 8, { exportAs });
  const [target, updates, indices, updateRows, rows, extent, inner, innerCount] = parameters;
  const i = code.local('i32');
  const index = code.local('i32');
  const row = code.local('i32');
  const into = code.local('i32');
  const j = code.local('i32');
  const addLanes = type === 'f32' ? Op.f32x4_add : Op.i32x4_add;
  const addOne = type === 'f32' ? Op.f32_add : Op.i32_add;
  const load = type === 'f32' ? MemoryOp.f32_load : MemoryOp.i32_load;
  const store = type === 'f32' ? MemoryOp.f32_store : MemoryOp.i32_store;
  code.while(i, rows, 1, () => {
    code.get(indices).memory(MemoryOp.i32_load).tee(index).get(extent).op(Op.i32_lt_u);
    code.if(() => {
      code
        .get(target)
        .get(index)
        .get(innerCount)
        .op(Op.i32_mul)
        .i32(2)
        .op(Op.i32_shl)
        .op(Op.i32_add)
        .set(into);
      code.get(updates).get(updateRows).memory(MemoryOp.i32_load).op(Op.i32_add).set(row);
      code.i32(0).set(j);
      eachElement(code, { j, inner, innerCount }, (lanes) => {
        code
          .get(into)
          .get(into)
          .memory(lanes === 4 ? MemoryOp.v128_load : load);
        pushElement(code, row, inner, j, lanes, type);
        code.op(lanes === 4 ? addLanes : addOne).memory(lanes === 4 ? MemoryOp.v128_store : store);
        advance(code, into, 4 * lanes);
        if (lanes === 4) advance(code, row, 16);
      });
    });
    advance(code, indices, 4);
    advance(code, updateRows, 4);
  });
}

interface InnerLoop {
  readonly j: Local;
  readonly inner: Local;
  readonly innerCount: Local;
}

/** A row's elements, four at a time where they are contiguous. */
function eachElement(code: Code, { j, inner, innerCount }: InnerLoop, body: (lanes: 4 | 1) => void): void {
  code.get(inner).op(Op.i32_eqz);
  code.if(() => {
    code.scratch(['i32'], (whole) => {
      code.get(innerCount).i32(-4).op(Op.i32_and).set(whole);
      code.while(j, whole, 4, () => body(4));
    });
  });
  code.while(j, innerCount, 1, () => body(1));
}

/** Pushes the row's vector at the pointer, or its element j: from the table, or at the distance from the last vector. */
function pushElement(
  code: Code,
  row: Local,
  inner: Local,
  j: Local,
  lanes: 4 | 1,
  type: 'f32' | 'i32' = 'i32',
): void {
  if (lanes === 4) {
    code.get(row).memory(MemoryOp.v128_load);
    return;
  }
  code.get(row).get(inner);
  code.if(
    () => code.get(inner).get(j).i32(2).op(Op.i32_shl).op(Op.i32_add).memory(MemoryOp.i32_load),
    () => code.get(j).i32(3).op(Op.i32_and).i32(2).op(Op.i32_shl),
    'i32',
  );
  code.op(Op.i32_add).memory(type === 'f32' ? MemoryOp.f32_load : MemoryOp.i32_load);
}
