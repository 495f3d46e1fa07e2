/**
 * SHA-256 through the web platform's cryptography, which Node, Deno, Bun and browsers share.
 */
import { DataError, DeviceError } from '@hadal/core';

/** SHA-256 of bytes, in lower-case hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new DeviceError(
      'sha256',
      'this page cannot compute checksums: browsers offer cryptography only in secure contexts.',
      'Serve the page over https or from localhost.',
    );
  }
  const digest = await subtle.digest('SHA-256', new Uint8Array(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Refuses content that is not what it should be.
 *
 * @param name     what the content is, for the error
 * @param expected SHA-256 in lower-case hexadecimal
 * @throws {DataError} when the checksum differs
 */
export async function requireChecksum(
  where: string,
  name: string,
  content: Uint8Array,
  expected: string,
): Promise<void> {
  const found = await sha256(content);
  if (found === expected) return;
  throw new DataError(
    where,
    `${name} has the SHA-256 ${found}, expected ${expected}.`,
    'It is damaged or another version: delete it and get it again from where it is published.',
  );
}
