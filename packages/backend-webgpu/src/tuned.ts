/** What measures tiles: loaded by programs that ask for it. */
import type { Backend } from '@hadal/core/backend';
import { measureOn } from './library/products/measure';
import { TileTuning } from './library/products/tuning';
import type { LibraryTraits } from './library/traits';
import { keptTiles } from './runtime/tile-memory';

/** Makes the tuning of a backend. */
export type MakeTuning = (backend: Backend, traits: LibraryTraits) => TileTuning;

/** Tuning that goes on from what was measured on this adapter before. */
export async function tuningOf(info: GPUAdapterInfo): Promise<MakeTuning> {
  const { found, keep } = await keptTiles(info);
  return (backend, traits) => new TileTuning(found, measureOn(backend, traits), keep);
}
