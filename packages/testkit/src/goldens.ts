/**
 * Golden values: inputs and outputs that another framework computed, kept in a small safetensors file.
 *
 * Tensors are named `<name>/in0`, `<name>/in1`, … and `<name>/out0`, …; the metadata entry `reference` says what made
 * them. The format: 8 bytes of header length (little endian), a JSON header, the tensors' bytes.
 */
import { DataError, type DType, hostArrayOver } from '@hadal/core';
import type { Result } from './compare';

export interface GoldenTensor extends Result {
  readonly dtype: DType;
}

/** What another framework made of some inputs. */
export interface Golden {
  readonly inputs: readonly GoldenTensor[];
  readonly outputs: readonly GoldenTensor[];
}

export interface Goldens {
  /** The frameworks that computed the values, with their versions. */
  readonly reference: string;
  readonly entries: ReadonlyMap<string, Golden>;
}

const DTYPES: Readonly<Record<string, DType>> = {
  F32: 'float32',
  F64: 'float64',
  I8: 'int8',
  I16: 'int16',
  I32: 'int32',
  U8: 'uint8',
  U32: 'uint32',
  BOOL: 'bool',
};

const LENGTH_BYTES = 8;

/**
 * Reads a file of golden values.
 *
 * @throws {DataError} when it is not a safetensors file, or holds other dtypes than these
 * @example
 * const { reference, entries } = readGoldens(await readFile('foundation.safetensors'));
 */
export function readGoldens(file: Uint8Array): Goldens {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = file.byteLength < LENGTH_BYTES ? -1 : Number(view.getBigUint64(0, true));
  if (length < 0 || length > file.byteLength - LENGTH_BYTES) {
    throw new DataError(
      'readGoldens',
      `${file.byteLength} bytes do not hold a safetensors header of ${length}.`,
    );
  }
  const text = new TextDecoder().decode(file.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  const header: unknown = JSON.parse(text);
  if (typeof header !== 'object' || header === null)
    throw new DataError('readGoldens', 'the header is no object.');
  // A copy, also of a Node Buffer, whose own slice would share the file's memory and its alignment.
  const body = new Uint8Array(file.subarray(LENGTH_BYTES + length));
  const entries = new Map<string, { inputs: GoldenTensor[]; outputs: GoldenTensor[] }>();
  let reference = 'unknown';
  for (const [key, value] of Object.entries(header)) {
    if (key === '__metadata__') {
      reference = String(value.reference);
      continue;
    }
    const match = /^(.*)\/(in|out)(\d+)$/.exec(key);
    if (match === null)
      throw new DataError('readGoldens', `tensor "${key}" is not named <name>/in<i> or <name>/out<i>.`);
    const [, name = '', side, index] = match;
    const entry = entries.get(name) ?? { inputs: [], outputs: [] };
    entries.set(name, entry);
    (side === 'in' ? entry.inputs : entry.outputs)[Number(index)] = readTensor(key, value, body);
  }
  return { reference, entries };
}

function readTensor(key: string, value: unknown, body: Uint8Array): GoldenTensor {
  if (
    typeof value !== 'object' ||
    value === null ||
    !('dtype' in value && 'shape' in value && 'data_offsets' in value)
  ) {
    throw new DataError('readGoldens', `tensor "${key}" has no dtype, shape and data_offsets.`);
  }
  const dtype = DTYPES[String(value.dtype)];
  const [shape, offsets] = [numbers(value.shape), numbers(value.data_offsets)];
  const [start = -1, end = -1] = offsets;
  if (dtype === undefined || start < 0 || end < start || end > body.byteLength) {
    throw new DataError(
      'readGoldens',
      `tensor "${key}" of dtype ${String(value.dtype)} at [${offsets.join(', ')}] cannot be read.`,
    );
  }
  return { dtype, shape, values: hostArrayOver(dtype, body.slice(start, end)) };
}

const numbers = (value: unknown): number[] => (Array.isArray(value) ? value.map(Number) : []);
