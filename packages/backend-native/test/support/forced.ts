/**
 * A part of the conformance suite for one instruction set. The addon chooses once per process, and a test file is a
 * process of its own: the choice is made before the addon is loaded.
 */
import { conformanceCases } from '@hadal/testkit';
import { expect, it } from 'vitest';

/** Every case of the suite runs on the widest instruction set; of the others, one in this many. */
const ONE_IN = 8;

/** The cases whose number leaves `rest` when divided. */
export async function testForced(
  isa: 'avx512bf16' | 'avx512' | 'avx2' | 'portable',
  rest: number,
): Promise<void> {
  process.env.HADAL_NATIVE_ISA = isa;
  const { describeNative } = await import('./available');
  const { native } = await import('../../src/index');
  const { findAddon } = await import('../../src/addon');
  let number = 0;
  const filter = (): boolean => number++ % ONE_IN === rest;
  describeNative(`the native device on ${isa}`, () => {
    it('uses the instruction set that the environment names', () => {
      expect(findAddon()).toMatchObject({ addon: { instructionSet: isa } });
    });
    it.each(conformanceCases({ device: () => native({ threads: 3 }), filter }))(
      '$group: $name',
      async ({ run }) => {
        await expect(run()).resolves.toBeUndefined();
      },
    );
  });
}
