/** `npm run build`: builds every package whose inputs changed. */
import { build, ensureInstalled } from './lib/workspace.mjs';

await ensureInstalled();
process.exitCode = (await build()).code;
