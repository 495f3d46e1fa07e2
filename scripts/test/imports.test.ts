import { describe, expect, it } from 'vitest';
import { arrows, forbiddenDependencies, forbiddenImports, importArrows } from '../checks/imports.mjs';
import type { Manifest } from '../lib/package-exports.mjs';

const manifests = new Map<string, Manifest>(
  Object.keys(arrows).map((name) => [
    `@hadal/${name}`,
    { name: `@hadal/${name}`, exports: { '.': './dist/index.js' } },
  ]),
);
manifests.set('@hadal/serving', { name: '@hadal/serving', dependencies: { fastify: '^5.0.0' } });

const judge = (path: string, text: string): string[] => forbiddenImports({ path, text }, manifests);

describe('the import check', () => {
  it('accepts what the arrows allow', () => {
    const text = `import { add } from '@hadal/core';\nimport { readFile } from 'node:fs/promises';\nimport './near';`;
    expect(judge('packages/layers/src/model.ts', text)).toEqual([]);
  });

  it.each([
    [
      'core importing a backend',
      'packages/core/src/a.ts',
      `import { cpu } from '@hadal/backend-cpu';`,
      'may import nothing',
    ],
    [
      'a backend importing layers',
      'packages/backend-cpu/src/a.ts',
      `export * from '@hadal/layers';`,
      'may import @hadal/core',
    ],
    [
      'a type-only import against the arrows',
      'packages/data/src/a.ts',
      `import type { Layer } from '@hadal/layers';`,
      'may import',
    ],
    [
      'a dynamic import against the arrows',
      'packages/core/src/a.ts',
      `await import('@hadal/data');`,
      'may import nothing',
    ],
    [
      'reaching into another package by path',
      'packages/layers/src/a.ts',
      `import '../../core/src/tensor';`,
      'reaches into packages/core',
    ],
    [
      'a test reaching into another package by path',
      'packages/layers/test/a.test.ts',
      `import '../../core/src/tensor';`,
      'reaches into',
    ],
    [
      'an undeclared subpath',
      'packages/layers/test/a.test.ts',
      `import '@hadal/core/src/tensor';`,
      'does not name',
    ],
    [
      'a package that does not exist',
      'examples/mlp/src/main.ts',
      `import '@hadal/nothing';`,
      'no package is called',
    ],
    [
      'an undeclared npm dependency',
      'packages/explain/src/a.ts',
      `import { encode } from 'fast-png';`,
      'does not declare',
    ],
    [
      'a package importing itself by name',
      'packages/core/src/a.ts',
      `import '@hadal/core';`,
      'relative path',
    ],
  ])('refuses %s', (_, path, text, reason) => {
    expect(judge(path, text)).toEqual([expect.stringContaining(reason)]);
  });

  it('accepts a declared npm dependency', () => {
    expect(judge('packages/serving/src/server.ts', `import fastify from 'fastify';`)).toEqual([]);
  });

  it('refuses a declared dependency without an arrow', () => {
    const manifest = { name: '@hadal/optimizers', dependencies: { '@hadal/layers': 'workspace:^' } };
    expect(forbiddenDependencies(manifest)).toEqual([expect.stringContaining('may not import')]);
  });

  it('refuses a package that the table does not know', () => {
    expect(forbiddenDependencies({ name: '@hadal/surprise' })).toEqual([
      expect.stringContaining('missing from the table'),
    ]);
  });

  it('finds nothing to object to in this workspace', async () => {
    expect(await importArrows()).toEqual([expect.objectContaining({ status: 'passed', detail: '' })]);
  });
});
