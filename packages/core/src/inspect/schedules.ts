/** The schedules of a plan, those of loops and branches included. */
import type { Section } from '../plan/executable';
import type { Schedule } from '../schedule/schedule';

export const schedulesOf = (sections: readonly Section[]): Schedule[] =>
  sections.flatMap((section) =>
    'steps' in section
      ? [section]
      : section.bodies.flatMap(({ executable }) => schedulesOf(executable.sections)),
  );
