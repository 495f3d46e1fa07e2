/** Problems as files that every contestant reads. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../peers/protocol.mjs';

/**
 * @param folder absolute folder, created when missing
 * @param name   of the file
 * @returns the file's absolute path: a line of JSON, then the blocks as little-endian float32
 */
export function writeProblem(folder: string, name: string, { spec, blocks }: Problem): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  const file = openSync(path, 'w');
  try {
    writeSync(file, `${JSON.stringify({ spec, shapes: blocks.map(({ shape }) => shape) })}\n`);
    for (const { data } of blocks) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    }
  } finally {
    closeSync(file);
  }
  return path;
}
