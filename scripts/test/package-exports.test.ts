import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportedFiles, sourceAliases, sourceOf } from '../lib/package-exports.mjs';

describe('the exports map', () => {
  it('names each built file once, over all conditions and private imports', () => {
    const manifest = {
      name: '@hadal/x',
      exports: {
        '.': { types: './dist/index.d.ts', node: { import: './dist/node.js' }, default: './dist/index.js' },
        './node': { types: './dist/node.d.ts', import: './dist/node.js' },
        './package.json': './package.json',
      },
      imports: { '#store': { node: './dist/store-node.js', default: './dist/store.js' } },
    };
    expect(exportedFiles(manifest)).toEqual([
      './dist/node.js',
      './dist/index.js',
      './dist/store-node.js',
      './dist/store.js',
    ]);
  });

  it('maps a subpath to a source file, or to the index of a source folder', () => {
    const dir = mkdtempSync(join(tmpdir(), 'hadal-exports-'));
    mkdirSync(join(dir, 'src', 'folder'), { recursive: true });
    writeFileSync(join(dir, 'src', 'folder', 'index.ts'), '');
    expect(sourceOf(dir, './dist/folder.js')).toBe(join(dir, 'src', 'folder', 'index.ts'));
    expect(sourceOf(dir, './dist/file.js')).toBe(join(dir, 'src', 'file.ts'));
  });

  it('gives every package of this workspace an alias to its sources', () => {
    const root = join(import.meta.dirname, '..', '..');
    const aliases = sourceAliases(root);
    expect(aliases).toContainEqual({
      specifier: '@hadal/core',
      source: join(root, 'packages', 'core', 'src', 'index.ts'),
    });
  });
});
