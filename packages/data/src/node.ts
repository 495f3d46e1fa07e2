/**
 * `@hadal/data/node`: reading files from disk. Everything else is in the main entry, which also runs in browsers.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { DataError, type HostArray } from '@hadal/core';
import { type CsvOptions, type CsvSchema, type CsvTable, parseCsv } from './files/csv';
import type { GunzipOptions } from './files/gzip';
import { type IdxOptions, readIdx } from './files/idx';

async function readBytes(where: string, path: string | URL): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new DataError(
      where,
      `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}.`,
      `Paths are relative to the working folder ${process.cwd()}.`,
    );
  }
}

const nameOf = (path: string | URL): string => basename(path instanceof URL ? path.pathname : path);

/**
 * Reads a CSV file (UTF-8) into typed columns.
 *
 * @param path    file path or `file:` URL
 * @param options as for `parseCsv`
 * @throws {DataError} when the file cannot be read or a cell does not fit, with line and column
 * @example
 * const { columns } = await readCsvFile('iris.csv', { columns: { sepalLength: 'float32', species: 'string' } });
 */
export async function readCsvFile<const S extends CsvSchema = CsvSchema>(
  path: string | URL,
  options: CsvOptions<S> = {},
): Promise<CsvTable<S>> {
  const bytes = await readBytes('readCsvFile', path);
  return parseCsv(new TextDecoder().decode(bytes), { name: nameOf(path), ...options });
}

/**
 * Reads an IDX file, gzipped or not.
 *
 * @param path    file path or `file:` URL
 * @param options as for `readIdx`
 * @throws {DataError} when the file cannot be read, is truncated, damaged or not IDX
 * @example
 * const images = await readIdxFile('train-images-idx3-ubyte.gz'); // uint8 [60000, 28, 28]
 */
export async function readIdxFile(
  path: string | URL,
  options: IdxOptions & GunzipOptions = {},
): Promise<HostArray> {
  return readIdx(await readBytes('readIdxFile', path), { name: nameOf(path), ...options });
}
