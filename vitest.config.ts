/**
 * Unit tests of every package, against the sources: nothing needs to be built first.
 */
import { defineConfig } from 'vitest/config';
import { sourceAliases } from './scripts/lib/package-exports.mjs';

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

export default defineConfig({
  resolve: {
    alias: sourceAliases(import.meta.dirname).map(({ specifier, source }) => ({
      find: new RegExp(`^${literally(specifier)}$`),
      replacement: source,
    })),
  },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'scripts/test/**/*.test.ts',
      'bench/test/**/*.test.ts',
    ],
    expect: { requireAssertions: true },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
