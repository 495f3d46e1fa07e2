/**
 * Shuffles are permutations that depend on seed and epoch alone.
 */
import { ArgumentError } from '@hadal/core';
import { fromGenerator, fromItems } from '@hadal/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

describe.each([
  {
    access: 'random access',
    shuffled: (count: number, seed: number) => fromItems(upTo(count)).shuffle(seed),
  },
  {
    access: 'a buffer',
    shuffled: (count: number, seed: number) =>
      fromGenerator(() => upTo(count)).shuffle(seed, { bufferSize: Math.ceil(count / 2) + 1 }),
  },
])('shuffle with $access', ({ shuffled }) => {
  it('gives every element once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 200 }),
        fc.integer(),
        fc.nat(5),
        async (count, seed, epoch) => {
          expect(sorted(await shuffled(count, seed).toArray({ epoch }))).toEqual(upTo(count));
        },
      ),
      { seed: 3, numRuns: 30 },
    );
  });

  it('has one order for one seed and epoch', async () => {
    expect(await shuffled(100, 5).toArray({ epoch: 3 })).toEqual(
      await shuffled(100, 5).toArray({ epoch: 3 }),
    );
  });

  it('has another order for another seed or epoch', async () => {
    const orders = [
      await shuffled(100, 5).toArray(),
      await shuffled(100, 6).toArray(),
      await shuffled(100, 5).toArray({ epoch: 1 }),
      await shuffled(100, 5).toArray({ epoch: 2 }),
    ];
    expect(new Set(orders.map(String)).size).toBe(4);
  });

  it('moves most elements', async () => {
    const order = await shuffled(1000, 9).toArray();
    expect(order.filter((element, place) => element === place).length).toBeLessThan(20);
  });
});

describe('shuffle', () => {
  it('gives every round of a repetition another order', async () => {
    const rounds = await fromItems(upTo(50)).shuffle(1).repeat(2).toArray();
    expect(sorted(rounds.slice(0, 50))).toEqual(upTo(50));
    expect(rounds.slice(0, 50)).not.toEqual(rounds.slice(50));
  });

  it('gives no order twice over the epochs of a repetition', async () => {
    const repeated = fromItems(upTo(50)).shuffle(1).repeat(2);
    const orders = [];
    for (const epoch of [0, 1, 2]) {
      const elements = await repeated.toArray({ epoch });
      orders.push(String(elements.slice(0, 50)), String(elements.slice(50)));
    }
    expect(new Set(orders).size).toBe(6);
  });

  it('keeps one order for all epochs when told so', async () => {
    const dataset = fromItems(upTo(50)).shuffle(1, { reshuffle: false });
    expect(await dataset.toArray({ epoch: 0 })).toEqual(await dataset.toArray({ epoch: 7 }));
  });

  it('mixes whole batches when it comes after batching', async () => {
    const batches = await fromItems(upTo(12)).batch(3).shuffle(4).toArray();
    const firsts = batches.map(({ data }) => data[0]!);
    expect(sorted(firsts)).toEqual([0, 3, 6, 9]);
    for (const { data } of batches) expect([...data]).toEqual([data[0]!, data[0]! + 1, data[0]! + 2]);
  });

  it('draws an element from no further ahead than its buffer reaches', async () => {
    const order = await fromGenerator(() => upTo(200))
      .shuffle(2, { bufferSize: 10 })
      .toArray();
    order.forEach((element, place) => {
      expect(element).toBeLessThan(place + 10);
    });
  });

  it('asks for a buffer where positions cannot be read at random', () => {
    const stream = fromItems(upTo(5)).filter((n) => n > 1);
    expect(() => stream.shuffle(1)).toThrow(ArgumentError);
    expect(() => stream.shuffle(1)).toThrow('items(5) → filter cannot be read at random positions');
    expect(() => stream.shuffle(1, { bufferSize: 0 })).toThrow('bufferSize is 0');
  });
});
