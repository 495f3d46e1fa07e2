/**
 * The example in the browser, built by Vite and used as a person would: on WebGPU, on WebAssembly with threads where there
 * is no WebGPU, and on one thread where the page is not isolated either. It trains, is paused, explains, saves, and after a
 * reload loads a model that answers the same.
 *
 * Screenshots are left in `.cache/browser-example`, to be looked at.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { visitPage } from '../lib/chromium.mjs';
import { cacheDir, root } from '../lib/workspace.mjs';
import { longestTaskMs, mostTaskMs } from './browser.mjs';
import { fact } from './report.mjs';

const example = join(root, 'examples/browser');
const folder = join(cacheDir, 'browser-example');

/** A tenth is chance; 512 images and four passes gave 0.718, on every device. */
const leastAccuracy = 0.65;
const query = '?images=512&epochs=4';
const timeoutMs = 180_000;

/**
 * @typedef {object} Visit
 * @property {string} name       of the screenshot
 * @property {string} computes   what the example computes with, for the report
 * @property {RegExp} says       what the page says about that
 * @property {'none' | 'software'} gpu
 * @property {boolean} isIsolated
 * @property {string} place      where the model is saved
 */

/**
 * What is used of Vite, which is the example's and not the workspace's.
 *
 * @typedef {object} Vite
 * @property {(options: object) => Promise<unknown>} build
 * @property {(options: object) => Promise<{ resolvedUrls: { local: string[] } | null, close(): Promise<void> }>} preview
 */

/** @type {readonly Visit[]} */
const visits = [
  {
    name: 'webgpu',
    computes: 'WebGPU',
    says: /^WebGPU$/,
    gpu: 'software',
    isIsolated: true,
    place: 'opfs://clothes',
  },
  {
    name: 'threads',
    computes: 'WebAssembly with threads, where there is no WebGPU',
    says: /^WebAssembly on \d+ threads, because /,
    gpu: 'none',
    isIsolated: true,
    place: 'opfs://clothes',
  },
  {
    name: 'single',
    computes: 'one thread of WebAssembly, where the page is not isolated',
    says: /^WebAssembly on one thread, because .*; the page is not isolated/,
    gpu: 'none',
    isIsolated: false,
    place: 'indexeddb://clothes',
  },
];

/** Builds the example and serves it as `vite preview` does. */
async function serveExample() {
  const path = createRequire(join(example, 'package.json')).resolve('vite');
  /** @type {Vite} */
  const vite = await import(pathToFileURL(path).href);
  const outDir = join(folder, 'dist');
  const common = /** @type {const} */ ({ root: example, logLevel: 'error' });
  await vite.build({ ...common, build: { outDir, emptyOutDir: true } });
  return vite.preview({ ...common, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
}

/**
 * Records what the page's threads do from a mark on.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<() => Promise<number>>} stops, and gives the longest task of the main thread since, in milliseconds
 */
async function traceTasks(page) {
  const session = await page.context().newCDPSession(page);
  /** @type {import('./browser.mjs').TraceEvent[]} */
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    events.push(.../** @type {import('./browser.mjs').TraceEvent[]} */ (/** @type {unknown} */ (value)));
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'blink.user_timing'] },
  });
  await page.evaluate(() => void performance.mark('the program begins'));
  return async () => {
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    return longestTaskMs(events);
  };
}

/**
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{ right: string, matrix: string, looks: string[] }>} what the page shows of its model
 */
async function shown(page) {
  return {
    right: (await page.textContent('#accuracy')) ?? '',
    matrix: (await page.textContent('#matrix')) ?? '',
    looks: await page.$$eval('#explanations canvas', (canvases) =>
      canvases.map((canvas) => {
        if (!(canvas instanceof HTMLCanvasElement)) return 'no canvas';
        const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        const hash = Array.from(data).reduce((sum, value) => (sum * 31 + value) % 1e9, 0);
        return `${canvas.getAttribute('aria-label')} ${hash}`;
      }),
    ),
  };
}

