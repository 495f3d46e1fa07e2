/**
 * `npm test`: everything that has to hold, on a machine with Node and npm alone.
 *
 *   npm test                        all groups but those that take an hour (levels, address)
 *   npm test -- --only unit,docs    some of them (the names are printed by --list)
 *
 * Ends in the groups that were skipped, with their reasons, and in `N passed, N failed`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { operationTable } from './checks/operation-table.mjs';
import { fact, format, skippedTests, summary } from './checks/report.mjs';
import { ensureAddon } from './lib/addon.mjs';
import { tail } from './lib/process.mjs';
import { build, cacheDir, ensureInstalled, root, tool } from './lib/workspace.mjs';

/**
 * @typedef {import('./checks/report.mjs').Result} Result
 * @typedef {{ passed: number, failed: number, skipped: string[], table: string }} Counts
 */

/**
 * @param {string} name
 * @param {() => Promise<{ code: number, output: string }>} start
 * @returns {Promise<Result[]>}
 */
async function succeeds(name, start) {
  return [
    await fact(name, async () => {
      const { code, output } = await start();
      if (code !== 0) throw new Error(`exit code ${code}\n${tail(output, 60)}`);
    }),
  ];
}

/** @type {Counts} */
const unitTests = { passed: 0, failed: 0, skipped: [], table: '' };

/** @returns {Promise<Result[]>} */
async function runUnitTests() {
  const report = join(cacheDir, 'vitest.json');
  rmSync(report, { force: true });
  mkdirSync(cacheDir, { recursive: true });
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { driverEnvironment } = await import('./lib/chromium.mjs');
  const { code } = await tool('vitest/vitest.mjs', args, { env: await driverEnvironment() });
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    unitTests.passed = numPassedTests;
    unitTests.failed = numFailedTests;
    unitTests.skipped = skippedTests(testResults);
    unitTests.table = operationTable(testResults);
  }
  if (code === 0 || unitTests.failed > 0) return [];
  return [{ name: 'the unit tests run', status: 'failed', detail: `vitest ended with exit code ${code}` }];
}

/** Checks load after the install, because they need what it brings. @type {readonly [string, () => Promise<Result[]>][]} */
const groups = [
  [
    'lint',
    () =>
      succeeds('format and lint rules hold', () =>
        tool('@biomejs/biome/bin/biome', ['check', '.'], { quiet: true }),
      ),
  ],
  [
    'types',
    () =>
      succeeds('every source type-checks', () => tool('typescript/bin/tsc', ['-p', root], { quiet: true })),
  ],
  ['api', async () => (await import('./checks/api.mjs')).apiReference()],
  ['imports', async () => (await import('./checks/imports.mjs')).importArrows()],
  ['build', () => succeeds('every package builds', () => build({ quiet: true }))],
  ['unit', runUnitTests],
  ['levels', async () => (await import('./checks/levels.mjs')).wholeLevels()],
  ['address', async () => (await import('./checks/address.mjs')).addressSanitizer()],
  ['packages', async () => (await import('./checks/packages.mjs')).packageContents()],
  ['size', async () => (await import('./checks/size.mjs')).bundleSize()],
  ['readme', async () => (await import('./checks/packages.mjs')).readmeProgram()],
  ['readmes', async () => (await import('./checks/packages.mjs')).packageReadmes()],
  ['devices', async () => (await import('./checks/devices.mjs')).deviceChoice()],
  ['docs', async () => (await import('./checks/docs.mjs')).documentedPrograms()],
  ['examples', async () => (await import('./checks/examples.mjs')).examplePrograms()],
  ['custom-backend', async () => (await import('./checks/packages.mjs')).customBackend()],
  ['extension', async () => (await import('./checks/extension.mjs')).extension()],
  ['browser', async () => (await import('./checks/browser.mjs')).browserSmoke()],
  ['pages', async () => (await import('./checks/pages.mjs')).pageFacts()],
  ['browser-example', async () => (await import('./checks/browser-example.mjs')).browserExample()],
  ['runtimes', async () => (await import('./checks/runtimes.mjs')).otherRuntimes()],
];

/** Groups that take long, of which others run a part. */
const ONLY_WHEN_ASKED = new Set(['levels', 'address']);

const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } });
if (values.list) {
  console.log(groups.map(([name]) => name).join('\n'));
} else {
  await runGroups(values.only?.split(','));
}

/** @param {readonly string[] | undefined} wanted */
async function runGroups(wanted) {
  const unknown = wanted?.filter((name) => !groups.some(([each]) => each === name)) ?? [];
  if (unknown.length)
    throw new Error(`No group is called ${unknown.join(' or ')}; npm test -- --list names them.`);
  await ensureInstalled();
  await ensureAddon();
  /** @type {Result[]} */
  const results = [];
  for (const [name, check] of groups) {
    if (wanted ? !wanted.includes(name) : ONLY_WHEN_ASKED.has(name)) continue;
    const start = performance.now();
    console.log(`\n${name}`);
    const found = await check().catch((error) => [
      {
        name: `the group ${name} runs`,
        status: /** @type {const} */ ('failed'),
        detail: String(error?.stack ?? error),
      },
    ]);
    for (const result of found) console.log(format(result));
    console.log(`   ${((performance.now() - start) / 1000).toFixed(1)} s`);
    results.push(...found);
  }
  if (unitTests.table) console.log(`\noperations and their cases\n${unitTests.table}`);
  console.log(summary(results, unitTests));
  process.exitCode = unitTests.failed > 0 || results.some(({ status }) => status === 'failed') ? 1 : 0;
}
