/**
 * Packing: copies a block of an operand into panels of `width` lanes (rows of the left operand, columns of the right
 * one), inner index by inner index, which is the order in which the micro-kernel reads.
 *
 * Where lanes or inner indices are neighbours in memory, whole vectors are copied; anything else goes element by element.
 * Lanes beyond the last one repeat an index that exists (see the padding of index tables), so nothing outside the
 * operand is read; what they compute is never stored.
 */

import { known } from '../../known';
import { type Code, LaneMemoryOp, type Local, MemoryOp, type ModuleBuilder, Op } from '../../wasm/index';
import { advance, define } from './define';

/**
 * Exports `name(source, lanes, inner, stretches, target, laneCount, innerCount)`; `lanes` and `inner` are index tables,
 * `stretches` says of each inner index how many from there on are neighbours in memory.
 */
export function emitPack(module: ModuleBuilder, name: string, width: 6 | 8): void {
  const { code, parameters } = define(module, 7, { exportAs: name });
  const [source, lanes, inner, stretches, target, laneCount, innerCount] = parameters;
  const first = code.local('i32');
  const adjacent = code.local('i32');
  const entry = code.local('i32');
  const offset = code.local('i32');
  const end = code.local('i32');
  const stop = code.local('i32');
  const k = code.local('i32');
  const lane0 = code.local('i32');
  const otherLanes = Array.from({ length: width - 1 }, () => code.local('i32'));
  const pointers = [lane0, ...otherLanes];

  const panelOfNeighbours = (): void => {
    code.while(k, innerCount, 1, () => {
      copyLanes(code, width, lane0, entry, target);
      advance(code, entry, 4);
      advance(code, target, 4 * width);
    });
  };
  /** Stretch by stretch: fours of each by transposition, the rest one by one. */
  const panelOfScattered = (): void => {
    code.while(k, innerCount, 0, () => {
      code.get(inner).get(k).i32(2).op(Op.i32_shl).op(Op.i32_add).memory(MemoryOp.i32_load).set(offset);
      code.get(stretches).get(k).i32(2).op(Op.i32_shl).op(Op.i32_add).memory(MemoryOp.i32_load);
      code.get(k).op(Op.i32_add).set(end);
      code.get(end).get(innerCount).get(end).get(innerCount).op(Op.i32_lt_s).op(Op.select).set(end);
      code.get(end).i32(3).op(Op.i32_sub).set(stop);
      code.while(k, stop, 4, () => {
        transposeFour(code, pointers, offset, target);
        advance(code, offset, 16);
        advance(code, target, 16 * width);
      });
      code.while(k, end, 1, () => {
        for (const [lane, pointer] of pointers.entries()) {
          code.get(target).get(pointer).get(offset).op(Op.i32_add).memory(MemoryOp.f32_load);
          code.memory(MemoryOp.f32_store, 4 * lane);
        }
        advance(code, offset, 4);
        advance(code, target, 4 * width);
      });
    });
  };

  code.while(first, laneCount, width, () => {
    for (const [lane, pointer] of pointers.entries()) {
      code.get(source).get(lanes);
      code
        .memory(MemoryOp.i32_load, 4 * lane)
        .op(Op.i32_add)
        .set(pointer);
    }
    code.i32(1);
    for (const [lane, pointer] of otherLanes.entries()) {
      code.get(pointer).get(lane0).op(Op.i32_sub);
      code
        .i32(4 * (lane + 1))
        .op(Op.i32_eq)
        .op(Op.i32_and);
    }
    code.set(adjacent);
    code.get(inner).set(entry);
    code.i32(0).set(k);
    code.get(adjacent).if(panelOfNeighbours, panelOfScattered);
    advance(code, lanes, 4 * width);
  });
}

/** One inner index of lanes that are neighbours in memory. */
function copyLanes(code: Code, width: 6 | 8, lane0: Local, entry: Local, target: Local): void {
  const from = code.local('i32');
  code.get(lane0).get(entry).memory(MemoryOp.i32_load).op(Op.i32_add).set(from);
  code.get(target).get(from).memory(MemoryOp.v128_load).memory(MemoryOp.v128_store);
  if (width === 8) code.get(target).get(from).memory(MemoryOp.v128_load, 16).memory(MemoryOp.v128_store, 16);
  else code.get(target).get(from).memory(MemoryOp.i64_load, 16).memory(MemoryOp.i64_store, 16);
  code.release(from);
}

/** Four neighbouring inner indices of every lane, at a byte offset from the lanes: a transposition in registers. */
export function transposeFour(code: Code, pointers: readonly Local[], offset: Local, target: Local): void {
  const width = pointers.length;
  code.scratch(['v128', 'v128', 'v128', 'v128'], (even0, odd0, even1, odd1) => {
    const interleave = (lane: number, low: Local, high: Local): void => {
      code.scratch(['v128', 'v128'], (a, b) => {
        for (const [i, into] of [a, b].entries()) {
          const pointer = known(pointers[lane + i], 'a lane');
          code.get(pointer).get(offset).op(Op.i32_add).memory(MemoryOp.v128_load).set(into);
        }
        code.get(a).get(b).shuffle32([0, 4, 1, 5]).set(low);
        code.get(a).get(b).shuffle32([2, 6, 3, 7]).set(high);
      });
    };
    let lane = 0;
    for (; lane + 4 <= width; lane += 4) {
      interleave(lane, even0, odd0);
      interleave(lane + 2, even1, odd1);
      const columns = [
        [even0, even1, [0, 1, 4, 5]],
        [even0, even1, [2, 3, 6, 7]],
        [odd0, odd1, [0, 1, 4, 5]],
        [odd0, odd1, [2, 3, 6, 7]],
      ] as const;
      for (const [k, [a, b, picks]] of columns.entries()) {
        code
          .get(target)
          .get(a)
          .get(b)
          .shuffle32(picks)
          .memory(MemoryOp.v128_store, 4 * (width * k + lane));
      }
    }
    if (lane < width) {
      interleave(lane, even0, odd0);
      const halves = [
        [even0, 0],
        [even0, 1],
        [odd0, 0],
        [odd0, 1],
      ] as const;
      for (const [k, [pair, half]] of halves.entries()) {
        code
          .get(target)
          .get(pair)
          .memoryLane(LaneMemoryOp.v128_store64_lane, half, 4 * (width * k + lane));
      }
    }
  });
}
