/**
 * Takes the times: rounds of all contestants interleaved, so that a slow minute of the machine hits all of them, every
 * result checked before its time counts.
 */
import type { Problem } from '../peers/protocol.mjs';
import { calmRounds } from './calm';
import { ContestantError, ContestantProcess, type ContestantSpec } from './contestant';
import type { Entrant } from './contestants';
import { compareScaledDown, createJudge, hasOwnReference, type Judge } from './judge';
import { median } from './statistics';
import type { Workload } from './workloads';

export interface MeasureOptions {
  readonly rounds: number;
  /** A contestant stops taking part in rounds of a workload after this long, but not before its third. */
  readonly budgetSeconds: number;
  /** Writes a problem where contestants can read it, and returns the file. The two of a workload are there at once. */
  readonly write: (problem: Problem, extents: 'whole' | 'small') => string;
  /** Judges scaled-down problems. */
  readonly interpreter: () => ContestantSpec;
}

export interface Measurement {
  readonly contestant: string;
  readonly group: string;
  readonly isOwn: boolean;
  /** The median over the rounds, in the workload's unit; absent when it could not take part. */
  readonly median?: number;
  /** What each kept round gave; absent where it no longer took part. */
  readonly rounds: readonly (number | undefined)[];
  /** Of a training step: the loss of the first step and of the last of a round. */
  readonly losses?: { readonly first: number; readonly last: number; readonly steps: number };
  readonly reason?: string;
}

export interface WorkloadResult {
  readonly id: string;
  readonly workload: string;
  readonly unit: string;
  readonly discardedRounds: number;
  /** Rounds that count although the machine moved in them. */
  readonly disturbedRounds: number;
  readonly measurements: readonly Measurement[];
}

/** A round repeats the work until it takes about this long, and at most as often as the workload says. */
const roundSeconds = 0.5;
/** Rounds that everybody has, whatever the budget. */
const fewestRounds = 3;

interface Participant {
  readonly entrant: Entrant;
  readonly process: ContestantProcess;
  repetitions: number;
  spentSeconds: number;
  finishedRounds: number;
  losses?: { first: number; last: number; steps: number };
  reason?: string;
}

export async function measure(
  workload: Workload,
  entrants: readonly Entrant[],
  options: MeasureOptions,
): Promise<WorkloadResult> {
  const problem = workload.problem();
  const judge = createJudge(problem, workload.repetitions);
  const taking = entrants.filter(({ applies }) => applies === undefined || applies(problem.spec));
  const small = await scaledDown(workload, problem, options);
  const file = options.write(problem, 'whole');
  const participants: Participant[] = [];
  try {
    for (const entrant of taking) {
      const participant: Participant = {
        entrant,
        process: new ContestantProcess(entrant),
        repetitions: 1,
        spentSeconds: 0,
        finishedRounds: 0,
      };
      participants.push(participant);
      await attempt(participant, async () => {
        await small?.(participant.process);
        await warmUp(participant, file, judge, workload.repetitions, options.budgetSeconds);
      });
    }
    const { kept, discarded, disturbed } = await calmRounds(options.rounds, () =>
      oneRound(participants, workload, judge, options.budgetSeconds),
    );
    return {
      id: workload.id,
      workload: workload.name,
      unit: workload.unit,
      discardedRounds: discarded,
      disturbedRounds: disturbed,
      measurements: participants.map((participant) => {
        const rounds = kept.map(({ result }) => result.get(participant));
        return measurementOf(participant, rounds, problem.spec.kind === 'training');
      }),
    };
  } finally {
    for (const { process } of participants) process.close();
  }
}

/** The rate of everybody who takes part in this round. */
async function oneRound(
  participants: readonly Participant[],
  { scale }: Workload,
  judge: Judge,
  budgetSeconds: number,
): Promise<ReadonlyMap<Participant, number>> {
  const rates = new Map<Participant, number>();
  for (const participant of participants) {
    const isOut = participant.spentSeconds > budgetSeconds && participant.finishedRounds >= fewestRounds;
    if (participant.reason !== undefined || isOut) continue;
    await attempt(participant, async () => {
      const { repetitions } = participant;
      const round = await participant.process.round(repetitions);
      judge(round, repetitions);
      participant.spentSeconds += round.seconds;
      participant.finishedRounds++;
      participant.losses = {
        first: round.values.at(0) ?? Number.NaN,
        last: round.values.at(-1) ?? Number.NaN,
        steps: round.values.length,
      };
      rates.set(participant, (repetitions * scale) / round.seconds);
    });
  }
  return rates;
}

function measurementOf(
  { entrant, losses, reason }: Participant,
  rounds: readonly (number | undefined)[],
  isTraining: boolean,
): Measurement {
  const { name: contestant, group, isOwn } = entrant;
  const taken = rounds.filter((rate) => rate !== undefined);
  if (reason !== undefined) return { contestant, group, isOwn, rounds, reason };
  if (taken.length === 0)
    return { contestant, group, isOwn, rounds, reason: 'none of its rounds was calm within its budget' };
  return { contestant, group, isOwn, rounds, median: median(taken), ...(isTraining && losses && { losses }) };
}

/** A failure takes the contestant out of this workload, and is its reason in the report. */
async function attempt(participant: Participant, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ContestantError)) throw error;
    participant.reason = error.message;
  }
}

/** A round while warming up has at most so many times the repetitions of the one before. */
const warmUpGrowth = 8;

/**
 * Rounds that are not counted: the first compiles; more follow, of more and more repetitions, until what they took tells
 * how many fill a round.
 */
async function warmUp(
  participant: Participant,
  problemFile: string,
  judge: Judge,
  mostRepetitions: number,
  budgetSeconds: number,
): Promise<void> {
  const { process } = participant;
  await process.prepare(problemFile);
  let repetitions = 1;
  for (let round = 0; ; round++) {
    const result = await process.round(repetitions);
    judge(result, repetitions);
    if (result.seconds > budgetSeconds)
      throw new ContestantError(
        `too slow: ${Math.round(result.seconds)} s for one repetition, of a budget of ${budgetSeconds} s`,
      );
    const fill = Math.round((repetitions * roundSeconds) / result.seconds);
    const isKnown = round > 0 && fill <= warmUpGrowth * repetitions;
    const next = Math.max(1, Math.min(mostRepetitions, fill, warmUpGrowth * repetitions));
    participant.repetitions = next;
    if (isKnown || (round > 0 && next === mostRepetitions)) return;
    repetitions = round === 0 ? 1 : next;
  }
}

/** Steps or predictions of a scaled-down problem. */
const smallRepetitions = 2;

/** @returns what compares a contestant with the interpreter; nothing where the problem has a reference of its own */
async function scaledDown(
  { scaledDown: make }: Workload,
  { spec }: Problem,
  { write, interpreter }: MeasureOptions,
): Promise<((process: ContestantProcess) => Promise<void>) | undefined> {
  if (hasOwnReference(spec)) return undefined;
  if (!make) throw new Error('A workload without a reference of its own needs a scaled-down problem.');
  const problem = make();
  const file = write(problem, 'small');
  const valuesOf = async (process: ContestantProcess): Promise<readonly number[]> => {
    await process.prepare(file);
    return (await process.round(smallRepetitions)).values;
  };
  const judge = new ContestantProcess(interpreter());
  try {
    const interpreted = await valuesOf(judge);
    return async (process) => compareScaledDown(problem.spec, await valuesOf(process), interpreted);
  } finally {
    judge.close();
  }
}