/**
 * @param {import('playwright-core').Page} page
 * @param {RegExp} wanted
 * @returns {Promise<string>} what the page says once it says that
 */
async function waitForStatus(page, wanted) {
  const status = page.locator('#status');
  await page.waitForFunction(
    (pattern) => {
      const element = document.querySelector('#status');
      return element?.classList.contains('failed') || new RegExp(pattern).test(element?.textContent ?? '');
    },
    wanted.source,
    { timeout: timeoutMs },
  );
  const text = (await status.textContent()) ?? '';
  if (!wanted.test(text)) throw new Error(`the page says: ${text}`);
  return text;
}

/**
 * @param {string} address
 * @param {Visit} visit
 * @returns {Promise<string>} figures worth printing
 */
function use(address, { name, says, gpu, isIsolated, place }) {
  return visitPage(
    async (page, errors) => {
      if (!isIsolated) {
        await page.route('**/*', async (route) => {
          // The server may close a connection just as it is used again.
          const response = await route.fetch({ maxRetries: 3 });
          const headers = Object.entries(response.headers()).filter(
            ([each]) => !each.startsWith('cross-origin'),
          );
          await route.fulfill({ response, headers: Object.fromEntries(headers) });
        });
      }
      await page.setViewportSize({ width: 1180, height: 1400 });
      await page.goto(address + query);
      await waitForStatus(page, /Train!$/).catch((error) => {
        throw new Error(`${error.message}\n${errors.join('\n')}`);
      });
      const computes = (await page.textContent('#device')) ?? '';
      if (!says.test(computes)) throw new Error(`the page says that it computes with ${computes}`);

      const stopTrace = await traceTasks(page);
      const start = performance.now();
      await page.click('#train');
      await page.click('#pause');
      await waitForStatus(page, /^Paused/);
      await page.click('#pause');
      await waitForStatus(page, /^Trained on 512 images, 4 times/);
      const seconds = (performance.now() - start) / 1000;
      const longestMs = await stopTrace();
      const before = await shown(page);
      const accuracy = Number.parseFloat(before.right) / 100;
      if (!(accuracy >= leastAccuracy)) throw new Error(`${before.right} unseen images are right`);
      const names = await page.$$eval('#charts [role=img]', (images) =>
        images.map((image) => image.getAttribute('aria-label') ?? ''),
      );
      if (names.length !== 2 || !names.every((each) => /latest .*val_/.test(each)))
        throw new Error(`the charts are called ${JSON.stringify(names)}`);
      if (before.looks.length !== 12 || new Set(before.looks).size !== 12)
        throw new Error(`the explanations are ${JSON.stringify(before.looks)}`);
      await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });

      await page.selectOption('#place', place);
      await page.click('#save');
      await waitForStatus(page, /^Saved as/);
      await page.reload();
      await waitForStatus(page, /Train!$/);
      await page.selectOption('#place', place);
      await page.click('#load');
      await waitForStatus(page, /^Loaded/);
      const after = await shown(page);
      if (JSON.stringify(after) !== JSON.stringify(before))
        throw new Error(
          `the loaded model shows ${after.right}, ${after.matrix}\ninstead of ${before.right}, ${before.matrix}`,
        );
      if (errors.length > 0) throw new Error(errors.join('\n'));
      const figures = `${before.right} in ${seconds.toFixed(1)} s; the longest task took ${longestMs.toFixed(1)} ms of processor time`;
      if (longestMs > mostTaskMs) throw new Error(`${figures}; at most ${mostTaskMs} were expected`);
      return figures;
    },
    { gpu },
  );
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function browserExample() {
  mkdirSync(folder, { recursive: true });
  const server = await serveExample();
  const address = server.resolvedUrls?.local[0] ?? '';
  const results = [];
  try {
    for (const visit of visits) {
      const name = `the example in the browser trains, explains, saves and loads on ${visit.computes}`;
      results.push(await fact(name, () => use(address, visit)));
    }
  } finally {
    await server.close();
  }
  return results;
}
