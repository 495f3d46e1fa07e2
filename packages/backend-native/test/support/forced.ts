/**
 * The conformance suite and random programs on one instruction set, with one, two and three threads: a part of them, or
 * all where HADAL_LEVELS is `whole` (`npm test -- --only levels`). The addon chooses its instruction set once per process,
 * and a test file is a process of its own: the choice is made before the addon is loaded.
 */
import { casesAtLevel, conformanceCases, randomGraphCases, wantsWholeLevels } from '@hadal/testkit';
import { expect, it } from 'vitest';

const ISAS = ['avx512', 'avx2', 'portable', 'avx512bf16'] as const;
const THREADS = [1, 2, 3] as const;
/** Random programs at each level. */
const PROGRAMS = wantsWholeLevels() ? 600 : 20;
const TIMEOUT_MS = 600_000;

export async function testForced(isa: (typeof ISAS)[number]): Promise<void> {
  process.env.HADAL_NATIVE_ISA = isa;
  const { describeNative } = await import('./available');
  const { native } = await import('../../src/index');
  const { findAddon } = await import('../../src/addon');
  for (const [i, threads] of THREADS.entries()) {
    const level = ISAS.indexOf(isa) * THREADS.length + i;
    const device = () => native({ threads });
    const all = conformanceCases({ device });
    const programs = randomGraphCases({ device, from: 200_000 + level * PROGRAMS, count: PROGRAMS });
    const cases = casesAtLevel(all, level);
    const part = `${cases.length} of ${all.length} cases and ${PROGRAMS} random programs`;
    describeNative(`the native device on ${isa}, threads: ${threads}: ${part}`, () => {
      it('uses the instruction set that the environment names', () => {
        expect(findAddon()).toMatchObject({ addon: { instructionSet: isa } });
      });

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
}
