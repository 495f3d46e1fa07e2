/** `npm run bench`: measures the workloads of bench/ beside the peers that are installed; see bench/README.md. */
import { ensureAddon } from './lib/addon.mjs';
import { build, ensureInstalled, typescript } from './lib/workspace.mjs';

await ensureInstalled();
await ensureAddon();
const built = await build({ quiet: true });
if (built.code !== 0) throw new Error(`the packages do not build:\n${built.output}`);
process.exitCode = (await typescript('bench/src/main.ts', process.argv.slice(2))).code;
