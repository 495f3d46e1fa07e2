/**
 * Where measured tiles are kept between processes: in a file of the user's cache in Node, in IndexedDB in pages. It is a
 * cache: what cannot be read was never measured, and what cannot be written is measured again.
 */
import type { TileNames } from '../library/products/tuning';

interface TileMemory {
  read(): Promise<TileNames>;
  write(found: TileNames): Promise<void>;
}

/** Changes when names of tiles, or what they are kept under, get another meaning. */
const VERSION = 1;

const FOLDER = 'hadal';
const DATABASE = 'hadal-webgpu';
const STORE = 'tiles';

/** An adapter by what tells it from others, without what file systems refuse. */
const slugOf = ({ vendor, architecture, device, description }: GPUAdapterInfo): string =>
  [vendor, architecture, device, description]
    .join(' ')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');

const isTileNames = (value: unknown): value is TileNames =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((each) => typeof each === 'string');

/** The folder of the user's caches, where there are files. */
function cacheFolder(): string | undefined {
  const { process } = globalThis;
  const load = process?.getBuiltinModule;
  if (load === undefined) return undefined;
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const { homedir } = load('node:os');
  const { join } = load('node:path');
  return join(XDG_CACHE_HOME ?? LOCALAPPDATA ?? join(homedir(), '.cache'), FOLDER);
}

function inFile(folder: string, name: string): TileMemory {
  const files = globalThis.process.getBuiltinModule('node:fs/promises');
  const path = globalThis.process.getBuiltinModule('node:path').join(folder, `webgpu-tiles-${name}.json`);
  return {
    read: async () => {
      const found: unknown = JSON.parse(await files.readFile(path, 'utf8'));
      return isTileNames(found) ? found : {};
    },
    write: async (found) => {
      await files.mkdir(folder, { recursive: true });
      // Whoever reads meanwhile sees the old file or the new one.
      const fresh = `${path}.${globalThis.process.pid}`;
      await files.writeFile(fresh, JSON.stringify(found));
      await files.rename(fresh, path);
    },
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open(DATABASE, VERSION);
  opening.onupgradeneeded = () => {
    const { result } = opening;
    if (result.objectStoreNames.contains(STORE)) result.deleteObjectStore(STORE);
    result.createObjectStore(STORE);
  };
  return settled(opening);
}

function inDatabase(name: string): TileMemory {
  const through = async <T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    const database = await openDatabase();
    try {
      return await settled(work(database.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      database.close();
    }
  };
  return {
    read: async () => {
      const found: unknown = await through('readonly', (store) => store.get(name));
      return isTileNames(found) ? found : {};
    },
    write: async (found) => {
      await through('readwrite', (store) => store.put(found, name));
    },
  };
}

const NOWHERE: TileMemory = { read: async () => ({}), write: async () => undefined };

/** What is known of tiles. */
export interface KeptTiles {
  readonly found: TileNames;
  /** Keeps all that was found by now. Never rejects. */
  readonly keep: (found: TileNames) => Promise<void>;
}

/** What was measured on an adapter before. Never rejects. */
export async function keptTiles(info: GPUAdapterInfo): Promise<KeptTiles> {
  const name = `${slugOf(info)}-${VERSION}`;
  const folder = cacheFolder();
  const hasDatabase = typeof indexedDB !== 'undefined';
  const kept = folder !== undefined ? inFile(folder, name) : hasDatabase ? inDatabase(name) : NOWHERE;
  return {
    found: await kept.read().catch(() => ({})),
    keep: (found) => kept.write(found).catch(() => undefined),
  };
}
