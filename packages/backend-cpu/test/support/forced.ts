/**
 * The conformance suite and random programs with or without fused multiply-add, with one, two and three threads and
 * everything dealt out: a part of them, or all where HADAL_LEVELS is `whole` (`npm test -- --only levels`).
 */
import { casesAtLevel, conformanceCases, randomGraphCases, wantsWholeLevels } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { cpuBackend } from '../../src/index';
import { threadedDevice } from './threaded';

const SETS = ['relaxed', 'strict'] as const;
const THREADS = [1, 2, 3] as const;
/** Random programs at each level. */
const PROGRAMS = wantsWholeLevels() ? 600 : 60;
const TIMEOUT_MS = 600_000;

export function testForced(set: (typeof SETS)[number]): void {
  process.env.HADAL_CPU_SIMD = set;
  for (const [i, threads] of THREADS.entries()) {
    const level = SETS.indexOf(set) * THREADS.length + i;
    const device = () => threadedDevice(threads);
    const all = conformanceCases({ device });
    const programs = randomGraphCases({ device, from: 100_000 + level * PROGRAMS, count: PROGRAMS });
    const cases = casesAtLevel(all, level);
    const part = `${cases.length} of ${all.length} cases and ${PROGRAMS} random programs`;
    describe(`the CPU device with ${set} SIMD, threads: ${threads}: ${part}`, () => {
      it.each(cases)('$group: $name', async ({ run }) => {
        await expect(run()).resolves.toBeUndefined();
      });

      it.each(programs)(
        '$group: $name',
        async ({ run }) => {
          await expect(run()).resolves.toBeUndefined();
        },
        TIMEOUT_MS,
      );
    });
  }

  it('takes the instruction set from the environment', () => {
    process.env.HADAL_CPU_SIMD = 'wide';
    expect(() => cpuBackend()).toThrow(/HADAL_CPU_SIMD is wide; it must be relaxed or strict/);
    process.env.HADAL_CPU_SIMD = set;
  });
}
