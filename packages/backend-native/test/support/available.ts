/**
 * Tests of the addon run where it has been built. Elsewhere they are skipped and say why; on continuous integration,
 * which has a compiler, that is a failure.
 */
import { describe } from 'vitest';
import { isAvailable } from '../../src/addon';

const available = await isAvailable();

/** Like `describe`, for tests that need the addon. */
export function describeNative(name: string, tests: () => void): void {
  if (available.ok) describe(name, tests);
  else if (process.env.CI) throw new Error(`${name} cannot be tested: ${available.reason}`);
  else describe.skip(`${name} (${available.reason})`, tests);
}
