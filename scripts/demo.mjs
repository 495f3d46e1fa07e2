/** `npm run demo`: trains, judges, explains, saves and serves a network; see examples/demo for its options. */
import { ensureAddon } from './lib/addon.mjs';
import { ensureInstalled, typescript } from './lib/workspace.mjs';

await ensureInstalled();
await ensureAddon();
process.exitCode = (await typescript('examples/demo/src/main.ts', process.argv.slice(2))).code;
