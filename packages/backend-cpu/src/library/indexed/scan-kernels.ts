/**
 * Scans of contiguous rows by doubling, in place: the same sums of the same partial sums as the decomposition, so that
 * results agree with it to the bit, but in one pass over each row instead of a kernel for every few steps.
 */

import type { IndexedPayload } from '@hadal/core/indexed';
import { type Code, type Local, MemoryOp, ModuleBuilder, Op } from '../../wasm/index';
import { advance, define } from '../gemm/define';
import { COMBINE, type Combine, emitCopyRows, type ScatterKernels } from './scatter-kernels';

export interface ScanKernels extends Pick<ScatterKernels, 'copyRows'> {
  /**
   * Scans `rows` rows of `rowBytes` bytes each, one after another. `stride` bytes lie between neighbours of the scanned
   * axis; after step k, each holds the combination of the 2ᵏ elements that end at it.
   */
  scanRows(target: number, rows: number, rowBytes: number, stride: number, steps: number): void;
  /** The same from the last element to the first. */
  scanRowsBack: ScanKernels['scanRows'];
}

const KINDS: Readonly<Record<string, string>> = {
  cumSum: 'add',
  cumProd: 'mul',
  cumMax: 'max',
  cumMin: 'min',
};

export function emitScanModule({ dtype, combine }: IndexedPayload): ModuleBuilder {
  const module = new ModuleBuilder().importMemory();
  const type = dtype === 'int32' ? 'int32' : 'float32';
  const combined = COMBINE[type][KINDS[String(combine)] ?? 'add'];
  emitCopyRows(module);
  for (const isBack of [false, true]) {
    emitScanRows(module, isBack, type === 'int32' ? 'i32' : 'f32', combined);
  }
  return module;
}

/**
 * Every element is combined with the one `distance` before it, which must still be as it was: rows are walked from the
 * end, or, in the other direction, from the start.
 */
function emitScanRows(
  module: ModuleBuilder,
  isBack: boolean,
  type: 'f32' | 'i32',
  combine: Combine | undefined,
): void {
  const { code, parameters } = define(module, 5, { exportAs: isBack ? 'scanRowsBack' : 'scanRows' });
  const [target, rows, rowBytes, stride, steps] = parameters;
  const row = code.local('i32');
  const step = code.local('i32');
  const distance = code.local('i32');
  const here = code.local('i32');
  const done = code.local('i32');
  const total = code.local('i32');
  const whole = code.local('i32');
  const element = (lanes: 4 | 1): void => {
    const load = lanes === 4 ? MemoryOp.v128_load : type === 'f32' ? MemoryOp.f32_load : MemoryOp.i32_load;
    const store =
      lanes === 4 ? MemoryOp.v128_store : type === 'f32' ? MemoryOp.f32_store : MemoryOp.i32_store;
    if (!isBack) advance(code, here, -4 * lanes);
    code.get(here).get(here).memory(load);
    pushDistant(code, here, distance, isBack);
    code.memory(load);
    combine?.(code, lanes);
    code.memory(store);
    if (isBack) advance(code, here, 4 * lanes);
  };
  code.while(row, rows, 1, () => {
    code.get(stride).set(distance);
    code.i32(0).set(step);
    code.while(step, steps, 1, () => {
      code.get(target).set(here);
      if (!isBack) advance(code, here, rowBytes);
      code.get(rowBytes).get(distance).op(Op.i32_sub).tee(total).i32(-16).op(Op.i32_and).set(whole);
      code.i32(0).set(done);
      code.while(done, whole, 16, () => element(4));
      code.while(done, total, 4, () => element(1));
      code.get(distance).i32(1).op(Op.i32_shl).set(distance);
    });
    advance(code, target, rowBytes);
  });
}

/** Pushes the place `distance` before the one at `here`, in the direction of the scan. */
const pushDistant = (code: Code, here: Local, distance: Local, isBack: boolean): Code =>
  code
    .get(here)
    .get(distance)
    .op(isBack ? Op.i32_add : Op.i32_sub);
