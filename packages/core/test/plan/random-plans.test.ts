/**
 * Plans of random programs: how much memory they take beyond what lives at once, and that they read nothing they did not
 * write.
 */
import { compile, type Device, type Program, type Tensor } from '@hadal/core';
import { createDevice } from '@hadal/core/backend';
import { HostileBackend, PlainBackend, randomGraph, randomInputs } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { CACHE_LINE, liveAt } from '../../src/plan/arena';
import { temporaryLives } from '../../src/plan/lives';
import { Plan } from '../../src/plan/plan';

/** How much larger the arena is than the peak of live bytes; 0 for programs without temporary memory. */
async function excessOf(program: Program, alignment: number): Promise<number> {
  const { plan } = program;
  const [section] = plan?.sections ?? [];
  if (!(plan instanceof Plan) || section === undefined || !('steps' in section))
    throw new TypeError('the program has no single plan');
  const intervals = [...temporaryLives(section).values()];
  const step = Math.max(alignment, CACHE_LINE);
  const peak = Math.max(0, ...intervals.map(({ first }) => liveAt(intervals, first, step)));
  return peak === 0 ? 0 : plan.arenaBytes / peak - 1;
}

async function programOf(seed: number, device: Device): Promise<Program> {
  const graph = randomGraph(seed);
  const compiled = compile((inputs: Tensor[]) => graph.build(inputs), { name: `random graph ${seed}` });
  return compiled.program(randomInputs(graph, device));
}

describe('the arena of a random program', () => {
  it.each([
    ['a plain backend', () => createDevice(new PlainBackend()), 600, 8],
    ['the hostile backend', () => createDevice(new HostileBackend()), 200, 256],
  ] as const)(
    'on %s is at most a tenth over the peak of live bytes',
    async (_, makeDevice, count, alignment) => {
      const device = makeDevice();
      const excess: number[] = [];
      for (let seed = 0; seed < count; seed++) {
        excess.push(await excessOf(await programOf(seed, device), alignment));
      }
      excess.sort((a, b) => a - b);
      const beyond = excess.filter((each) => each > 0.1).length;
      console.log(
        `${count} plans: ${beyond} over a tenth, worst ${((excess.at(-1) ?? 0) * 100).toFixed(1)} %, ` +
          `without excess ${excess.filter((each) => each === 0).length}`,
      );
      expect(beyond / count).toBeLessThanOrEqual(0.01);
      expect(excess.at(-1)).toBeLessThanOrEqual(0.35);
    },
    120_000,
  );
});
