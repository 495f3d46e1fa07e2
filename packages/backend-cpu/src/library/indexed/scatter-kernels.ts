/**
 * Row kernels of scatters: copy rows, and combine rows with those at places chosen by index. Elements have 32 bits; a row is
 * contiguous, or an index table says where its elements are.
 */

import type { IndexedPayload } from '@hadal/core/indexed';
import { type Code, LaneMemoryOp, type Local, MemoryOp, ModuleBuilder, Op } from '../../wasm/index';
import { advance, define } from '../gemm/define';

export interface ScatterKernels {
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
  /** The same of rows that are one element each, at the source. */
  fillRows(target: number, source: number, rows: number, rowBytes: number, innerCount: number): void;
  /**
   * Combines `rows` rows of updates, in order, with the rows `indices[i]` of a contiguous target; indices outside
   * [0, extent) are passed over. `updateRows` is the table of update rows, `inner` that of their elements, 0 when
   * contiguous.
   */
  combineRows(
    target: number,
    updates: number,
    indices: number,
    updateRows: number,
    rows: number,
    extent: number,
    inner: number,
    innerCount: number,
  ): void;
}

/** Writes the instruction that combines the two vectors, or the two elements, on the stack. */
export type Combine = (code: Code, lanes: 4 | 1) => void;

/** A pair of instructions, for vectors and for elements. */
const either =
  (lanes: Op, one: Op): Combine =>
  (code, width) => {
    code.op(width === 4 ? lanes : one);
  };

/** int32 has no instruction for the extreme of two numbers; it is chosen by comparing. */
const integerExtreme =
  (lanes: Op, isKept: Op): Combine =>
  (code, width) => {
    if (width === 4) code.op(lanes);
    else
      code.scratch(['i32', 'i32'], (there, update) => {
        code.set(update).tee(there).get(update).get(there).get(update).op(isKept).op(Op.select);
      });
  };

export const COMBINE: Record<'float32' | 'int32', Readonly<Record<string, Combine>>> = {
  float32: {
    add: either(Op.f32x4_add, Op.f32_add),
    mul: either(Op.f32x4_mul, Op.f32_mul),
    max: either(Op.f32x4_max, Op.f32_max),
    min: either(Op.f32x4_min, Op.f32_min),
  },
  int32: {
    add: either(Op.i32x4_add, Op.i32_add),
    mul: either(Op.i32x4_mul, Op.i32_mul),
    max: integerExtreme(Op.i32x4_max_s, Op.i32_gt_s),
    min: integerExtreme(Op.i32x4_min_s, Op.i32_lt_s),
  },
};

export function emitScatterModule({ dtype, combine }: IndexedPayload): ModuleBuilder {
  const module = new ModuleBuilder().importMemory();
  const type = dtype === 'int32' ? 'int32' : 'float32';
  emitCopyRows(module);
  emitFillRows(module);
  emitCombineRows(module, type === 'int32' ? 'i32' : 'f32', COMBINE[type][String(combine)]);
  return module;
}

/** `copyRows`, which brings rows of any layout next to each other. */
export function emitCopyRows(module: ModuleBuilder): void {
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

function emitFillRows(module: ModuleBuilder): void {
  const { code, parameters } = define(module, 5, { exportAs: 'fillRows' });
  const [target, source, rows, rowBytes, innerCount] = parameters;
  const i = code.local('i32');
  const j = code.local('i32');
  const whole = code.local('i32');
  const value = code.local('v128');
  code.get(innerCount).i32(-4).op(Op.i32_and).set(whole);
  code.while(i, rows, 1, () => {
    code.get(source).memory(MemoryOp.v128_load32_splat).set(value);
    code.i32(0).set(j);
    code.while(j, whole, 4, () => {
      code.get(target).get(value).memory(MemoryOp.v128_store);
      advance(code, target, 16);
    });
    code.while(j, innerCount, 1, () => {
      code.get(target).get(value).memoryLane(LaneMemoryOp.v128_store32_lane, 0);
      advance(code, target, 4);
    });
    advance(code, source, rowBytes);
  });
}

/** Without `combine` updates replace what was there. */
function emitCombineRows(module: ModuleBuilder, type: 'f32' | 'i32', combine: Combine | undefined): void {
  const { code, parameters } = define(module, 8, { exportAs: 'combineRows' });
  const [target, updates, indices, updateRows, rows, extent, inner, innerCount] = parameters;
  const i = code.local('i32');
  const index = code.local('i32');
  const row = code.local('i32');
  const into = code.local('i32');
  const j = code.local('i32');
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
        code.get(into);
        if (combine !== undefined) code.get(into).memory(lanes === 4 ? MemoryOp.v128_load : load);
        pushElement(code, row, inner, j, lanes, type);
        combine?.(code, lanes);
        code.memory(lanes === 4 ? MemoryOp.v128_store : store);
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
