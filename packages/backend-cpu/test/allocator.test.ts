import { ArgumentError, DeviceError } from '@hadal/core';
import { array, assert, constant, nat, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Allocator, GRANULE_BYTES } from '../src/memory/allocator';

const START = 65536;

function allocator(room: number): Allocator {
  const limit = START + room;
  return new Allocator({ start: START, limit, grow: (end) => Math.min(limit, end + 1000) });
}

describe('the allocator', () => {
  it('never hands out overlapping, unaligned or foreign ranges, whatever is freed in between', () => {
    const step = oneof(
      record({ kind: constant('allocate' as const), bytes: nat(5000) }),
      record({ kind: constant('free' as const), which: nat(1000) }),
    );
    const holds = property(array(step, { maxLength: 200 }), (steps) => {
      const memory = allocator(200_000);
      const live: { start: number; bytes: number }[] = [];
      for (const each of steps) {
        if (each.kind === 'free') {
          const [range] = live.splice(each.which % Math.max(1, live.length), 1);
          if (range !== undefined) memory.free(range.start);
          continue;
        }
        let start: number;
        try {
          start = memory.allocate(each.bytes);
        } catch (error) {
          if (!(error instanceof DeviceError)) throw error;
          continue;
        }
        const end = start + each.bytes;
        if (start % GRANULE_BYTES !== 0 || start < START || end > START + 200_000) return false;
        if (live.some((other) => start < other.start + other.bytes && other.start < end)) return false;
        live.push({ start, bytes: each.bytes });
      }
      return memory.count === live.length;
    });
    expect(() => assert(holds, { seed: 1, numRuns: 300 })).not.toThrow();
  });

  it('joins what is freed in any order, so that everything fits again', () => {
    const sizes = array(nat(4000), { minLength: 1, maxLength: 40 });
    const holds = property(sizes, array(nat(), { minLength: 40, maxLength: 40 }), (bytes, order) => {
      const room = bytes.reduce((sum, each) => sum + Math.ceil((each + 1) / 64) * 64, 0) + 64;
      const memory = allocator(room);
      const starts = bytes.map((each) => memory.allocate(each));
      const shuffled = starts.map((start, i) => ({ start, key: order[i] ?? 0 }));
      for (const { start } of shuffled.sort((a, b) => a.key - b.key)) memory.free(start);
      const whole = Math.floor(room / 64) * 64;
      return memory.usedBytes === 0 && memory.allocate(whole) === START;
    });
    expect(() => assert(holds, { seed: 2, numRuns: 200 })).not.toThrow();
  });

  it('reuses freed ranges instead of growing', () => {
    let reached = START;
    const memory = new Allocator({
      start: START,
      limit: 2 ** 30,
      grow: (end) => {
        reached = end;
        return end;
      },
    });
    for (let round = 0; round < 1000; round++) {
      const ranges = [100, 5000, 64, 12345].map((bytes) => memory.allocate(bytes + (round % 7)));
      for (const start of ranges) memory.free(start);
    }
    expect(reached - START).toBeLessThan(20_000);
  });

  it('says how much is in use when there is no room', () => {
    const memory = allocator(1 << 20);
    memory.allocate(1 << 19);
    expect(() => memory.allocate(1 << 20)).toThrow(DeviceError);
    expect(() => memory.allocate(1 << 20)).toThrow(
      /no room for 1,048,576 bytes: 524,288 of 1,048,576 are in use/,
    );
  });

  it('refuses to free twice', () => {
    const memory = allocator(1 << 20);
    const start = memory.allocate(10);
    memory.free(start);
    expect(() => memory.free(start)).toThrow(ArgumentError);
  });
});
