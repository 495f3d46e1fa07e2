/** `npm run bootstrap`: installs the workspace with the pinned pnpm, if it is not installed already. */
import { ensureInstalled } from './lib/workspace.mjs';

await ensureInstalled();
