/**
 * The whole conformance suite and many random programs at every level of both processor backends: each instruction set
 * with one, two and three threads; and on WebGPU. The unit tests run a part of it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { driverEnvironment } from '../lib/chromium.mjs';
import { cacheDir, root, tool } from '../lib/workspace.mjs';

const folders = ['packages/backend-cpu/test', 'packages/backend-native/test', 'packages/backend-webgpu/test'];

/** @typedef {{ ancestorTitles: string[], status: string, fullName: string, failureMessages: string[] }} Test */

/** @returns {Promise<import('./report.mjs').Result[]>} one for each level */
export async function wholeLevels() {
  const report = join(cacheDir, 'levels.json');
  rmSync(report, { force: true });
  mkdirSync(cacheDir, { recursive: true });
  const files = folders.map((folder) => join(root, folder, 'levels-'));
  const args = ['run', ...files, '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const env = { HADAL_LEVELS: 'whole', ...(await driverEnvironment()) };
  const { code } = await tool('vitest/vitest.mjs', args, { env });
  if (!existsSync(report)) throw new Error(`vitest ended with exit code ${code} and no report`);
  /** @type {Map<string, Test[]>} */
  const levels = new Map();
  for (const { assertionResults } of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    for (const test of /** @type {Test[]} */ (assertionResults)) {
      const level = test.ancestorTitles[0] ?? 'beside the levels';
      levels.set(level, [...(levels.get(level) ?? []), test]);
    }
  }
  return [...levels].map(([name, tests]) => resultOf(name, tests));
}

/** @param {string} name @param {readonly Test[]} tests @returns {import('./report.mjs').Result} */
function resultOf(name, tests) {
  const failed = tests.filter(({ status }) => status === 'failed');
  const skipped = tests.length > 0 && tests.every(({ status }) => status !== 'passed' && status !== 'failed');
  const detail = failed.map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages[0] ?? ''}`);
  if (skipped) return { name, status: 'skipped', detail: 'it needs the addon, or an adapter of WebGPU' };
  const status = failed.length > 0 ? 'failed' : 'passed';
  return { name, status, detail: detail.slice(0, 20).join('\n') };
}
