/**
 * What packages do in pages alone, in headless Chromium: models in the browser's own storages, images to and from canvases,
 * charts. Every program looks at its facts itself.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { visitPage } from '../lib/chromium.mjs';
import { outsideProject } from '../lib/packed.mjs';
import { bundlePage, listen, servePage } from '../lib/page-server.mjs';
import { root } from '../lib/workspace.mjs';
import { fact } from './report.mjs';

const pageTimeoutMs = 60_000;

/** Programs, by what they are about. */
const programs = {
  'saved models': 'page-storage.ts',
  images: 'page-pixels.ts',
  charts: 'page-charts.ts',
};

/**
 * @param {string} script the page's program, which ends in `lookAt`
 * @returns {Promise<readonly import('./programs/page-facts').PageFact[]>}
 */
export async function factsOf(script) {
  const server = await servePage(script, true);
  return visitPage(async (page, errors) => {
    await page.exposeFunction('chooseNextDownload', async () => {
      const download = await page.waitForEvent('download');
      await page.locator('input[type=file]').setInputFiles(await download.path());
      return download.suggestedFilename();
    });
    await page.goto(server.address);
    const handle = await page
      .waitForFunction(() => Reflect.get(globalThis, 'pageFacts'), undefined, { timeout: pageTimeoutMs })
      .catch(() => {
        throw new Error(`the page did not finish within ${pageTimeoutMs} ms\n${errors.join('\n')}`);
      });
    return (await handle.jsonValue()) ?? [];
  }).finally(server.close);
}

/** Where the guide's page takes the library from. */
const CDN = 'https://cdn.jsdelivr.net/npm/hadal';

/**
 * The page of the guide that needs no bundler, as it is but for the address of the file.
 *
 * @param {string} file `hadal.min.js`
 * @returns {Promise<string>} what the page came to
 */
export async function copiedPage(file) {
  const guide = readFileSync(join(root, 'docs/browser.md'), 'utf8');
  const [, html = ''] = /^```html\n(<!doctype html>[\s\S]*?)^```$/m.exec(guide) ?? [];
  if (!html.includes(CDN)) throw new Error(`docs/browser.md has no page that imports from ${CDN}.`);
  const library = readFileSync(file);
  const server = await listen((request, response) => {
    const isLibrary = request.url === '/hadal.min.js';
    response.setHeader('content-type', isLibrary ? 'text/javascript' : 'text/html');
    response.end(isLibrary ? library : html.replace(CDN, '/hadal.min.js'));
  });
  const title = await visitPage(async (page, errors) => {
    await page.goto(server.address);
    await page
      .waitForFunction(() => / right$/.test(document.title), undefined, { timeout: pageTimeoutMs })
      .catch(() => {
        throw new Error(`the page did not finish within ${pageTimeoutMs} ms\n${errors.join('\n')}`);
      });
    return page.title();
  }).finally(server.close);
  if (!(Number.parseInt(title, 10) >= 90)) throw new Error(title);
  const size = `${Math.round(statSync(file).size / 1000)} KB, ${Math.round(gzipSync(library).length / 1000)} KB gzipped`;
  return `${title}; the file has ${size}`;
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function pageFacts() {
  /** @type {import('./report.mjs').Result[]} */
  const results = [];
  for (const [subject, program] of Object.entries(programs)) {
    const found = await fact(`a page looks at ${subject}`, async () => {
      const facts = await factsOf(await bundlePage([program, 'page-facts.ts']));
      for (const { name, failure } of facts)
        results.push({ name: `in a page, ${name}`, status: failure ? 'failed' : 'passed', detail: failure });
      if (facts.length === 0) throw new Error('it looked at none');
      return `${facts.length} facts`;
    });
    results.push(found);
  }
  const name = 'the page of the guide, copied into a file, trains with the library as a single file';
  results.push(
    await fact(name, async () =>
      copiedPage(join(await outsideProject('hadal'), 'node_modules/hadal/dist/hadal.min.js')),
    ),
  );
  return results;
}
