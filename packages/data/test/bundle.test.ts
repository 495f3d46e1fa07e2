/**
 * The main entry is for browsers too: bundled for one, it asks for no module of Node.
 */
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const source = join(import.meta.dirname, '..', 'src');

async function bundle(entry: string) {
  return build({
    entryPoints: [join(source, entry)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    outdir: 'out',
    external: ['node:*', '@hadal/core', '@hadal/dataset-fashion-mnist'],
  });
}

async function importsOf(entry: string): Promise<string[]> {
  const { metafile } = await bundle(entry);
  return Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
}

async function parserIsIn(entry: string): Promise<boolean> {
  const { metafile } = await bundle(entry);
  return Object.keys(metafile.inputs).some((path) => path.includes('papaparse'));
}

it('the main entry imports nothing but core, and the images when they are asked for', async () => {
  expect(new Set(await importsOf('index.ts'))).toEqual(
    new Set(['@hadal/core', '@hadal/dataset-fashion-mnist']),
  );
});

it('the CSV reader is in an entry of its own, and its parser in no other bundle', async () => {
  expect(await parserIsIn('csv.ts')).toBe(true);
  expect(await parserIsIn('index.ts')).toBe(false);
});

it('reading files from disk is in an entry of its own', async () => {
  expect(await importsOf('node.ts')).toContain('node:fs/promises');
});
