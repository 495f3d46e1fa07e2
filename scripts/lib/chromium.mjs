/**
 * Headless Chromium: where it is, and a page of it that looks at one address on loopback.
 */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Skip } from '../checks/report.mjs';
import { temporaryFolder } from './packed.mjs';
import { run, tail } from './process.mjs';

/** Where distributions put the browser; HADAL_CHROMIUM names another place. */
const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Headless, and silent: the page needs no host but the loopback server. */
const quietArgs = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Without WebGPU, and with it on the processor. */
const gpuArgs = {
  none: ['--disable-gpu'],
  software: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
};

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
 * Sees to it that the WebGPU driver is there that Chromium brings along, for tests that need no page.
 *
 * @returns {Promise<Record<string, string>>} environment of these tests: why there is no driver, if so
 */
export async function driverEnvironment() {
  try {
    await findChromium();
    return {};
  } catch (error) {
    if (!(error instanceof Skip)) throw error;
    return { HADAL_NO_WEBGPU: error.message };
  }
}

/**
 * Opens a browser with a profile of its own and an empty page, and closes it when the visit is over.
 *
 * @template T
 * @param {(page: import('playwright-core').Page, errors: readonly string[]) => Promise<T>} visit is told the errors that the
 *   page printed so far
 * @param {{ gpu?: 'none' | 'software' }} [options] whether the browser has WebGPU (default none)
 * @returns {Promise<T>}
 * @throws {Skip} when there is no Chromium
 */
export async function visitPage(visit, { gpu = 'none' } = {}) {
  const executablePath = await findChromium();
  const context = await chromium.launchPersistentContext(temporaryFolder(), {
    executablePath,
    headless: true,
    args: [...quietArgs, ...gpuArgs[gpu]],
  });
  try {
    const page = await context.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    return await visit(page, errors);
  } finally {
    await context.close();
  }
}
