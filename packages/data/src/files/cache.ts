/**
 * A folder of downloaded files. A file appears in it complete or not at all: it is written beside its place under a
 * name of its own and then renamed, so that neither a crash nor a second process can leave or see half a file.
 */
import { environment, fileSystem, operatingSystem, paths } from '../platform/builtin';

/** A place for downloaded files; absent where there is no file system. */
export interface FileCache {
  readonly folder: string;
  /** The content of a file, or undefined when it is not there. */
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, content: Uint8Array): Promise<void>;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** Reads a file; undefined when there is none. */
export async function readIfPresent(path: string): Promise<Uint8Array | undefined> {
  try {
    return await fileSystem()?.readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether there is a readable file. */
export async function isPresent(path: string): Promise<boolean> {
  try {
    await fileSystem()?.access(path);
    return fileSystem() !== undefined;
  } catch {
    return false;
  }
}

/** Where this operating system keeps files that can be fetched again; undefined where there are no folders. */
export function defaultCacheFolder(name: string): string | undefined {
  const path = paths();
  const system = operatingSystem();
  if (path === undefined || system === undefined) return undefined;
  const home = system.homedir();
  const folders: Partial<Record<ReturnType<typeof system.platform>, string>> = {
    win32: environment('LOCALAPPDATA') ?? path.join(home, 'AppData', 'Local'),
    darwin: path.join(home, 'Library', 'Caches'),
  };
  const folder = folders[system.platform()] ?? environment('XDG_CACHE_HOME') ?? path.join(home, '.cache');
  return path.join(folder, 'hadal', name);
}

/** A cache in a folder, which is made when first written to; undefined where there is no file system. */
export function fileCache(folder: string | undefined): FileCache | undefined {
  const files = fileSystem();
  const path = paths();
  if (folder === undefined || files === undefined || path === undefined) return undefined;
  return {
    folder,
    read: (name) => readIfPresent(path.join(folder, name)),
    async write(name, content) {
      await files.mkdir(folder, { recursive: true });
      const temporary = path.join(folder, `.${name}.${globalThis.crypto.randomUUID()}`);
      try {
        await files.writeFile(temporary, content, { flag: 'wx', flush: true });
        await files.rename(temporary, path.join(folder, name));
      } catch (error) {
        await files.rm(temporary, { force: true });
        throw error;
      }
    },
  };
}
