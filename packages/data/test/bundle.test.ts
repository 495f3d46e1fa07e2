/**
 * The main entry is for browsers too: bundled for one, it asks for no module of Node.
 */
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const source = join(import.meta.dirname, '..', 'src');

async function bundle(entry: string) {
  const { metafile } = await build({
    entryPoints: [join(source, entry)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    outdir: 'out',
    external: ['node:*', '@hadal/core', '@hadal/dataset-fashion-mnist'],
  });
  return Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
}

it('the main entry imports nothing but core, and the images when they are asked for', async () => {
  expect(new Set(await bundle('index.ts'))).toEqual(new Set(['@hadal/core', '@hadal/dataset-fashion-mnist']));
});

it('reading files from disk is in an entry of its own', async () => {
  expect(await bundle('node.ts')).toContain('node:fs/promises');
});
