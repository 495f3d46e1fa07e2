/**
 * How long each temporary buffer of a schedule has to be there: from the step that first writes it to the last that
 * reads it.
 */
import { bytesOf } from '../schedule/placement';
import type { Schedule, Step } from '../schedule/schedule';
import type { Interval } from './arena';

/** Temporary buffers by number; the workspace of step i comes under the number of buffers + i. */
export function temporaryLives({ steps, bases }: Schedule): Map<number, Interval> {
  const lives = new Map<number, Interval>();
  const use = (base: number, at: number, bytes: number): void => {
    lives.set(base, { bytes, first: lives.get(base)?.first ?? at, last: at });
  };
  steps.forEach((step, at) => {
    for (const base of basesOf(step)) {
      const buffer = bases[base];
      if (buffer?.kind === 'temporary') use(base, at, bytesOf(buffer));
    }
    const workspace = workspaceBytesOf(step);
    if (workspace > 0) use(bases.length + at, at, workspace);
  });
  return lives;
}

/** Memory that a step needs for itself. */
export const workspaceBytesOf = (step: Step): number =>
  step.kind === 'library' ? step.call.workspaceBytes : 0;

function basesOf(step: Step): readonly number[] {
  switch (step.kind) {
    case 'kernel':
      return step.lowered.bases;
    case 'library':
      return step.ranges.map(({ base }) => base);
    case 'copy':
      return [step.from.base, step.to.base];
  }
}
