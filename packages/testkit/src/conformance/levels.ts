/**
 * Parts of the suite for devices that can be had at several levels: instruction sets and numbers of threads. All cases at
 * each of them take long; a part of them at each, and every case at some, finds most of what is wrong.
 */
import type { ConformanceCase } from './case';

/** Operations for which libraries bring kernels per instruction set, or that decide how work is dealt to threads. */
const LIBRARY = /conv|matmul|dot|einsum|scatter|segment|sort|cum|attention|lstm|gru|pool|softmax|norm/i;
/** The cases of such an operation come at one level in so many. */
const LIBRARY_PARTS = 3;

/** Whether every case is to run at every level: the environment variable HADAL_LEVELS is `whole`. */
export const wantsWholeLevels = (): boolean => globalThis.process?.env?.HADAL_LEVELS === 'whole';

/**
 * Of every group one case, another one for each level; of operations that libraries take a third, so that three levels
 * in a row have all.
 *
 * @param level its number, from 0
 * @example
 * const cases = casesAtLevel(conformanceCases({ device }), 4);
 */
export function casesAtLevel(cases: readonly ConformanceCase[], level: number): ConformanceCase[] {
  if (wantsWholeLevels()) return [...cases];
  const groups = new Map<string, ConformanceCase[]>();
  for (const each of cases) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return [...groups].flatMap(([group, members]) =>
    members.filter(
      (_, i) =>
        i === level % members.length || (LIBRARY.test(group) && i % LIBRARY_PARTS === level % LIBRARY_PARTS),
    ),
  );
}
