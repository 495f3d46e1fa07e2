/**
 * Where a dataset of several gzipped IDX files comes from: a folder, or a download that is kept in a cache.
 *
 * The checksum is that of the decompressed content: mirrors compress in their own ways, the data stay the same.
 */
import { DataError, type HostArray } from '@hadal/core';
import { defaultCacheFolder, type FileCache, fileCache, isPresent, readIfPresent } from '../files/cache';
import { requireChecksum } from '../files/checksum';
import { type DownloadOptions, download } from '../files/download';
import { gunzip, isGzip } from '../files/gzip';
import { parseIdx } from '../files/idx';
import { paths } from '../platform/builtin';

/** One file of a dataset. */
export interface IdxFile {
  /** File name without `.gz`. */
  readonly name: string;
  /** SHA-256 of the decompressed file, in lower-case hexadecimal. */
  readonly sha256: string;
  /** Size of the decompressed file in bytes. */
  readonly bytes: number;
}

/** Files of a dataset by role, such as `trainImages`. */
export type IdxFiles = Readonly<Record<string, IdxFile>>;

/** Their arrays, by the same roles. */
export type IdxArrays<F extends IdxFiles> = { readonly [Role in keyof F]: HostArray };

async function loadAll<F extends IdxFiles>(
  files: F,
  load: (file: IdxFile) => Promise<HostArray>,
): Promise<IdxArrays<F>> {
  const entries = await Promise.all(
    Object.entries(files).map(async ([role, file]) => [role, await load(file)] as const),
  );
  // The roles are exactly the keys of the files.
  return Object.fromEntries(entries) as IdxArrays<F>;
}

/** Decompresses, checks and reads one file. */
async function decode(where: string, name: string, bytes: Uint8Array, file: IdxFile): Promise<HostArray> {
  const content = isGzip(bytes) ? await gunzip(bytes, { name, maxBytes: file.bytes }) : bytes;
  await requireChecksum(where, name, content, file.sha256);
  return parseIdx(content, { name });
}

const candidates = (file: IdxFile): readonly string[] => [`${file.name}.gz`, file.name];

/** Whether a folder holds all files, gzipped or plain. */
export async function folderHolds(folder: string, files: IdxFiles): Promise<boolean> {
  const path = paths();
  if (path === undefined) return false;
  for (const file of Object.values(files)) {
    const found = await Promise.all(candidates(file).map((name) => isPresent(path.join(folder, name))));
    if (!found.includes(true)) return false;
  }
  return true;
}

/**
 * Reads the files from a folder.
 *
 * @throws {DataError} when a file is missing or is not the published one
 */
export function loadFolder<F extends IdxFiles>(
  where: string,
  folder: string,
  files: F,
): Promise<IdxArrays<F>> {
  const path = paths();
  if (path === undefined) {
    throw new DataError(
      where,
      `there is no file system here to read ${folder} from.`,
      'Pass a baseUrl instead.',
    );
  }
  return loadAll(files, async (file) => {
    for (const name of candidates(file)) {
      const full = path.join(folder, name);
      const bytes = await readIfPresent(full);
      if (bytes !== undefined) return decode(where, full, bytes, file);
    }
    throw new DataError(
      where,
      `${folder} has no ${candidates(file).join(' and no ')}.`,
      `Expected the files ${Object.values(files)
        .map(({ name }) => `${name}.gz`)
        .join(', ')}.`,
    );
  });
}

/** Where downloads come from and where they are kept. */
export interface DownloadPlace extends DownloadOptions {
  /** Address of the folder with the gzipped files. */
  readonly baseUrl: string;
  /** Folder for downloaded files (default: the user's cache folder). */
  readonly cacheFolder?: string;
}

async function fromCache(cache: FileCache | undefined, file: IdxFile): Promise<HostArray | undefined> {
  const bytes = await cache?.read(`${file.name}.gz`);
  if (bytes === undefined) return undefined;
  try {
    return await decode('cache', file.name, bytes, file);
  } catch (error) {
    // What was damaged after it had been stored is fetched again.
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

/**
 * Downloads the files that the cache does not have yet. Nothing is stored that has not been checked.
 *
 * @throws {DataError} when a download fails, breaks off, or is not the published file
 */
export function loadDownload<F extends IdxFiles>(
  where: string,
  datasetName: string,
  files: F,
  place: DownloadPlace,
): Promise<IdxArrays<F>> {
  const cache = fileCache(place.cacheFolder ?? defaultCacheFolder(datasetName));
  const base = place.baseUrl.endsWith('/') ? place.baseUrl : `${place.baseUrl}/`;
  return loadAll(files, async (file) => {
    const known = await fromCache(cache, file);
    if (known !== undefined) return known;
    const url = `${base}${file.name}.gz`;
    const bytes = await download(url, place);
    const array = await decode(where, url, bytes, file);
    await cache?.write(`${file.name}.gz`, bytes);
    return array;
  });
}
