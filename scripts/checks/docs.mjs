/**
 * The guides run: every TypeScript block of docs/ is part of a program that this check executes.
 *
 * The blocks of one page belong together, in order, as one program: a guide builds up, and a later block uses what an
 * earlier one defined. The rows of tables with a column `Hadal` follow them, each in a block of its own.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableRows, typescriptBlocks } from '../lib/markdown.mjs';
import { tail } from '../lib/process.mjs';
import { cacheDir, root, tool, typescript } from '../lib/workspace.mjs';
import { fact } from './report.mjs';

const timeoutMs = 180_000;

/** @returns {{ page: string, program: string }[]} pages that contain TypeScript, with their programs */
function pages() {
  const docs = join(root, 'docs');
  const files = existsSync(docs) ? readdirSync(docs, { recursive: true, encoding: 'utf8' }) : [];
  return files
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => join('docs', file))
    .map((page) => ({ page, text: readFileSync(join(root, page), 'utf8') }))
    .map(({ page, text }) => ({ page, blocks: typescriptBlocks(text), rows: tableRows(text) }))
    .filter(({ blocks }) => blocks.length > 0)
    .map(({ page, blocks, rows }) => ({
      page,
      program: [...blocks, ...rows.map((row) => `{ ${row}; }`)].join('\n'),
    }));
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function documentedPrograms() {
  const folder = join(cacheDir, 'docs');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const programs = pages().map(({ page, program }) => {
    const file = join(folder, `${page.slice('docs/'.length, -'.md'.length).replaceAll(/[\\/]/g, '-')}.ts`);
    writeFileSync(file, program);
    return { page, file };
  });
  const tsconfig = join(folder, 'tsconfig.json');
  // A guide may name a result that it only describes.
  const compilerOptions = { noUnusedLocals: false };
  writeFileSync(
    tsconfig,
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'], exclude: [] }),
  );
  const results = [
    await fact('the TypeScript of docs type-checks', async () => {
      const { code, output } = await tool('typescript/bin/tsc', ['-p', tsconfig], { quiet: true });
      if (code !== 0) throw new Error(tail(output));
    }),
  ];
  for (const { page, file } of programs) {
    results.push(
      await fact(`the program of ${page} runs`, async () => {
        const start = performance.now();
        const path = file.slice(root.length + 1);
        const { code, output } = await typescript(path, [], { cwd: folder, quiet: true, timeoutMs });
        if (code !== 0) throw new Error(`It ended with exit code ${code}:\n${tail(output)}`);
        return `${((performance.now() - start) / 1000).toFixed(1)} s`;
      }),
    );
  }
  return results;
}
