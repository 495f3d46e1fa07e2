/** `npm run bench`: measures the workloads of bench/ beside the peers that are installed; see bench/README.md. */
import { ensureAddon } from './lib/addon.mjs';
import { ensureInstalled, typescript } from './lib/workspace.mjs';

await ensureInstalled();
await ensureAddon();
process.exitCode = (await typescript('bench/src/main.ts', process.argv.slice(2))).code;
