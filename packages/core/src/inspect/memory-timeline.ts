/**
 * How much temporary memory a program needs at each of its steps, and which steps make the peak.
 *
 * Bytes are those of the values themselves. The arena is at least the peak; what it has beyond is alignment and gaps.
 */
import type { Program } from '../device/program';
import { ArgumentError } from '../errors';
import type { Executable, Section } from '../plan/executable';
import { temporaryLives } from '../plan/lives';
import { type BaseBuffer, bytesOf } from '../schedule/placement';
import type { Schedule } from '../schedule/schedule';
import { oneLine } from './format';

/** A value that a program writes and that stays when it is over. */
export interface TimelineOutput {
  /** Extents of the tensor. */
  readonly shape: readonly number[];
  /** Its size. */
  readonly bytes: number;
}

export interface TimelineStep {
  /** Kernel or library call, after the operations in it. */
  readonly name: string;
  /** Temporary bytes that are in use while the step runs. */
  readonly liveBytes: number;
  /** What control flow repeats or chooses; its memory is part of `liveBytes`. */
  readonly bodies: readonly { readonly title: string; readonly timeline: MemoryTimeline }[];
}

/** Plain data. */
export interface MemoryTimeline {
  /** In the order in which they run. */
  readonly steps: readonly TimelineStep[];
  /** The most bytes live at once, and the first step at which they are; -1 without steps. */
  readonly peakBytes: number;
  /** The first step at which the most bytes are live; -1 without steps. */
  readonly peakStep: number;
  /** What the device leases for one run. */
  readonly arenaBytes: number;
  /** What the steps write outside of the arena: results, not the variables that are updated in place. */
  readonly outputs: readonly TimelineOutput[];
}

/**
 * The bytes that live at each step of a program.
 *
 * @param program of `compiled.program(...)`
 * @throws {ArgumentError} for a program of the interpreter, which plans no memory
 * @example
 * const step = compile((x: Tensor) => softmax(x.matmul(x)));
 * const { peakBytes, arenaBytes } = memoryTimeline(await step.program(ones([64, 64])));
 */
export function memoryTimeline({ plan }: Program): MemoryTimeline {
  if (plan === undefined) {
    throw new ArgumentError(
      'memoryTimeline',
      'the interpreter plans no memory, every operation has its own.',
      "take a program of another device, for example of setDevice(await cpu()) of '@hadal/backend-cpu'.",
    );
  }
  return timelineOf(plan);
}

function timelineOf({ sections, passing, arenaBytes }: Executable): MemoryTimeline {
  const steps = sections.flatMap((section, index) => stepsOf(section, passing?.[index]?.heldBytes ?? 0));
  const peakBytes = steps.reduce((peak, { liveBytes }) => Math.max(peak, liveBytes), 0);
  return {
    steps,
    peakBytes,
    peakStep: steps.findIndex(({ liveBytes }) => liveBytes === peakBytes),
    arenaBytes,
    outputs: sections.flatMap((section, index) => {
      const writes = passing?.[index]?.writes;
      if (!('steps' in section)) {
        const written = writes?.filter(({ kind }) => kind === 'target') ?? [];
        return written.map(({ shape, bytes }) => ({ shape, bytes }));
      }
      // Between sections an output may be a temporary value of the whole.
      return section.bases
        .filter((base) => base.kind === 'output' && (writes?.[base.index]?.kind ?? 'target') === 'target')
        .map(outputOf);
    }),
  };
}

/** @param heldBytes what lives around the section */
function stepsOf(section: Section, heldBytes: number): TimelineStep[] {
  if ('steps' in section) {
    const live = liveBytesOf(section);
    return section.steps.map(({ name }, at) => ({
      name,
      liveBytes: heldBytes + (live[at] ?? 0),
      bodies: [],
    }));
  }
  const { title, arenaBytes, bodies } = section;
  return [
    {
      name: oneLine(title),
      liveBytes: heldBytes + arenaBytes,
      bodies: bodies.map((body) => ({ title: body.title, timeline: timelineOf(body.executable) })),
    },
  ];
}

function liveBytesOf(schedule: Schedule): number[] {
  const live = schedule.steps.map(() => 0);
  for (const { bytes, first, last } of temporaryLives(schedule).values()) {
    for (let at = first; at <= last; at++) live[at] = (live[at] ?? 0) + bytes;
  }
  return live;
}

const outputOf = (base: BaseBuffer): TimelineOutput => ({ shape: base.shape, bytes: bytesOf(base) });
