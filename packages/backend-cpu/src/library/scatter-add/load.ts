/**
 * Scatter-add's code, which is loaded with the first call: training an embedding needs it, predictions seldom do.
 */
import { known } from '../../known';
import type { LibraryExecutable } from '../executable';
import type { Machine } from '../machine';

let prepare: ((name: string, machine: Machine) => LibraryExecutable) | undefined;

/** Loads the code; undefined where it is there. */
export function loadScatterAdd(): Promise<void> | undefined {
  if (prepare !== undefined) return undefined;
  return import('../../on-demand').then(({ prepareScatterAdd }) => {
    prepare = prepareScatterAdd;
  });
}

/** Makes the executable of every scatter-add, after `loadScatterAdd`. */
export const scatterAddExecutable = (name: string, machine: Machine): LibraryExecutable =>
  known(prepare, 'the code of scatterAdd')(name, machine);
