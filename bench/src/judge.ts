/**
 * Whether a contestant computed what it should have: the values of a run beside the reference, or, where plain loops
 * would take too long, beside what the first contestant computed.
 */
import type { Problem, ProblemSpec } from '../peers/protocol.mjs';
import { ContestantError, type Round } from './contestant';
import { referenceChain, referenceConvolution, referenceProduct, referenceRows } from './reference/kernels';
import { hasReference, referenceLosses, referencePrediction } from './reference/networks';

/** How far a value may be from the reference: relative, with `absolute` for values near zero. */
interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

const tolerances: Readonly<Record<ProblemSpec['kind'], Tolerance>> = {
  gemm: { relative: 1e-4, absolute: 1e-3 },
  conv: { relative: 1e-4, absolute: 1e-3 },
  rows: { relative: 1e-4, absolute: 1e-5 },
  // A chain of 10,000 additions in float32 rounds 10,000 times, at values in the thousands.
  eager: { relative: 1e-4, absolute: 1e-1 },
  training: { relative: 1e-2, absolute: 1e-3 },
  inference: { relative: 1e-3, absolute: 1e-3 },
};
/** bfloat16 keeps 8 bits: results are rounded by up to 2⁻⁹ of themselves. */
const halfTolerance: Tolerance = { relative: 1e-2, absolute: 1e-2 };

/**
 * Losses that are compared. After more steps the rounding of float32 has grown to the tolerance in correct programs too;
 * later losses have to be finite.
 */
const comparedSteps = 40;

/** Throws a ContestantError when a run of so many repetitions computed something else. */
export type Judge = (round: Round, repetitions: number) => void;

const toleranceOf = (spec: ProblemSpec): Tolerance =>
  spec.kind === 'gemm' && spec.dtype === 'bfloat16' ? halfTolerance : tolerances[spec.kind];

function compare(
  values: readonly number[],
  expected: readonly number[],
  spec: ProblemSpec,
  whose: string,
): void {
  const { relative, absolute } = toleranceOf(spec);
  if (!values.every(Number.isFinite)) throw new ContestantError('wrong result: it is not finite');
  for (const [i, value] of values.entries()) {
    if (spec.kind === 'training' && i >= comparedSteps) break;
    const wanted = expected[i] ?? Number.NaN;
    if (Math.abs(value - wanted) <= absolute + relative * Math.abs(wanted)) continue;
    throw new ContestantError(`wrong result: value ${i} is ${value}, ${whose} says ${wanted}`);
  }
}

/** What a run has to give. */
function expectedOf({ spec, blocks }: Problem, repetitions: number): number[] {
  const input = (inputs: number): number => (repetitions - 1) % inputs;
  switch (spec.kind) {
    case 'gemm':
      return referenceProduct(spec, blocks, input(spec.inputs));
    case 'conv':
      return referenceConvolution(spec, blocks, input(spec.inputs));
    case 'rows':
      return referenceRows(spec, blocks, input(spec.inputs));
    case 'eager':
      return referenceChain(spec, blocks);
    case 'training':
      return referenceLosses({ spec, blocks }, repetitions);
    case 'inference':
      return referencePrediction({ spec, blocks }, input(spec.batches));
  }
}

/** Repetitions that give the same result: losses are a beginning of each other, other results come back in turn. */
function keyOf(spec: ProblemSpec, repetitions: number): number {
  if (spec.kind === 'training' || spec.kind === 'eager') return 0;
  return (repetitions - 1) % (spec.kind === 'inference' ? spec.batches : spec.inputs);
}

/** Whether plain loops compute the problem in reasonable time. */
export const hasOwnReference = (spec: ProblemSpec): boolean =>
  (spec.kind !== 'training' && spec.kind !== 'inference') || hasReference(spec);

/** @param mostRepetitions of any run: the reference computes so many steps at once */
export function createJudge(problem: Problem, mostRepetitions: number): Judge {
  const { spec } = problem;
  const known = new Map<number, readonly number[]>();
  if (!hasOwnReference(spec)) return agreement(spec, known);
  return ({ values }, repetitions) => {
    const key = keyOf(spec, repetitions);
    let expected = known.get(key);
    const compared = Math.min(values.length, comparedSteps);
    if (expected === undefined || (spec.kind === 'training' && expected.length < compared)) {
      // Warming up takes one step; whoever is wrong is found before all are computed.
      const most = Math.min(mostRepetitions, comparedSteps);
      const steps = spec.kind === 'training' && repetitions > 1 ? most : repetitions;
      expected = expectedOf(problem, steps);
      known.set(key, expected);
    }
    compare(values, expected, spec, 'the reference');
  };
}

/** A judge that holds everybody to what came first. */
function agreement(spec: ProblemSpec, known: Map<number, readonly number[]>): Judge {
  return ({ values }, repetitions) => {
    const key = keyOf(spec, repetitions);
    const expected = known.get(key);
    compare(values.slice(0, expected?.length), expected ?? values, spec, 'who came first');
    if (expected === undefined || expected.length < values.length) known.set(key, values);
  };
}

/** Compares a run of a small problem with what the interpreter computed for it. */
export function compareScaledDown(
  spec: ProblemSpec,
  values: readonly number[],
  interpreted: readonly number[],
): void {
  compare(values, interpreted, spec, 'the interpreter (scaled down)');
}
