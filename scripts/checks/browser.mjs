/**
 * Backends in a real browser: headless Chromium runs a part of the conformance suite in a page, and trains a network
 * there while the page's own thread stays free. The CPU backend does so in a page that may share memory with workers and
 * in one that may not, the WebGPU backend where the browser has WebGPU.
 *
 * The page is bundled from the packed packages for the browser, so this also shows that nothing in them needs Node.
 */
import { visitPage } from '../lib/chromium.mjs';
import { bundlePage, servePage } from '../lib/page-server.mjs';
import { fact } from './report.mjs';

const pageTimeoutMs = 120_000;

/**
 * @typedef {object} Visit
 * @property {'CPU' | 'WebGPU'} backend
 * @property {'cpu' | 'webgpu'} device what the page is asked for
 * @property {string} where            the page, for the report
 * @property {boolean} isIsolated
 */

/** @type {readonly Visit[]} */
const visits = [
  {
    backend: 'CPU',
    device: 'cpu',
    where: 'a page of headless Chromium that is not isolated',
    isIsolated: false,
  },
  { backend: 'CPU', device: 'cpu', where: 'a page of headless Chromium that is isolated', isIsolated: true },
  {
    backend: 'WebGPU',
    device: 'webgpu',
    where: 'a page of headless Chromium that has WebGPU',
    isIsolated: false,
  },
];

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
 * @param {Visit & { program: string, end: RegExp, isTraced?: boolean }} how
 * @returns {Promise<{ title: string, text: string, isolated: boolean, events: TraceEvent[] }>} the trace where asked for
 */
async function runPage({ device, isIsolated, program, end, isTraced = false }) {
  const script = await bundlePage([program, 'page-device.ts', 'smoke-cases.ts']);
  const server = await servePage(script, isIsolated);
  const gpu = device === 'webgpu' ? 'software' : 'none';
  return visitPage(
    async (page, errors) => {
      const session = await page.context().newCDPSession(page);
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
      await page.goto(`${server.address}?device=${device}`);
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
    },
    { gpu },
  ).finally(server.close);
}

/** Above this, a page is felt to hang. */
export const mostTaskMs = 50;

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function browserSmoke() {
  /** @type {import('./report.mjs').Result[]} */
  const results = [];
  for (const visit of visits) {
    const { backend, where, isIsolated } = visit;
    results.push(
      await fact(`the ${backend} backend passes its conformance smoke test in ${where}`, async () => {
        const { title, text, isolated } = await runPage({
          ...visit,
          program: 'browser-smoke.ts',
          end: /passed|failed/,
        });
        if (isolated !== isIsolated) throw new Error(`crossOriginIsolated is ${isolated}`);
        if (!/, 0 failed$/.test(title)) throw new Error(`${title}\n${text}`);
        return title;
      }),
      await fact(
        `a small network trains on the ${backend} backend in ${where}, whose main thread stays free`,
        async () => {
          const { title, text, events } = await runPage({
            ...visit,
            program: 'page-training.ts',
            isTraced: true,
            end: /trained|failed/,
          });
          const [, before, after] = /^trained, loss (.*) to (.*)$/.exec(title) ?? [];
          if (!(Number(after) < 0.5 * Number(before))) throw new Error(`${title}\n${text}`);
          const longestMs = longestTaskMs(events);
          const found = `its longest task took ${longestMs.toFixed(1)} ms of processor time`;
          if (longestMs > mostTaskMs) throw new Error(`${found}; at most ${mostTaskMs} were expected`);
          return `${title}; ${found}`;
        },
      ),
    );
  }
  return results;
}
