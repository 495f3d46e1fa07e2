/**
 * The CPU backend in a real browser: headless Chromium runs its conformance smoke test in a page, and trains a network
 * there while the page's own thread stays free; in a page that may share memory with workers, and in one that may not.
 *
 * The page is bundled from the packed packages for the browser, so this also shows that nothing in them needs Node.
 */
import { copyFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { outsideProject, temporaryFolder } from '../lib/packed.mjs';
import { run, tail } from '../lib/process.mjs';
import { root } from '../lib/workspace.mjs';
import { fact, Skip } from './report.mjs';

const pageTimeoutMs = 120_000;

/** Where distributions put the browser; HADAL_CHROMIUM names another place. */
const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Headless, and silent: the page needs no host but the loopback server. */
const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns {string | undefined} absolute path of an installed Chromium */
function installedChromium() {
  const named = process.env.HADAL_CHROMIUM;
  return [...(named ? [named] : []), ...usualPlaces].find((path) => existsSync(path));
}

/**
 * Continuous integration installs the browser; a developer's machine is left as it is.
 *
 * @returns {Promise<string>} absolute path of Chromium
 * @throws {Skip} when there is none
 */
async function findChromium() {
  const found = installedChromium();
  if (found) return found;
  if (!process.env.CI)
    throw new Skip('no Chromium is installed; install one or set HADAL_CHROMIUM to its path');
  const elevate = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const commands = [
    [...elevate, 'apt-get', 'update'],
    [...elevate, 'apt-get', 'install', '-y', '--no-install-recommends', 'chromium'],
  ];
  let output = '';
  for (const [command = '', ...args] of commands) {
    const result = await run(command, args, {
      quiet: true,
      timeoutMs: 300_000,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
    output += result.output;
  }
  const installed = installedChromium();
  if (installed) return installed;
  throw new Skip(`no Chromium is installed, and apt-get could not install it: ${tail(output, 3)}`);
}

/** What makes a page isolated, so that it may share memory with workers. */
const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/**
 * @param {string} script
 * @param {boolean} isIsolated
 * @returns {Promise<{ address: string, close: () => void }>} a page that runs the script, on loopback
 */
function servePage(script, isIsolated) {
  const page =
    '<!doctype html><meta charset="utf-8"><title>Hadal</title><script type="module" src="/page.js"></script>';
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    for (const [name, value] of Object.entries(isIsolated ? ISOLATION : {})) response.setHeader(name, value);
    response.end(isScript ? script : page);
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      resolve({ address: `http://127.0.0.1:${port}/`, close: () => server.close() });
    });
  });
}

/** @param {string} program @returns {Promise<string>} the page's program as one module */
async function bundlePage(program) {
  const project = await outsideProject('browser');
  const entry = join(project, program);
  copyFileSync(join(root, 'scripts/checks/programs', program), entry);
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/**
 * The longest task of the page's main thread since its program began, in milliseconds of processor time, from a trace of
 * the browser: how long a task lasts beside others tells more of the machine.
 *
 * @typedef {{ name: string, ph: string, pid: number, tid: number, tdur?: number, ts: number, args?: { name?: string } }} TraceEvent
 * @param {readonly TraceEvent[]} events
 * @returns {number}
 */
export function longestTaskMs(events) {
  const mains = events.filter(
    ({ name, ph, args }) => ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  const begin = events.find(({ name }) => name === 'the program begins')?.ts ?? Number.POSITIVE_INFINITY;
  const tasks = events.filter(
    ({ name, ts, pid, tid }) =>
      name.endsWith('RunTask') && ts > begin && mains.some((main) => main.pid === pid && main.tid === tid),
  );
  if (tasks.length === 0) throw new Error('the trace has no task of a main thread since the program began');
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
}

/**
 * Runs a program in a page until its title matches.
 *
 * @param {{ program: string, isIsolated: boolean, end: RegExp, isTraced?: boolean }} how
 * @returns {Promise<{ title: string, text: string, isolated: boolean, events: TraceEvent[] }>} the trace where asked for
 */
async function runPage({ program, isIsolated, end, isTraced = false }) {
  const executablePath = await findChromium();
  const server = await servePage(await bundlePage(program), isIsolated);
  const context = await chromium.launchPersistentContext(temporaryFolder(), {
    executablePath,
    headless: true,
    args: chromiumArgs,
  });
  try {
    const page = await context.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    const session = await context.newCDPSession(page);
    /** @type {TraceEvent[]} */
    const events = [];
    session.on('Tracing.dataCollected', ({ value }) => {
      events.push(.../** @type {TraceEvent[]} */ (/** @type {unknown} */ (value)));
    });
    const trace = {
      transferMode: /** @type {const} */ ('ReportEvents'),
      traceConfig: { includedCategories: ['toplevel', 'blink.user_timing'] },
    };
    if (isTraced) await session.send('Tracing.start', trace);
    await page.goto(server.address);
    await page
      .waitForFunction((pattern) => new RegExp(pattern).test(document.title), end.source, {
        timeout: pageTimeoutMs,
        polling: 200,
      })
      .catch(() => {
        throw new Error(`the page did not finish within ${pageTimeoutMs} ms\n${errors.join('\n')}`);
      });
    if (isTraced) {
      const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
      await session.send('Tracing.end');
      await complete;
    }
    return {
      title: await page.title(),
      text: (await page.textContent('body')) ?? '',
      isolated: await page.evaluate(() => globalThis.crossOriginIsolated),
      events,
    };
  } finally {
    await context.close();
    server.close();
  }
}

/** Above this, a page is felt to hang. */
const mostTaskMs = 50;

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function browserSmoke() {
  /** @type {import('./report.mjs').Result[]} */
  const results = [];
  for (const isIsolated of [false, true]) {
    const where = `a page of headless Chromium that is ${isIsolated ? '' : 'not '}isolated`;
    results.push(
      await fact(`the CPU backend passes its conformance smoke test in ${where}`, async () => {
        const { title, text, isolated } = await runPage({
          program: 'browser-smoke.ts',
          isIsolated,
          end: /passed|failed/,
        });
        if (isolated !== isIsolated) throw new Error(`crossOriginIsolated is ${isolated}`);
        if (!/, 0 failed$/.test(title)) throw new Error(`${title}\n${text}`);
        return title;
      }),
      await fact(`a small network trains in ${where}, whose main thread stays free`, async () => {
        const { title, text, events } = await runPage({
          program: 'page-training.ts',
          isTraced: true,
          isIsolated,
          end: /trained|failed/,
        });
        const [, before, after] = /^trained, loss (.*) to (.*)$/.exec(title) ?? [];
        if (!(Number(after) < 0.5 * Number(before))) throw new Error(`${title}\n${text}`);
        const longestMs = longestTaskMs(events);
        const found = `its longest task took ${longestMs.toFixed(1)} ms of processor time`;
        if (longestMs > mostTaskMs) throw new Error(`${found}; at most ${mostTaskMs} were expected`);
        return `${title}; ${found}`;
      }),
    );
  }
  return results;
}
