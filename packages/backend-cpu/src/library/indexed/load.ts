/**
 * The code of scatters, sorting and scans, which is loaded with the first call: training an embedding needs it, predictions
 * seldom do.
 */
import { known } from '../../known';
import type { LibraryExecutable } from '../executable';
import type { Machine } from '../machine';
import type { IndexedPayload } from './match';

type Prepare = (name: string, payload: IndexedPayload, machine: Machine) => LibraryExecutable;

let prepare: Prepare | undefined;

/** Loads the code; undefined where it is there. */
export function loadIndexed(): Promise<void> | undefined {
  if (prepare !== undefined) return undefined;
  return import('../../on-demand').then(({ prepareIndexed }) => {
    prepare = prepareIndexed;
  });
}

/** Makes an executable, after `loadIndexed`. */
export const indexedExecutable: Prepare = (name, payload, machine) =>
  known(prepare, `the code of ${name}`)(name, payload, machine);
