/**
 * Kernels of sorting: keys that compare as unsigned integers, and a stable sort of (key, index) pairs of 64 bits, by
 * insertion where rows are short, else byte by byte from the lowest (radix sort), skipping bytes that are all equal.
 */
import { type Code, type Local, MemoryOp, ModuleBuilder, Op } from '../../wasm/index';
import { advance, define } from '../gemm/define';
import { HISTOGRAM_BYTES, PAIR_BYTES } from './match';

export interface SortKernels {
  /**
   * Writes `count` pairs of a key and its index for elements `stride` bytes apart. `flip` is 0, or -1 for keys that
   * descend. NaN gets the last key, and -0 that of 0.
   */
  keysFloat(target: number, source: number, stride: number, count: number, flip: number): void;
  keysInteger: SortKernels['keysFloat'];
  keysByte: SortKernels['keysFloat'];
  /** Sorts `count` pairs and writes their indices `stride` bytes apart. `spare` has room for as many pairs. */
  sortRow(
    output: number,
    stride: number,
    pairs: number,
    spare: number,
    histogram: number,
    count: number,
  ): void;
}

/** Up to here, moving elements one by one is faster than four passes with 256 counts each. */
const LONGEST_INSERTED = 48;
const KEY_BYTES = 4;
/** The key is the upper half of a pair, so that the lower is the index as an int32. */
const KEY = 4;
const SIGN = -(2 ** 31);
const INFINITY_BITS = 0x7f800000;

export function emitSortModule(): ModuleBuilder {
  const module = new ModuleBuilder().importMemory();
  emitKeys(module, 'keysFloat', MemoryOp.i32_load, pushFloatKey);
  emitKeys(module, 'keysInteger', MemoryOp.i32_load, (code, bits, flip) => {
    code.get(bits).i32(SIGN).op(Op.i32_xor).get(flip).op(Op.i32_xor);
  });
  emitKeys(module, 'keysByte', MemoryOp.i32_load8_u, (code, bits, flip) => {
    code.get(bits).get(flip).op(Op.i32_xor);
  });
  emitSortRow(module);
  return module;
}

function emitKeys(
  module: ModuleBuilder,
  exportAs: string,
  load: MemoryOp,
  pushKey: (code: Code, bits: Local, flip: Local) => void,
): void {
  const { code, parameters } = define(module, 5, { exportAs });
  const [target, source, stride, count, flip] = parameters;
  const i = code.local('i32');
  const bits = code.local('i32');
  code.while(i, count, 1, () => {
    code.get(target).get(i).memory(MemoryOp.i32_store);
    code.get(source).memory(load).set(bits);
    code.get(target);
    pushKey(code, bits, flip);
    code.memory(MemoryOp.i32_store, KEY);
    advance(code, target, PAIR_BYTES);
    advance(code, source, stride);
  });
}

/** Numbers below 0 grow with fewer bits, so all theirs are turned around; of the others only the sign. */
function pushFloatKey(code: Code, bits: Local, flip: Local): void {
  code.i32(INFINITY_BITS).get(bits).i32(~SIGN).op(Op.i32_and).op(Op.i32_lt_u);
  code.if(
    () => code.i32(-1),
    () => {
      // Adding 0 turns -0 into 0.
      code.get(bits).op(Op.f32_reinterpret_i32).f32(0).op(Op.f32_add).op(Op.i32_reinterpret_f32).tee(bits);
      code.get(bits).i32(31).op(Op.i32_shr_s).i32(SIGN).op(Op.i32_or).op(Op.i32_xor);
      code.get(flip).op(Op.i32_xor);
    },
    'i32',
  );
}

function emitSortRow(module: ModuleBuilder): void {
  const { code, parameters } = define(module, 6, { exportAs: 'sortRow' });
  const [output, stride, pairs, spare, histogram, count] = parameters;
  const i = code.local('i32');
  const end = code.local('i32');
  code.get(pairs).get(count).i32(PAIR_BYTES).op(Op.i32_mul).op(Op.i32_add).set(end);
  code.get(count).i32(LONGEST_INSERTED).op(Op.i32_le_s);
  code.if(
    () => emitInsertion(code, pairs, end),
    () => {
      for (let byte = 0; byte < KEY_BYTES; byte++) {
        emitPass(code, { pairs, spare, histogram, count, end, key: KEY + byte });
      }
    },
  );
  code.i32(0).set(i);
  code.while(i, count, 1, () => {
    code.get(output).get(pairs).memory(MemoryOp.i32_load).memory(MemoryOp.i32_store);
    advance(code, output, stride);
    advance(code, pairs, PAIR_BYTES);
  });
}

