/**
 * The one build recipe of every package: ESM and type declarations for exactly the files its `exports` map names.
 *
 * Entries are derived from the map, so that a subpath is declared in one place. Code shared by several entries goes
 * into common chunks: a class must exist once, whichever entry it is imported through.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'tsup';
import { exportedFiles, sourceOf } from './package-exports.mjs';

/**
 * @param packageDir absolute folder of the package
 * @returns its tsup configuration
 */
export function packageConfig(packageDir: string): ReturnType<typeof defineConfig> {
  const manifest = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const entry: Record<string, string> = {};
  for (const file of exportedFiles(manifest)) {
    entry[file.slice('./dist/'.length, -'.js'.length)] = sourceOf(packageDir, file);
  }
  return defineConfig({
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: [/^node:/, ...Object.keys(manifest.optionalDependencies ?? {})],
    splitting: true,
    treeshake: false,
    clean: true,
    sourcemap: false,
    // Types of other packages come from what they publish, not from their sources.
    dts: { compilerOptions: { paths: {}, composite: false } },
    tsconfig: existsSync(join(packageDir, 'tsconfig.json')) ? 'tsconfig.json' : undefined,
  });
}
