/**
 * How small a useful program is: load a saved multilayer perceptron, predict on the CPU backend.
 *
 * Bundled from the packed packages and minified, as an application would ship it. The bundle is also run, so that the
 * figure belongs to something that works.
 */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { outsideProject } from '../lib/packed.mjs';
import { run, tail } from '../lib/process.mjs';
import { root } from '../lib/workspace.mjs';
import { fact } from './report.mjs';

/** Gzipped bytes that the bundle may have: 60 KB. */
const limitBytes = 60_000;

/** @param {number} bytes @returns {string} */
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function bundleSize() {
  const name = `loading a saved MLP and predicting takes less than ${kilobytes(limitBytes)} of gzipped code`;
  return [
    await fact(name, async () => {
      const project = await outsideProject('runtime');
      for (const file of ['small-model.mjs', 'small-predict.mjs']) {
        copyFileSync(join(root, 'scripts/checks/programs', file), join(project, file));
      }
      const bundle = join(project, 'small-predict.bundle.mjs');
      await build({
        entryPoints: [join(project, 'small-predict.mjs')],
        outfile: bundle,
        bundle: true,
        minify: true,
        format: 'esm',
        platform: 'browser',
        target: 'es2022',
        logLevel: 'silent',
      });
      const { code, output } = await run(process.execPath, ['small-model.mjs'], {
        cwd: project,
        quiet: true,
      });
      if (code !== 0) throw new Error(`The bundle does not predict (exit code ${code}):\n${tail(output)}`);
      const text = readFileSync(bundle);
      const bytes = gzipSync(text, { level: 9 }).byteLength;
      const figure = `${kilobytes(bytes)} gzipped, ${kilobytes(text.byteLength)} minified`;
      if (bytes >= limitBytes) throw new Error(figure);
      return figure;
    }),
  ];
}
