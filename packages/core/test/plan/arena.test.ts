/** The arena layout: nothing that lives at the same time may overlap, and little may be wasted. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Loading, onDemand } from '../../src/loading';
import { layOutArena } from '../../src/plan/arena';

const intervals = fc.array(
  fc
    .record({ bytes: fc.integer({ min: 0, max: 5000 }), a: fc.nat(20), b: fc.nat(20) })
    .map(({ bytes, a, b }) => ({ bytes, first: Math.min(a, b), last: Math.max(a, b) })),
  { maxLength: 40 },
);

/** Layouts of many buffers need what is loaded on demand. */
beforeAll(async () => {
  try {
    onDemand();
  } catch (missing) {
    if (missing instanceof Loading) await missing.ready;
  }
});

describe('the arena', () => {
  it('keeps buffers that live at the same time apart, aligned and within its bytes', () => {
    fc.assert(
      fc.property(intervals, fc.constantFrom(4, 64, 256), (buffers, alignment) => {
        const { offsets, bytes } = layOutArena(buffers, alignment);
        const clashes = buffers.flatMap((a, i) =>
          buffers.slice(i + 1).filter((b, k) => {
            const j = i + 1 + k;
            const meet = a.first <= b.last && b.first <= a.last && a.bytes > 0 && b.bytes > 0;
            const [begin = 0, other = 0] = [offsets[i], offsets[j]];
            return meet && begin < other + b.bytes && other < begin + a.bytes;
          }),
        );
        expect(clashes).toEqual([]);
        expect(
          offsets.every(
            (offset, i) => offset % alignment === 0 && offset + (buffers[i]?.bytes ?? 0) <= bytes,
          ),
        ).toBe(true);
      }),
    );
  });

  it('gives a chain of buffers, each living until the next is made, the memory of two', () => {
    const chain = Array.from({ length: 10 }, (_, step) => ({ bytes: 1024, first: step, last: step + 1 }));
    expect(layOutArena(chain, 64).bytes).toBe(2048);
  });
});
