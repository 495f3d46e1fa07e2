/**
 * The conformance suite: what a device must do to be a device of Hadal.
 */
import type { Device } from '@hadal/core';
import { FAMILIES, SAMPLES } from '../operations';
import type { OperationFamily } from '../operations/family';
import type { Sample } from '../sample';
import type { ConformanceCase } from './case';
import { checkCases } from './checks';
import { forwardCases } from './forward';
import { fusionCases } from './fusion';
import { gradientCases } from './gradients';
import { packedCases } from './packed';
import { stateCases } from './state';
import { trainingCases } from './training';

export interface ConformanceOptions {
  /** The device under test, or how to make it; made once. */
  readonly device: Device | (() => Device | Promise<Device>);
  /** Keeps only some cases. */
  readonly filter?: (group: string, name: string) => boolean;
  /** Samples of operations of your own, run like those of Hadal. */
  readonly samples?: readonly Sample[];
  /** Families of operations of your own; their samples and checks are run. */
  readonly families?: readonly OperationFamily[];
  /** Random inputs depend on it and on the name of the case alone; failures print it. Default 1. */
  readonly seed?: number;
}

/**
 * Everything a device must do, as cases that any test runner can run.
 *
 * @example
 * for (const { group, name, run } of conformanceCases({ device: () => cpu() })) {
 *   it(`${group} ${name}`, run);
 * }
 */
export function conformanceCases({
  device,
  filter,
  samples = [],
  families = [],
  seed = 1,
}: ConformanceOptions): ConformanceCase[] {
  let made: Promise<Device> | undefined;
  const context = {
    seed,
    device: () => {
      made ??= Promise.resolve(typeof device === 'function' ? device() : device);
      return made;
    },
  };
  const all = [...SAMPLES, ...families.flatMap((family) => family.samples), ...samples];
  const cases = [
    ...forwardCases(all, context),
    ...gradientCases(all, context),
    ...checkCases([...FAMILIES, ...families], context),
    ...fusionCases(context),
    ...stateCases(context),
    ...packedCases(context),
    ...trainingCases(context),
  ];
  return cases
    .filter(({ group, name }) => filter === undefined || filter(group, name))
    .map((each) => ({ ...each, run: () => explained(each, seed) }));
}

/** Runs a case; a failure says which one and how to repeat it. */
async function explained({ group, name, run }: ConformanceCase, seed: number): Promise<void> {
  try {
    await run();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${group} ${name}: ${reason}\n  (seed ${seed})`, { cause: error });
  }
}
