/**
 * Programs in pages: bundled for browsers from the packed packages, and served on loopback.
 */
import { copyFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { outsideProject } from './packed.mjs';
import { root } from './workspace.mjs';

/** What makes a page isolated, so that it may share memory with workers. */
export const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/**
 * @param {readonly string[]} files of `scripts/checks/programs`; the first is the page's program, the others what it imports
 * @returns {Promise<string>} the page's program as one module
 */
export async function bundlePage([program = '', ...others]) {
  const project = await outsideProject('browser');
  for (const file of [program, ...others])
    copyFileSync(join(root, 'scripts/checks/programs', file), join(project, file));
  const { outputFiles } = await build({
    entryPoints: [join(project, program)],
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
 * Listens on loopback.
 *
 * @param {import('node:http').RequestListener} answer
 * @returns {Promise<{ address: string, close: () => void }>}
 */
export function listen(answer) {
  const server = createServer(answer);
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const close = () => {
        server.close();
        server.closeAllConnections();
      };
      resolve({ address: `http://127.0.0.1:${port}/`, close });
    });
  });
}

/**
 * A page that runs a script. What it puts under `/saved/` can be fetched from there.
 *
 * @param {string} script
 * @param {boolean} isIsolated
 * @returns {Promise<{ address: string, close: () => void }>}
 */
export function servePage(script, isIsolated) {
  const page =
    '<!doctype html><meta charset="utf-8"><title>Hadal</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';
  /** @type {Map<string, Buffer>} */
  const saved = new Map();
  return listen(async (request, response) => {
    const { url = '/', method } = request;
    for (const [name, value] of Object.entries(isIsolated ? ISOLATION : {})) response.setHeader(name, value);
    if (url.startsWith('/saved/')) {
      if (method === 'PUT') saved.set(url, Buffer.concat(await request.toArray()));
      response.writeHead(saved.has(url) ? 200 : 404).end(method === 'PUT' ? '' : saved.get(url));
      return;
    }
    const isScript = url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : page);
  });
}
