/**
 * Scatters, sorting and scans. A module of its own, loaded with the first call, since predictions seldom need it.
 */

import type { IndexedPayload } from '@hadal/core/indexed';
import { recorded } from '../caller';
import type { LibraryExecutable } from '../executable';
import type { Machine } from '../machine';
import { prepareScan } from './scan';
import { prepareScatter } from './scatter';
import { prepareArgsort } from './sort';

const PREPARE = { scatter: prepareScatter, argsort: prepareArgsort, scan: prepareScan };

export const prepareIndexed = (name: string, payload: IndexedPayload, machine: Machine): LibraryExecutable =>
  recorded(name, PREPARE[payload.operation](payload, machine), machine);
