/**
 * Writes docs/support.md: what every backend does with every operation at every dtype. Takes a few minutes, and needs
 * an adapter of WebGPU, such as SwiftShader, which Debian's Chromium brings along.
 *
 *   node scripts/support-page.mjs
 */
import { join } from 'node:path';
import { ensureInstalled, root, typescript } from './lib/workspace.mjs';

await ensureInstalled();
const { code } = await typescript('scripts/support/main.ts', [join(root, 'docs', 'support.md')]);
process.exitCode = code;
