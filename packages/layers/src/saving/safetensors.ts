/**
 * The safetensors format: an 8-byte little-endian header length, a JSON header { name: { dtype, shape, data_offsets } },
 * and the raw bytes. Reading checks every number before it is used; a file can only ever describe bytes it contains.
 *
 * Format: https://github.com/huggingface/safetensors
 */
import type { DType, HostArray, JsonObject } from '@hadal/core';
import { DataError, hostArrayOver, isJsonObject } from '@hadal/core';
import { parseJsonObject } from './json-object';

/** Largest header accepted, as in the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;
const MAX_RANK = 32;

/** Bytes of one element, in the order in which tensors are laid out: wide ones first, so that all are aligned. */
const FORMATS: readonly { readonly dtype: DType; readonly code: string; readonly bytes: number }[] = [
  { dtype: 'float64', code: 'F64', bytes: 8 },
  { dtype: 'float32', code: 'F32', bytes: 4 },
  { dtype: 'int32', code: 'I32', bytes: 4 },
  { dtype: 'uint32', code: 'U32', bytes: 4 },
  { dtype: 'int16', code: 'I16', bytes: 2 },
  { dtype: 'int8', code: 'I8', bytes: 1 },
  { dtype: 'uint8', code: 'U8', bytes: 1 },
  { dtype: 'bool', code: 'BOOL', bytes: 1 },
];

const bytesOf = ({ data }: HostArray): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/**
 * Writes tensors as a safetensors file.
 *
 * @param metadata free text by name
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, HostArray>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = FORMATS.flatMap((format) =>
    [...tensors]
      .filter(([, { dtype }]) => dtype === format.dtype)
      .map(([name, array]) => ({ name, array, format })),
  );
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  for (const { name, array, format } of ordered) {
    const end = offset + array.data.byteLength;
    header[name] = { dtype: format.code, shape: array.shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = JSON.stringify(header);
  const encoded = new TextEncoder().encode(text);
  const padded = Math.ceil(encoded.length / 8) * 8;
  const file = new Uint8Array(8 + padded + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.fill(32, 8, 8 + padded);
  file.set(encoded, 8);
  let at = 8 + padded;
  for (const { array } of ordered) {
    file.set(bytesOf(array), at);
    at += array.data.byteLength;
  }
  return file;
}

/** Tensors and metadata of a file. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, HostArray>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads a safetensors file. The arrays share the memory of `file` where alignment allows.
 *
 * @param where the name of the file, for errors
 * @throws {DataError} when the file is truncated, corrupt, or holds a dtype that is not supported
 */
export function readSafetensors(where: string, file: Uint8Array): SafetensorsFile {
  const { header, data } = splitFile(where, file);
  const entries: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  const tensors = new Map<string, HostArray>();
  const metadata = new Map<string, string>();
  for (const [name, entry] of Object.entries(header)) {
    if (!isJsonObject(entry)) throw new DataError(where, `the header entry '${name}' is not an object.`);
    if (name === '__metadata__') {
      for (const [key, value] of Object.entries(entry)) {
        if (typeof value !== 'string')
          throw new DataError(where, `the metadata entry '${key}' is not a string.`);
        metadata.set(key, value);
      }
      continue;
    }
    const { array, begin, end } = readEntry(where, name, entry, data);
    tensors.set(name, array);
    entries.push({ name, begin, end });
  }
  requireCover(where, entries, data.length);
  return { tensors, metadata };
}

function splitFile(where: string, file: Uint8Array): { header: JsonObject; data: Uint8Array } {
  if (file.length < 8) {
    throw new DataError(
      where,
      `the file has ${file.length} bytes; a safetensors file begins with 8 bytes of length.`,
    );
  }
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new DataError(
      where,
      `the header claims ${length} bytes, more than the limit of ${MAX_HEADER_BYTES}.`,
      'This is not a safetensors file, or it is damaged.',
    );
  }
  const end = 8 + Number(length);
  if (end > file.length) {
    throw new DataError(
      where,
      `the header claims ${length} bytes, but the file has only ${file.length - 8} after its length.`,
      'The file is truncated.',
    );
  }
  return { header: parseJsonObject(where, 'header', file.subarray(8, end)), data: file.subarray(end) };
}

function readEntry(
  where: string,
  name: string,
  entry: JsonObject,
  data: Uint8Array,
): { array: HostArray; begin: number; end: number } {
  const format = FORMATS.find(({ code }) => code === entry.dtype);
  if (format === undefined) {
    throw new DataError(
      where,
      `'${name}' has dtype ${JSON.stringify(entry.dtype)}; supported are ${FORMATS.map(({ code }) => code).join(', ')}.`,
    );
  }
  const shape = readIntegers(entry.shape);
  if (shape === undefined || shape.length > MAX_RANK) {
    throw new DataError(where, `'${name}' has no valid shape: ${JSON.stringify(entry.shape)}.`);
  }
  const offsets = readIntegers(entry.data_offsets);
  const [begin, end] = offsets ?? [];
  if (offsets?.length !== 2 || begin === undefined || end === undefined || begin > end) {
    throw new DataError(where, `'${name}' has no valid data_offsets: ${JSON.stringify(entry.data_offsets)}.`);
  }
  if (end > data.length) {
    throw new DataError(
      where,
      `'${name}' ends at byte ${end}, but there are only ${data.length} bytes of data.`,
      'The file is truncated.',
    );
  }
  const bytes = shape.reduce((product, extent) => product * extent, format.bytes);
  if (bytes !== end - begin) {
    throw new DataError(
      where,
      `'${name}' is ${format.code} [${shape}], which takes ${bytes} bytes, but its data has ${end - begin}.`,
    );
  }
  const { dtype } = format;
  return { array: { data: hostArrayOver(dtype, data.subarray(begin, end)), shape, dtype }, begin, end };
}

function readIntegers(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const integers = value.filter((item): item is number => Number.isSafeInteger(item) && item >= 0);
  return integers.length === value.length ? integers : undefined;
}

/** Entries must tile the data: no overlap that would alias tensors, no hole that would hide bytes. */
function requireCover(
  where: string,
  entries: readonly { readonly name: string; readonly begin: number; readonly end: number }[],
  length: number,
): void {
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) {
      throw new DataError(
        where,
        `'${name}' begins at byte ${begin}, expected ${at}: entries overlap or leave holes.`,
      );
    }
    at = end;
  }
  if (at !== length) {
    throw new DataError(where, `the data has ${length} bytes, but its entries take ${at}.`);
  }
}
