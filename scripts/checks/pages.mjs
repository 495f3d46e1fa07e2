/**
 * What packages do in pages alone, in headless Chromium: models in the browser's own storages, images to and from canvases,
 * charts. Every program looks at its facts itself.
 */
import { visitPage } from '../lib/chromium.mjs';
import { bundlePage, servePage } from '../lib/page-server.mjs';
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
  return results;
}
