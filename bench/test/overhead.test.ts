/**
 * What core's own work costs. The bounds are far from what a quiet machine takes, so that a busy one passes too; work
 * that grows with the square of the graph does not.
 */
import { describe, expect, it } from 'vitest';
import { measureOverhead, type Overhead } from '../src/overhead';

const leastMs = ({ phases }: Overhead, name: string): number =>
  phases.find((phase) => phase.name === name)?.leastMs ?? Number.NaN;

const SERVED = 'build, signature and plan from the cache';
const PLANNED = 'plan anew, without compiling';

describe('the own work of core on a training step', async () => {
  const small = await measureOverhead({ nodes: 1000, rounds: 30, missRounds: 3 });
  const large = await measureOverhead({ nodes: 4000, rounds: 30, missRounds: 3 });

  it('is measured on graphs of the size that is named', () => {
    expect(Math.abs(small.nodes - 1000)).toBeLessThan(100);
    expect(Math.abs(large.nodes - 4000)).toBeLessThan(100);
  });

  it('takes under 10 ms for 1,000 nodes with a plan', () => {
    expect(leastMs(small, SERVED)).toBeLessThan(10);
  });

  it('takes under 500 ms for 1,000 nodes without one', () => {
    expect(leastMs(small, PLANNED)).toBeLessThan(500);
  });

  it.each([SERVED, PLANNED])('takes less than 8 times as long for 4 times the nodes: %s', (phase) => {
    expect(leastMs(large, phase)).toBeLessThan(8 * leastMs(small, phase));
  });
});
