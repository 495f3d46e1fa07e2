/**
 * How processes with threads end. The program is bundled and minified as applications are, which also shows that a
 * worker's text survives that.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceAliases } from '../../../../scripts/lib/package-exports.mjs';

const repository = join(import.meta.dirname, '../../../..');
const TIMEOUT_MS = 20_000;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hadal-threads-'));
  const alias = Object.fromEntries(
    sourceAliases(repository).map(({ specifier, source }) => [specifier, source]),
  );
  for (const keepNames of [false, true]) {
    await build({
      entryPoints: [join(import.meta.dirname, 'program.mjs')],
      outdir: join(folder, keepNames ? 'named' : 'minified'),
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      minify: true,
      keepNames,
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      alias,
    });
  }
});

afterAll(() => rm(folder, { recursive: true }));

interface Ending {
  readonly code: number;
  readonly output: string;
}

const run = (bundle: 'minified' | 'named', how: string): Promise<Ending> =>
  new Promise((resolve) => {
    const options = { timeout: TIMEOUT_MS };
    const child = execFile(
      process.execPath,
      [join(folder, bundle, 'program.mjs'), how],
      options,
      (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, output: (stdout + stderr).trim() });
      },
    );
  });

describe('a process with threads', () => {
  it('ends by itself when there is nothing left to do', async () => {
    expect(await run('minified', 'end')).toEqual({ code: 0, output: 'multiplied' });
  });

  it('ends by itself after its device was closed', async () => {
    expect(await run('minified', 'close')).toEqual({ code: 0, output: 'multiplied' });
  });

  it('ends when it is told to while it works', async () => {
    expect(await run('minified', 'exit')).toEqual({ code: 3, output: 'multiplied' });
  });

  it('can terminate a worker that has threads of its own while it works', async () => {
    expect(await run('minified', 'terminate')).toEqual({ code: 0, output: 'terminated' });
  });

  it('works from a bundle that keeps the names of functions', async () => {
    expect(await run('named', 'close')).toEqual({ code: 0, output: 'multiplied' });
  });
});
