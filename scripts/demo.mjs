/** `npm run demo`: trains, judges, explains, saves and serves a network; see examples/demo for its options. */
import { ensureInstalled, typescript } from './lib/workspace.mjs';

await ensureInstalled();
process.exitCode = (await typescript('examples/demo/src/main.ts', process.argv.slice(2))).code;
