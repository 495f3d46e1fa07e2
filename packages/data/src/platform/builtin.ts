/**
 * Node's own modules, asked for at run time.
 *
 * The main entry has to bundle for browsers, so it must not import `node:` modules. Node, Deno and Bun hand them out
 * through `process.getBuiltinModule`; elsewhere the answer is undefined and callers take the way of the web platform.
 */

/** Files and folders, or undefined where there are none. */
export const fileSystem = () => globalThis.process?.getBuiltinModule?.('node:fs/promises');

/** Paths as the operating system writes them. */
export const paths = () => globalThis.process?.getBuiltinModule?.('node:path');

/** The home folder and the kind of operating system. */
export const operatingSystem = () => globalThis.process?.getBuiltinModule?.('node:os');

/** Compression on a thread of its own. */
export const compression = () => globalThis.process?.getBuiltinModule?.('node:zlib');

/** A variable of the environment; undefined where it is unset, empty, or where there is no environment. */
export const environment = (name: string): string | undefined => globalThis.process?.env?.[name] || undefined;
