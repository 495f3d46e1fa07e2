/**
 * The native addon under the compiler's address sanitizer: it is built with it, loaded into Node, and passes the tests of
 * its package, which read and write no byte that is not theirs. The harness of kernels without Node is part of the unit
 * tests; this takes in programs, memory and what JavaScript hands over.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSanitizedAddon } from '../lib/addon.mjs';
import { tail } from '../lib/process.mjs';
import { cacheDir, root, tool } from '../lib/workspace.mjs';
import { fact, Skip } from './report.mjs';

/** What Node itself does that the sanitizer would take for faults: it frees nothing as it ends, and V8 handles faults. */
const OPTIONS = 'detect_leaks=0:handle_segv=0:handle_sigfpe=0:allow_user_segv_handler=1';

/** Those that start processes and workers are about how these end, and those of levels are run by their own group. */
const FILES = ['conformance', 'random-graphs', 'backend', 'memory', 'threads', 'uniform', 'sums', 'library/'];

/** @returns {string} the run-time library of the sanitizer, which has to be loaded before Node's own */
function sanitizerLibrary() {
  const name = 'libasan.so';
  const compiler = process.env.CXX ?? 'g++';
  if (process.platform !== 'linux') throw new Skip('the sanitizer is loaded into Node on Linux only');
  const path = execFileSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();
  if (!existsSync(path)) throw new Skip(`${compiler} has no ${name}`);
  return path;
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function addressSanitizer() {
  return [
    await fact('the addon touches no byte that is not its own', async () => {
      const library = sanitizerLibrary();
      const addon = await buildSanitizedAddon();
      const files = FILES.map((file) => join(root, 'packages/backend-native/test', file));
      const report = join(cacheDir, 'address.json');
      rmSync(report, { force: true });
      const args = ['run', ...files, '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
      const { code, output } = await tool('vitest/vitest.mjs', args, {
        env: { LD_PRELOAD: library, ASAN_OPTIONS: OPTIONS, HADAL_NATIVE_ADDON: addon },
        quiet: true,
      });
      if (code !== 0) throw new Error(`exit code ${code}\n${tail(output, 80)}`);
      // Tests are skipped where the addon cannot be loaded, which must not look as if they held.
      const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'));
      if (numPassedTests < numTotalTests)
        throw new Error(`only ${numPassedTests} of ${numTotalTests} tests ran`);
    }),
  ];
}
