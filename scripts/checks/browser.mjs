/**
 * The CPU backend in a real browser: headless Chromium runs its conformance smoke test in a page.
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

/**
 * @param {string} script
 * @returns {Promise<{ address: string, close: () => void }>} a page that runs the script, on loopback
 */
function servePage(script) {
  const page =
    '<!doctype html><meta charset="utf-8"><title>Hadal</title><script type="module" src="/page.js"></script>';
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
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

/** @returns {Promise<string>} the page's program as one module */
async function bundlePage() {
  const project = await outsideProject('browser');
  const entry = join(project, 'browser-smoke.ts');
  copyFileSync(join(root, 'scripts/checks/programs/browser-smoke.ts'), entry);
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

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function browserSmoke() {
  return [
    await fact(
      'the CPU backend passes its conformance smoke test in a page of headless Chromium',
      async () => {
        const executablePath = await findChromium();
        const server = await servePage(await bundlePage());
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
          await page.goto(server.address);
          const finished = () => /passed|failed/.test(document.title);
          await page.waitForFunction(finished, undefined, { timeout: pageTimeoutMs }).catch(() => {
            throw new Error(`the page did not finish within ${pageTimeoutMs} ms\n${errors.join('\n')}`);
          });
          const verdict = await page.title();
          if (!/, 0 failed$/.test(verdict)) throw new Error(`${verdict}\n${await page.textContent('body')}`);
          return verdict;
        } finally {
          await context.close();
          server.close();
        }
      },
    ),
  ];
}
