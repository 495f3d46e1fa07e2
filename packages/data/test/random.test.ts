/**
 * The host's random numbers: the published generator, and streams that depend on nothing but their seeds.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random, random } from '../src/random/random';
import golden from './fixtures/xoshiro128starstar.json';

describe('random', () => {
  it.each(golden.cases)('gives the values of xoshiro128** from state $state', ({ state, values }) => {
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const stream = new Random([a, b, c, d]);
    expect(values.map(() => stream.uint32())).toEqual(values);
  });

  it('gives equal streams for equal paths and unrelated ones for others', () => {
    const first = (...path: number[]): number[] => {
      const stream = random(...path);
      return [stream.uint32(), stream.uint32(), stream.uint32(), stream.uint32()];
    };
    expect(first(42, 1)).toEqual(first(42, 1));
    const paths = [[42, 1], [42, 2], [1, 42], [42], [42, 1, 0], [-42, 1], [42 + 2 ** 32, 1], [0], [0, 0], []];
    const seen = new Set(paths.map((path) => first(...path).join()));
    expect(seen.size).toBe(paths.length);
  });

  it('has uniforms with the mean 1/2 and the variance 1/12', () => {
    const stream = random(3);
    const draws = Array.from({ length: 100_000 }, () => stream.uniform());
    const mean = draws.reduce((sum, u) => sum + u, 0) / draws.length;
    const variance = draws.reduce((sum, u) => sum + (u - mean) ** 2, 0) / draws.length;
    expect(Math.min(...draws.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
  });

  it('draws every number below a bound about equally often', () => {
    const stream = random(11);
    const counts = new Array<number>(7).fill(0);
    for (let draw = 0; draw < 70_000; draw++) counts[stream.below(7)]! += 1;
    // Chi-squared with 6 degrees of freedom exceeds 22.5 once in a thousand seeds.
    const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquared).toBeLessThan(22.5);
  });

  it('makes permutations that hold every number once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer(), (count, seed) => {
        const order = random(seed).permutation(count);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('puts every element at every place about equally often', () => {
    const places = Array.from({ length: 5 }, () => new Array<number>(5).fill(0));
    for (let seed = 0; seed < 10_000; seed++) {
      random(seed)
        .permutation(5)
        .forEach((element, place) => {
          places[place]![element]! += 1;
        });
    }
    for (const count of places.flat()) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it('refuses seeds that are no whole numbers', () => {
    expect(() => random(1.5)).toThrow(/a seed must be an integer, got 1\.5/);
    expect(() => random(Number.NaN)).toThrow(/got NaN/);
  });
});