/** Moves each pair in front of those with greater keys. */
function emitInsertion(code: Code, pairs: Local, end: Local): void {
  const next = code.local('i32');
  const at = code.local('i32');
  const before = code.local('i32');
  const key = code.local('i32');
  const pair = code.local('i64');
  code.get(pairs).i32(PAIR_BYTES).op(Op.i32_add).set(next);
  code.while(next, end, PAIR_BYTES, () => {
    code.get(next).tee(at).memory(MemoryOp.i64_load).set(pair);
    code.get(next).memory(MemoryOp.i32_load, KEY).set(key);
    code.block((leave) => {
      code.loop((repeat) => {
        code.get(at).get(pairs).op(Op.i32_eq).brIf(leave);
        code.get(key).get(at).i32(PAIR_BYTES).op(Op.i32_sub).tee(before).memory(MemoryOp.i32_load, KEY);
        code.op(Op.i32_lt_u).op(Op.i32_eqz).brIf(leave);
        code.get(at).get(before).memory(MemoryOp.i64_load).memory(MemoryOp.i64_store);
        code.get(before).set(at).br(repeat);
      });
    });
    code.get(at).get(pair).memory(MemoryOp.i64_store);
  });
}

interface Pass {
  readonly pairs: Local;
  readonly spare: Local;
  readonly histogram: Local;
  readonly count: Local;
  readonly end: Local;
  /** Where in a pair the byte is by which this pass sorts. */
  readonly key: number;
}

/** One pass of the radix sort; afterwards `pairs` and `spare` have changed places, unless there was nothing to do. */
function emitPass(code: Code, { pairs, spare, histogram, count, end, key }: Pass): void {
  code.scratch(['i32', 'i32', 'i32', 'i32', 'i32'], (at, stop, slot, total, found) => {
    const eachSlot = (step: number, body: () => void): void => {
      code.get(histogram).tee(slot).i32(HISTOGRAM_BYTES).op(Op.i32_add).set(stop);
      code.while(slot, stop, step, body);
    };
    const eachPair = (body: () => void): void => {
      code.get(pairs).set(at);
      code.while(at, end, PAIR_BYTES, body);
    };
    const findSlot = (pair: Local): void => {
      code.get(pair).memory(MemoryOp.i32_load8_u, key).i32(2).op(Op.i32_shl);
      code.get(histogram).op(Op.i32_add).set(slot);
    };
    eachSlot(16, () => code.get(slot).i32x4(0).memory(MemoryOp.v128_store));
    eachPair(() => {
      findSlot(at);
      code.get(slot).get(slot).memory(MemoryOp.i32_load).i32(1).op(Op.i32_add).memory(MemoryOp.i32_store);
    });
    findSlot(pairs);
    code.get(slot).memory(MemoryOp.i32_load).get(count).op(Op.i32_ne);
    code.if(() => {
      // From counts to where each value begins.
      code.get(spare).set(total);
      eachSlot(4, () => {
        code.get(slot).memory(MemoryOp.i32_load).i32(PAIR_BYTES).op(Op.i32_mul).set(found);
        code.get(slot).get(total).memory(MemoryOp.i32_store);
        advance(code, total, found);
      });
      eachPair(() => {
        findSlot(at);
        code.get(slot).memory(MemoryOp.i32_load).tee(found).get(at).memory(MemoryOp.i64_load);
        code.memory(MemoryOp.i64_store);
        code.get(slot).get(found).i32(PAIR_BYTES).op(Op.i32_add).memory(MemoryOp.i32_store);
      });
      code.get(pairs).set(found).get(spare).set(pairs).get(found).set(spare);
      code.get(pairs).get(count).i32(PAIR_BYTES).op(Op.i32_mul).op(Op.i32_add).set(end);
    });
  });
}
