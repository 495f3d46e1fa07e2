/** `npm run bootstrap`: installs the workspace with the pinned pnpm, if it is not installed already, and builds the addon. */
import { ensureAddon } from './lib/addon.mjs';
import { ensureInstalled } from './lib/workspace.mjs';

await ensureInstalled();
await ensureAddon();
