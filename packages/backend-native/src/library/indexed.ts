/** Scatters, sorting and scans: what the addon is told. */
import type { IndexedPayload } from '@hadal/core/indexed';
import { WordWriter } from '../words';
import { ARGSORT, SCAN, SCATTER } from './kinds';

const OPERATION_CODES = { scatter: SCATTER, argsort: ARGSORT, scan: SCAN } as const;

/** In the order of `Element` in native/indexed/indexed.h. */
const ELEMENT_CODES: ReadonlyMap<string, number> = new Map([
  ['float32', 0],
  ['int32', 1],
  ['uint8', 2],
  ['bool', 2],
]);

/** In the order of `Combine` in native/indexed/indexed.h. */
const COMBINE_CODES: ReadonlyMap<unknown, number> = new Map([
  ['set', 0],
  ['add', 1],
  ['mul', 2],
  ['max', 3],
  ['min', 4],
  ['cumSum', 1],
  ['cumProd', 2],
  ['cumMax', 3],
  ['cumMin', 4],
]);

function codeOf(codes: ReadonlyMap<unknown, number>, key: unknown): number {
  const code = codes.get(key);
  if (code === undefined) throw new RangeError(`the addon has no indexed kernel for ${key}`);
  return code;
}

/** A sort combines nothing; its word is that of a scatter that sets. */
export function encodeIndexed({ operation, dtype, combine }: IndexedPayload): Float64Array<ArrayBuffer> {
  const words = new WordWriter();
  words.pushAll([
    OPERATION_CODES[operation],
    codeOf(ELEMENT_CODES, dtype),
    codeOf(COMBINE_CODES, combine ?? 'set'),
  ]);
  return words.finish();
}
