/**
 * Takes the times: rounds of all contestants interleaved, so that a slow minute of the machine hits all of them, every
 * result checked before its time counts.
 */
import { ContestantError, ContestantProcess, type ContestantSpec, type Round } from './contestant';
import type { Workload } from './problems';
import { referenceChain, referenceLosses, referenceProduct } from './reference';
import { median } from './statistics';

export interface MeasureOptions {
  readonly rounds: number;
  /** A contestant stops taking part in rounds of a workload after this long, but not before its third. */
  readonly budgetSeconds: number;
}

export interface Measurement {
  readonly contestant: string;
  readonly workload: string;
  readonly unit: string;
  /** The median over the rounds, in `unit`; absent when it could not take part. */
  readonly median?: number;
  readonly rounds: readonly number[];
  readonly reason?: string;
}

/** A round repeats the work until it takes about this long, and at most `maxRepetitions` times. */
const roundSeconds = 0.5;
const maxRepetitions = 20;

/** How far a value may be from the float64 reference: relative, with `absolute` for values near zero. */
const tolerance = {
  gemm: { relative: 1e-4, absolute: 1e-3 },
  eager: { relative: 1e-4, absolute: 1e-4 },
  training: { relative: 1e-2, absolute: 1e-3 },
};

interface Participant {
  readonly spec: ContestantSpec;
  readonly process: ContestantProcess;
  repetitions: number;
  spentSeconds: number;
  readonly rates: number[];
  reason?: string;
}

export async function measure(
  workload: Workload,
  problemFile: string,
  contestants: readonly ContestantSpec[],
  options: MeasureOptions,
): Promise<Measurement[]> {
  const judge = createJudge(workload);
  const participants: Participant[] = [];
  try {
    for (const spec of contestants) {
      const participant: Participant = {
        spec,
        process: new ContestantProcess(spec),
        repetitions: 1,
        spentSeconds: 0,
        rates: [],
      };
      participants.push(participant);
      await attempt(participant, () => warmUp(participant, problemFile, judge));
    }
    for (let round = 0; round < options.rounds; round++) {
      for (const participant of participants) {
        const isOut = participant.spentSeconds > options.budgetSeconds && participant.rates.length >= 3;
        if (participant.reason !== undefined || isOut) continue;
        await attempt(participant, async () => {
          const result = await participant.process.round(participant.repetitions);
          judge(result);
          participant.spentSeconds += result.seconds;
          participant.rates.push((participant.repetitions * workload.scale) / result.seconds);
        });
      }
    }
  } finally {
    for (const { process } of participants) process.close();
  }
  return participants.map(({ spec, rates, reason }) => ({
    contestant: spec.name,
    workload: workload.name,
    unit: workload.unit,
    rounds: rates,
    ...(reason === undefined ? { median: median(rates) } : { reason }),
  }));
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

/** The first round compiles and is not counted; the second tells how many repetitions fill a round. */
async function warmUp(
  participant: Participant,
  problemFile: string,
  judge: (round: Round) => void,
): Promise<void> {
  await participant.process.prepare(problemFile);
  let last = await participant.process.round(1);
  judge(last);
  let seconds = last.seconds;
  if (seconds < 2 * roundSeconds) {
    last = await participant.process.round(2);
    judge(last);
    seconds = last.seconds / 2;
  }
  participant.repetitions = Math.min(maxRepetitions, Math.max(1, Math.round(roundSeconds / seconds)));
}

/** @returns a function that throws a ContestantError when a round computed something else than the reference */
function createJudge({ problem }: Workload): (round: Round) => void {
  const { kind } = problem.spec;
  let expected: number[] = [];
  if (kind === 'gemm') expected = referenceProduct(problem);
  if (kind === 'eager') expected = referenceChain(problem);
  const { relative, absolute } = tolerance[kind];
  return ({ values }) => {
    if (kind === 'training' && expected.length < values.length) {
      expected = referenceLosses(problem, values.length > 2 ? maxRepetitions : values.length);
    }
    for (const [i, value] of values.entries()) {
      const wanted = expected[i] ?? Number.NaN;
      if (Math.abs(value - wanted) <= absolute + relative * Math.abs(wanted)) continue;
      throw new ContestantError(`wrong result: value ${i} is ${value}, the reference says ${wanted}`);
    }
  };
}
