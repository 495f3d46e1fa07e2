/** A part of the conformance suite, another one for each number of threads, with everything dealt out. */
import { conformanceCases } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { threadedDevice } from '../support/threaded';

/** One case in so many. */
const PART = 32;

describe.each([2, 3])('the CPU device on %i threads', (threads) => {
  const cases = conformanceCases({ device: () => threadedDevice(threads) });
  it.each(cases.filter((_, i) => i % PART === threads))('$group: $name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
