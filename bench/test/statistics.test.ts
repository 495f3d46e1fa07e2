import { describe, expect, it } from 'vitest';
import { calmRounds } from '../src/calm';
import { uniforms } from '../src/problems/random';
import { median, ratioOfMedians } from '../src/statistics';

describe('the median', () => {
  it('is the middle value, or the mean of the two middle values', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});

describe('the ratio of medians', () => {
  it('is certain where every round has the same ratio, however much the rounds differ', () => {
    const pairs = [1, 5, 2, 9, 4].map((speed) => [3 * speed, speed] as const);
    const { value, low, high } = ratioOfMedians(pairs, uniforms(1));
    expect([value, low, high]).toEqual([3, 3, 3]);
  });

  it('has an interval that holds it and lies within the range of the values', () => {
    const next = uniforms(2);
    const pairs = Array.from({ length: 9 }, () => [2 + next(), 1 + next()] as const);
    const { value, low, high } = ratioOfMedians(pairs, uniforms(3));
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
    expect(low).toBeGreaterThan(1);
    expect(high).toBeLessThan(3);
  });

  it('covers the true ratio about nine times in ten', () => {
    const next = uniforms(4);
    const noisy = (): number => 1 + (next() + next() + next() - 1.5) / 5;
    const trials = 60;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const pairs = Array.from({ length: 15 }, () => [2 * noisy(), noisy()] as const);
      const { low, high } = ratioOfMedians(pairs, next);
      if (low <= 2 && 2 <= high) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.75);
  });
});

describe('rounds on a machine that is not always calm', () => {
  /** Runs rounds beside calibrations of these times; a round's result is its number. */
  const run = (wanted: number, times: readonly number[]) => {
    let at = 0;
    let round = 0;
    return calmRounds(
      wanted,
      async () => round++,
      () => times[at++] ?? Number.NaN,
    );
  };
  const numbers = ({ kept }: Awaited<ReturnType<typeof run>>): number[] => kept.map(({ result }) => result);

  it('keeps all rounds of a calm machine and runs no more', async () => {
    const calm = await run(3, [100, 101, 99, 100]);
    expect(numbers(calm)).toEqual([0, 1, 2]);
    expect(calm).toMatchObject({ discarded: 0, disturbed: 0 });
  });

  it('throws away a round in which the machine became slower or faster, and repeats it', async () => {
    const calm = await run(2, [100, 130, 128, 100, 101]);
    expect(numbers(calm)).toEqual([1, 3]);
    expect(calm).toMatchObject({ discarded: 2, disturbed: 0 });
  });

  it('keeps the calmest rounds of a machine that is never calm, and says how many moved', async () => {
    const calm = await run(2, [100, 150, 100, 120, 200]);
    expect(numbers(calm)).toEqual([0, 2]);
    expect(calm).toMatchObject({ discarded: 2, disturbed: 2 });
  });
});
