/**
 * The suite on backends with one thing broken: it must pass on the good backend and fail on every broken one.
 *
 * A first pass runs the whole suite on the good backend and notes for every mutant which cases run a kernel that it
 * would change. Then each mutant gets those cases until one of them fails.
 */
import type { Dispatch, Exec, LibraryCall, LoopKernel } from '@hadal/core/backend';
import { createDevice } from '@hadal/core/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ConformanceCase,
  conformanceCases,
  FAMILIES,
  MUTANTS,
  type Mutant,
  type OperationFamily,
  Saboteur,
  type SaboteurOptions,
} from '../src/index';

/** The good backend, which tells of every kernel that it runs. */
class Observed extends Saboteur {
  readonly #kernels = new WeakMap<Exec, LoopKernel>();

  constructor(
    options: SaboteurOptions,
    private readonly tell: (kernel: LoopKernel) => void,
  ) {
    super({ name: 'nothing' }, options);
  }

  override prepare(kernel: LoopKernel | LibraryCall): Exec | Promise<Exec> {
    if (kernel.kind === 'library') return super.prepare(kernel);
    const exec = this.prepareOnHost(kernel);
    this.#kernels.set(exec, kernel);
    return exec;
  }

  override run(program: readonly Dispatch[]): void {
    for (const dispatch of program) {
      const kernel = dispatch.kind === 'kernel' ? this.#kernels.get(dispatch.exec) : undefined;
      if (kernel !== undefined) this.tell(kernel);
    }
    super.run(program);
  }
}

const key = ({ group, name }: ConformanceCase): string => `${group} ${name}`;

const operationsOf = (families: readonly OperationFamily[]): Set<string> =>
  new Set(
    families.flatMap(({ samples, checks = [] }) => [...samples, ...checks].map(({ operation }) => operation)),
  );
const first = operationsOf(FAMILIES.filter(({ name }) => name === 'foundation'));
const later = operationsOf(FAMILIES);

/** Everything else is composed of the first operations: whatever breaks a kernel breaks one of theirs. */
const isFirst = (group: string): boolean => first.has(group) || !later.has(group);

/** Cases about edges find more than others. */
const isPointed = ({ name }: ConformanceCase): boolean =>
  /special|NaN|equals|overflow|outside|halves|large|whole|flags|nothing/.test(name);

async function survey(
  options: SaboteurOptions,
): Promise<{ failures: string[]; witnesses: Map<Mutant, Set<string>> }> {
  const witnesses = new Map<Mutant, Set<string>>(MUTANTS.map((mutant) => [mutant, new Set()]));
  const affecting = new WeakMap<LoopKernel, readonly Mutant[]>();
  let current = '';
  const backend = new Observed(options, (kernel) => {
    const mutants =
      affecting.get(kernel) ??
      MUTANTS.filter(({ mutate }) => mutate !== undefined && mutate(kernel) !== kernel);
    affecting.set(kernel, mutants);
    for (const mutant of mutants) witnesses.get(mutant)?.add(current);
  });
  const failures: string[] = [];
  for (const each of conformanceCases({ device: createDevice(backend), filter: isFirst })) {
    current = key(each);
    await each.run().catch((error) => failures.push(String(error)));
  }
  return { failures, witnesses };
}

/** The first case that fails on a backend with this mutant, or undefined when all pass. */
async function killer(
  mutant: Mutant,
  witnesses: ReadonlySet<string>,
  options: SaboteurOptions,
): Promise<string | undefined> {
  const cases = conformanceCases({
    device: createDevice(new Saboteur(mutant, options)),
    filter: (group, name) =>
      isFirst(group) && (mutant.mutate === undefined || witnesses.has(`${group} ${name}`)),
  });
  for (const each of [...cases.filter(isPointed), ...cases.filter((other) => !isPointed(other))]) {
    const isKilled = await each.run().then(
      () => false,
      () => true,
    );
    if (isKilled) return key(each);
  }
  return undefined;
}

describe.each([
  ['all optional operations', { hasOptionalOperations: true }],
  ['only the required operations', { hasOptionalOperations: false }],
])('on a backend with %s', (_, options) => {
  let failures: string[] = [];
  let witnesses = new Map<Mutant, Set<string>>();

  beforeAll(async () => {
    ({ failures, witnesses } = await survey(options));
  }, 300_000);

  it('the suite passes when nothing is broken', () => {
    expect(failures).toEqual([]);
  });

  it('the suite catches every mutant', async () => {
    const survivors: string[] = [];
    const idle: string[] = [];
    for (const mutant of MUTANTS) {
      const found = witnesses.get(mutant) ?? new Set();
      if (mutant.mutate !== undefined && found.size === 0) idle.push(mutant.name);
      else if ((await killer(mutant, found, options)) === undefined) survivors.push(mutant.name);
    }
    expect(survivors).toEqual([]);
    // Without the optional operations, their mutants have nothing to break.
    if (options.hasOptionalOperations) expect(idle).toEqual([]);
  }, 300_000);
});
