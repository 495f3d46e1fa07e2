/**
 * Decompression of gzip, with Node's zlib where there is one and the web platform's streams elsewhere.
 */
import { DataError } from '@hadal/core';
import { compression } from '../platform/builtin';

/** How to decompress. */
export interface GunzipOptions {
  /** What the bytes are, for error messages (default 'the data'). */
  readonly name?: string;
  /** The most bytes that may come out (default 1 GiB): a small file can claim to hold terabytes. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 2 ** 30;

/** Whether bytes start like a gzip file. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const tooLarge = (name: string, maxBytes: number): DataError =>
  new DataError(
    'gunzip',
    `${name} holds more than ${maxBytes.toLocaleString('en')} bytes.`,
    'Raise maxBytes if you trust where it comes from.',
  );

const unreadable = (name: string, bytes: Uint8Array, reason: string): DataError =>
  new DataError(
    'gunzip',
    `${name} is not complete, undamaged gzip: ${reason} (${bytes.length.toLocaleString('en')} bytes were given).`,
    'Copy or download it again.',
  );

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The web platform's way: a stream, measured while it flows. */
async function gunzipStream(bytes: Uint8Array, name: string, maxBytes: number): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream('gzip'));
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw unreadable(name, bytes, messageOf(error));
    });
    if (done) break;
    total += value.length;
    if (total > maxBytes) {
      await reader.cancel();
      throw tooLarge(name, maxBytes);
    }
    parts.push(value);
  }
  const content = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    content.set(part, at);
    at += part.length;
  }
  return content;
}

/**
 * Decompresses gzipped bytes.
 *
 * @param bytes   a whole gzip file
 * @param options name for errors, limit of the output
 * @returns the content
 * @throws {DataError} when the bytes are truncated or damaged, or hold more than `maxBytes`
 * @example
 * const content = await gunzip(new Uint8Array(await (await fetch(url)).arrayBuffer()));
 */
export async function gunzip(bytes: Uint8Array, options: GunzipOptions = {}): Promise<Uint8Array> {
  const { name = 'the data', maxBytes = DEFAULT_MAX_BYTES } = options;
  if (!isGzip(bytes)) throw unreadable(name, bytes, 'it does not start with 1f 8b');
  const zlib = compression();
  if (zlib === undefined) return gunzipStream(bytes, name, maxBytes);
  return new Promise((resolve, reject) => {
    zlib.gunzip(bytes, { maxOutputLength: maxBytes }, (error, content) => {
      if (error === null) resolve(new Uint8Array(content.buffer, content.byteOffset, content.length));
      else if (error instanceof RangeError) reject(tooLarge(name, maxBytes));
      else reject(unreadable(name, bytes, error.message));
    });
  });
}
