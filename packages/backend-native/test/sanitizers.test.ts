/**
 * The kernels and the thread pool under the compiler's sanitizers: the harness of native/test touches no byte that is not
 * its own, and its threads race for nothing. The harness compiles for a minute after a change, so this runs on continuous
 * integration and where HADAL_SANITIZE is set; by hand: node packages/backend-native/scripts/kernels.mjs address
 */
import { describe, expect, it } from 'vitest';
import { canRun, runHarness } from '../scripts/kernels.mjs';

const TIMEOUT_MS = 600_000;

const isWanted = Boolean(process.env.CI || process.env.HADAL_SANITIZE);

describe('the kernels', () => {
  for (const mode of ['address', 'thread']) {
    const hold = (): void => {
      const { code, output } = runHarness(mode);
      expect(output).toMatch(/^\d+ passed, 0 failed\n$/);
      expect(code).toBe(0);
    };
    it.skipIf(!isWanted || !canRun(mode))(`hold under the ${mode} sanitizer`, hold, TIMEOUT_MS);
  }
});
