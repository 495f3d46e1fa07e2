/**
 * Hadal's own programs as a user runs them: plain JavaScript on the built packages. Loaders of TypeScript rewrite every
 * function that is made at run time, which would be measured too.
 */
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** @returns the file of the program `src/<name>.ts`, made anew */
export function builtProgram(name: string): string {
  const outfile = join(import.meta.dirname, '../dist', `${name}.js`);
  buildSync({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    packages: 'external',
    // The workspace's own settings lead to the sources of the packages.
    tsconfigRaw: '{}',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}
