/**
 * Scatters, sorting and scans. A module of its own, loaded with the first call, since predictions seldom need it.
 */

import type { IndexedPayload } from '@hadal/core/indexed';
import type { LibraryExecutable } from '../executable';
import type { Machine } from '../machine';
import { prepareScan } from './scan';
import { prepareScatter } from './scatter';
import { prepareArgsort } from './sort';

/** A call as the calls of functions that it consists of. */
export type RecordedCall = NonNullable<LibraryExecutable['record']>;

const PREPARE = { scatter: prepareScatter, argsort: prepareArgsort, scan: prepareScan };

export function prepareIndexed(name: string, payload: IndexedPayload, machine: Machine): LibraryExecutable {
  const record = PREPARE[payload.operation](payload, machine);
  return {
    name,
    record,
    run: (addresses, _scalars, integers) => record(machine.caller, addresses, integers),
  };
}
