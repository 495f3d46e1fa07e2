/** Registers the loader of TypeScript in a worker, which does not inherit it, and runs the worker proper. */
import { register } from 'tsx/esm/api';

register();
await import(new URL('./worker-tasks.ts', import.meta.url).href);
