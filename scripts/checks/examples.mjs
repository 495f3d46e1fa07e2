/**
 * The examples run: each with a few training steps, as a newcomer would start it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tail } from '../lib/process.mjs';
import { root, typescript } from '../lib/workspace.mjs';
import { fact } from './report.mjs';

const timeoutMs = 120_000;

/**
 * Started in another way: the main job has a command of its own, what extends Hadal is built outside the workspace, pages
 * have a check of their own, and what examples share is no program.
 */
const elsewhere = new Set(['demo', 'custom-backend', 'extension', 'browser', 'common']);

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function examplePrograms() {
  const results = [];
  for (const name of readdirSync(join(root, 'examples')).sort()) {
    const main = join('examples', name, 'src/main.ts');
    if (elsewhere.has(name) || !existsSync(join(root, 'examples', name, 'package.json'))) continue;
    results.push(
      await fact(`examples/${name} runs for three steps`, async () => {
        const { code, output } = await typescript(main, ['--steps', '3'], { quiet: true, timeoutMs });
        if (code !== 0) throw new Error(`It ended with exit code ${code}:\n${tail(output)}`);
        return tail(output, 1);
      }),
    );
  }
  return results;
}
