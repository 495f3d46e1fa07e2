/** The random state of a model: the default generator, and generators that layers have of their own. */
import type { Generator, HostArray } from '@hadal/core';
import { DataError, defaultGenerator, tensor } from '@hadal/core';

/** States by name, on the host. */
export type RandomState = ReadonlyMap<string, HostArray>;

const namedGenerators = (own: readonly Generator[]): [string, Generator][] => [
  ['default', defaultGenerator()],
  ...own.map((generator, index): [string, Generator] => [`layer/${index}`, generator]),
];

/** Reads all states. */
export async function readRandomState(own: readonly Generator[]): Promise<RandomState> {
  const states = new Map<string, HostArray>();
  for (const [name, { state }] of namedGenerators(own)) {
    states.set(name, { data: await state.value.data(), shape: state.shape, dtype: state.dtype });
  }
  return states;
}

/**
 * Sets all states.
 *
 * @throws {DataError} when one is missing or malformed; then nothing has changed
 */
export function writeRandomState(own: readonly Generator[], states: RandomState): void {
  const writes = namedGenerators(own).map(([name, { state }]) => {
    const saved = states.get(name);
    if (saved === undefined || saved.dtype !== state.dtype || saved.data.length !== state.size) {
      throw new DataError('resume', `the random state '${name}' is missing or malformed in the checkpoint.`);
    }
    return () => state.assign(tensor(saved.data, { shape: state.shape, dtype: state.dtype }));
  });
  for (const write of writes) write();
}

/** The seed of the default generator: what shuffles derive their order from. It stays the same while numbers are drawn. */
export async function defaultSeed(): Promise<number> {
  const [high = 0, low = 0] = await defaultGenerator().state.value.data();
  return ((high >>> 0) & 0x1f_ffff) * 2 ** 32 + (low >>> 0);
}
