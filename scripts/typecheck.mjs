/** `npm run typecheck`: every source, test, example and script under one strict configuration. */
import { ensureInstalled, tool } from './lib/workspace.mjs';

await ensureInstalled();
process.exitCode = (await tool('typescript/bin/tsc', ['-p', 'tsconfig.json'])).code;
