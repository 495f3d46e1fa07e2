/**
 * `@hadal/explain/node`: writes pictures and reports to files.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { encodePng, type Picture } from './image/picture';
import { type Report, renderReport } from './report/report';

/**
 * Writes a report as one HTML file, making the folders it lies in.
 *
 * @param path    of the file, usually ending in .html; an existing file is replaced
 * @param report  what it shows
 * @throws {Error} when the file cannot be written
 */
export async function writeReport(path: string, report: Report): Promise<void> {
  await write(path, renderReport(report));
}

/**
 * Writes a picture as a PNG file, making the folders it lies in.
 *
 * @param path    of the file, usually ending in .png; an existing file is replaced
 * @param picture such as `overlay` gives
 * @throws {Error} when the file cannot be written
 */
export async function writePng(path: string, picture: Picture): Promise<void> {
  await write(path, encodePng(picture));
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
