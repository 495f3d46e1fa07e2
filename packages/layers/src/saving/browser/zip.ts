/**
 * ZIP archives: how a saved model becomes one file that a browser can hand to its user. They are written uncompressed,
 * since weights hardly compress, and read in the two ways that programs write them: stored and deflated.
 *
 * Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3 and 4.4.
 */
import { DataError } from '@hadal/core';
import { requireBlobSize } from '../blob-rules';
import { crc32 } from '../crc32';

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
/** The end may be followed by a comment of this length. */
const MOST_COMMENT_BYTES = 0xffff;
/** Sizes are 32 bits; the larger form of the format is not written. */
const MOST_BYTES = 0xffff_ffff;
/** Version 2.0: folders and deflate. */
const VERSION = 20;
const UTF8_NAMES = 0x0800;
/** The first day that the format can tell, so that equal models make equal archives. */
const DATE = 0x0021;

const STORED = 0;
const DEFLATED = 8;

/**
 * Writes files into an archive.
 *
 * @throws {DataError} when they have 4 GiB or more
 */
export function writeZip(where: string, files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const entries = [...files].map(([name, bytes]) => ({ name: new TextEncoder().encode(name), bytes }));
  const directoryAt = entries.reduce(
    (at, { name, bytes }) => at + LOCAL_BYTES + name.length + bytes.length,
    0,
  );
  const end = entries.reduce((at, { name }) => at + CENTRAL_BYTES + name.length, directoryAt);
  if (end + END_BYTES > MOST_BYTES) {
    throw new DataError(where, `the model has ${end} bytes, more than an archive can hold (${MOST_BYTES}).`);
  }
  const whole = new Uint8Array(end + END_BYTES);
  const view = new DataView(whole.buffer);
  let at = 0;
  let central = directoryAt;
  for (const { name, bytes } of entries) {
    const sizes = [crc32(bytes), bytes.length, bytes.length];
    view.setUint32(at, LOCAL_HEADER, true);
    writeCommon(view, at + 4, name.length, sizes);
    view.setUint32(central, CENTRAL_HEADER, true);
    view.setUint16(central + 4, VERSION, true);
    writeCommon(view, central + 6, name.length, sizes);
    view.setUint32(central + 42, at, true);
    whole.set(name, at + LOCAL_BYTES);
    whole.set(bytes, at + LOCAL_BYTES + name.length);
    whole.set(name, central + CENTRAL_BYTES);
    at += LOCAL_BYTES + name.length + bytes.length;
    central += CENTRAL_BYTES + name.length;
  }
  view.setUint32(end, END_OF_DIRECTORY, true);
  view.setUint16(end + 8, entries.length, true);
  view.setUint16(end + 10, entries.length, true);
  view.setUint32(end + 12, end - directoryAt, true);
  view.setUint32(end + 16, directoryAt, true);
  return whole;
}

/** The fields that both headers of a file have in the same order. */
function writeCommon(view: DataView, at: number, nameBytes: number, sizes: readonly number[]): void {
  view.setUint16(at, VERSION, true);
  view.setUint16(at + 2, UTF8_NAMES, true);
  view.setUint16(at + 4, STORED, true);
  view.setUint16(at + 8, DATE, true);
  for (const [index, size] of sizes.entries()) view.setUint32(at + 10 + 4 * index, size, true);
  view.setUint16(at + 22, nameBytes, true);
}

/** A file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: number;
  /** Its bytes, decompressed. */
  read(): Promise<Uint8Array>;
}

/** Whether these are the first bytes of an archive that has files in it. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes.length >= END_BYTES &&
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === LOCAL_HEADER;

/**
 * Finds the files of an archive, which are decompressed when they are read. Folders before their names are dropped.
 *
 * @throws {DataError} when the archive is truncated, damaged, encrypted, or compressed in another way
 */
export function readZip(where: string, bytes: Uint8Array): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = findEnd(where, view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL_HEADER) throw damaged(where);
    const nameBytes = view.getUint16(at + 28, true);
    const path = new TextDecoder().decode(bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes));
    if (!path.endsWith('/'))
      entries.push(entryAt(where, bytes, view, at, path.slice(path.lastIndexOf('/') + 1)));
    at += CENTRAL_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

const damaged = (where: string): DataError =>
  new DataError(where, 'the archive is truncated or damaged.', 'Download it again.');

/** Where the end of the directory is: looked for from behind, because a comment may follow it. */
function findEnd(where: string, view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MOST_COMMENT_BYTES); at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  }
  throw damaged(where);
}

/** The file whose entry in the directory begins at `at`. */
function entryAt(where: string, bytes: Uint8Array, view: DataView, at: number, name: string): ZipEntry {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const checksum = view.getUint32(at + 16, true);
  const packedBytes = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const header = view.getUint32(at + 42, true);
  if ((flags & 1) === 1 || (method !== STORED && method !== DEFLATED)) {
    throw new DataError(
      where,
      `'${name}' is encrypted or compressed by method ${method}.`,
      'Pack it as usual.',
    );
  }
  if (header + LOCAL_BYTES > bytes.length) throw damaged(where);
  const start = header + LOCAL_BYTES + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  if (start + packedBytes > bytes.length) throw damaged(where);
  const read = async (): Promise<Uint8Array> => {
    const packed = bytes.slice(start, start + packedBytes);
    const content = method === STORED ? packed : await inflate(where, name, packed, size);
    if (content.length !== size || crc32(content) !== checksum) throw damaged(where);
    return content;
  };
  return { name, bytes: size, read };
}

/** Decompresses, giving up as soon as there is more than the directory says. */
async function inflate(
  where: string,
  name: string,
  packed: Uint8Array<ArrayBuffer>,
  size: number,
): Promise<Uint8Array> {
  const content = new Uint8Array(size);
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw damaged(where);
    });
    if (done) return content.subarray(0, length);
    if (length + value.length > size) await reader.cancel();
    requireBlobSize(where, name, length + value.length, size);
    content.set(value, length);
    length += value.length;
  }
}
