/** `npm run lint`: formatting, lint rules and import arrows; `npm run format` repairs what can be repaired. */
import { ensureInstalled, tool } from './lib/workspace.mjs';

await ensureInstalled();
const { importArrows } = await import('./checks/imports.mjs');
const { code } = await tool('@biomejs/biome/bin/biome', ['check', ...process.argv.slice(2), '.']);
const results = await importArrows();
for (const { name, status, detail } of results) if (status === 'failed') console.error(`${name}\n${detail}`);
process.exitCode = code !== 0 || results.some(({ status }) => status === 'failed') ? 1 : 0;
