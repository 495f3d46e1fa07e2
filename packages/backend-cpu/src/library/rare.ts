/** Convolutions, scatters, sorting, scans, recurrent cells, dot products, kernels of other packages; programs without them do not carry them. */
import { Loading } from '@hadal/core/backend';

type OnDemand = typeof import('../on-demand');

let rare: OnDemand | undefined;

/** Loads what `match` asks for when it meets the first of these operations. */
export async function loadRareCalls(): Promise<void> {
  rare = await import('../on-demand');
}

/** @throws {Loading} the first time */
export function rareCalls(): OnDemand {
  if (rare === undefined) throw new Loading(loadRareCalls());
  return rare;
}
