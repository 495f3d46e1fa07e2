/** JSON objects from files, which may be damaged or something else altogether. */
import type { JsonObject } from '@hadal/core';
import { DataError, isJsonObject } from '@hadal/core';

/**
 * @param part what of the file it is, for errors
 * @throws {DataError} when the bytes are not the UTF-8 text of a JSON object
 */
export function parseJsonObject(where: string, part: 'file' | 'header', bytes: Uint8Array): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new DataError(
      where,
      `the ${part} is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
      'It is truncated or damaged.',
    );
  }
  if (isJsonObject(json)) return json;
  throw new DataError(where, `the ${part} is not a JSON object.`);
}
