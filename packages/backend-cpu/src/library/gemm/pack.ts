/**
 * Packing: copies a block of an operand into panels of `width` lanes (rows of the left operand, columns of the right
 * one), inner index by inner index, which is the order in which the micro-kernel reads.
 *
 * Where lanes or inner indices are neighbours in memory, whole vectors are copied; anything else goes element by element.
 * Lanes beyond the last one repeat an index that exists (see the padding of index tables), so nothing outside the
 * operand is read; what they compute is never stored.
 */
import type { Code, Local, ModuleBuilder } from '../../wasm/index';

/** Exports `name(source, lanes, inner, target, laneCount, innerCount)`; `lanes` and `inner` are index tables. */
export function emitPack(module: ModuleBuilder, name: string, width: 6 | 8): void {
  const { code } = module.function({
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    exportAs: name,
  });
  const source = code.parameter(0);
  const lanes = code.parameter(1);
  const inner = code.parameter(2);
  const target = code.parameter(3);
  const laneCount = code.parameter(4);
  const innerCount = code.parameter(5);
  const first = code.local('i32');
  const adjacent = code.local('i32');
  const step = code.local('i32');
  const entry = code.local('i32');
  const k = code.local('i32');
  const pointers = Array.from({ length: width }, () => code.local('i32'));
  const [lane0, ...otherLanes] = pointers;
  if (lane0 === undefined) throw new RangeError('a panel has at least one lane');

  const advance = (pointer: Local, bytes: number): void => {
    code.get(pointer).i32(bytes).op('i32.add').set(pointer);
  };

  code.while(first, laneCount, width, () => {
    for (const [lane, pointer] of pointers.entries()) {
      code
        .get(source)
        .get(lanes)
        .memory('i32.load', 4 * lane)
        .op('i32.add')
        .set(pointer);
    }
    code.i32(1);
    for (const [lane, pointer] of otherLanes.entries()) {
      code
        .get(pointer)
        .get(lane0)
        .op('i32.sub')
        .i32(4 * (lane + 1))
        .op('i32.eq')
        .op('i32.and');
    }
    code.set(adjacent);
    code.get(inner).set(entry);
    code.i32(0).set(k);
    code.get(adjacent).if(
      () =>
        code.while(k, innerCount, 1, () => {
          copyLanes(code, width, lane0, entry, target);
          advance(entry, 4);
          advance(target, 4 * width);
        }),
      () =>
        code.while(k, innerCount, 0, () => {
          pushIsStretch(code, entry, k, innerCount);
          code.if(
            () => {
              transposeFour(code, pointers, entry, target);
              code.i32(4).set(step);
            },
            () => {
              copyScattered(code, pointers, entry, target);
              code.i32(1).set(step);
            },
          );
          code.get(k).get(step).op('i32.add').set(k);
          code.get(entry).get(step).i32(2).op('i32.shl').op('i32.add').set(entry);
          code
            .get(target)
            .get(step)
            .i32(4 * width)
            .op('i32.mul')
            .op('i32.add')
            .set(target);
        }),
    );
    advance(lanes, 4 * width);
  });
}

/** One inner index of lanes that are neighbours in memory. */
function copyLanes(code: Code, width: 6 | 8, lane0: Local, entry: Local, target: Local): void {
  const from = code.local('i32');
  code.get(lane0).get(entry).memory('i32.load').op('i32.add').set(from);
  code.get(target).get(from).memory('v128.load').memory('v128.store');
  if (width === 8) code.get(target).get(from).memory('v128.load', 16).memory('v128.store', 16);
  else code.get(target).get(from).memory('i64.load', 16).memory('i64.store', 16);
  code.release(from);
}

/** Pushes whether the next four inner indices exist and are neighbours in memory. */
function pushIsStretch(code: Code, entry: Local, k: Local, innerCount: Local): void {
  code.get(innerCount).get(k).op('i32.sub').i32(4).op('i32.ge_s');
  code.if(
    () => {
      code.i32(1);
      for (const next of [1, 2, 3]) {
        code
          .get(entry)
          .memory('i32.load', 4 * next)
          .get(entry)
          .memory('i32.load')
          .op('i32.sub');
        code
          .i32(4 * next)
          .op('i32.eq')
          .op('i32.and');
      }
    },
    () => code.i32(0),
    'i32',
  );
}

/** One inner index of scattered lanes. */
function copyScattered(code: Code, pointers: readonly Local[], entry: Local, target: Local): void {
  code.scratch(['i32'], (offset) => {
    code.get(entry).memory('i32.load').set(offset);
    for (const [lane, pointer] of pointers.entries()) {
      code
        .get(target)
        .get(pointer)
        .get(offset)
        .op('i32.add')
        .memory('f32.load')
        .memory('f32.store', 4 * lane);
    }
  });
}

/** Four neighbouring inner indices of every lane: a transposition in registers. */
function transposeFour(code: Code, pointers: readonly Local[], entry: Local, target: Local): void {
  const width = pointers.length;
  code.scratch(['i32', 'v128', 'v128', 'v128', 'v128'], (offset, even0, odd0, even1, odd1) => {
    code.get(entry).memory('i32.load').set(offset);
    const interleave = (lane: number, low: Local, high: Local): void => {
      const pair = [pointers[lane], pointers[lane + 1]];
      code.scratch(['v128', 'v128'], (a, b) => {
        for (const [i, into] of [a, b].entries()) {
          const pointer = pair[i];
          if (pointer === undefined) throw new RangeError(`no lane ${lane + i} of ${width}`);
          code.get(pointer).get(offset).op('i32.add').memory('v128.load').set(into);
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
          .memory('v128.store', 4 * (width * k + lane));
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
          .memoryLane('v128.store64_lane', half, 4 * (width * k + lane));
      }
    }
  });
}
