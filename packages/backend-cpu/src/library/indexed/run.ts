/**
 * Scatters and sorting. A module of its own, loaded with the first call, since predictions seldom need it.
 */
import type { LibraryExecutable } from '../executable';
import type { Machine } from '../machine';
import type { IndexedPayload } from './match';
import { prepareScatter } from './scatter';
import { prepareArgsort } from './sort';

export const prepareIndexed = (name: string, payload: IndexedPayload, machine: Machine): LibraryExecutable =>
  payload.operation === 'argsort'
    ? prepareArgsort(name, payload, machine)
    : prepareScatter(name, payload, machine);
