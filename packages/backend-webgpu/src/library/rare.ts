/** Convolutions, scatters, sorts, scans, recurrent cells and attention: programs without them do not carry them. */
import { Loading } from '@hadal/core/backend';

type OnDemand = typeof import('../on-demand');

let rare: OnDemand | undefined;

/** @throws {Loading} the first time */
export function rareCalls(): OnDemand {
  if (rare !== undefined) return rare;
  throw new Loading(
    import('../on-demand').then((module) => {
      rare = module;
    }),
  );
}

const COMPOSITES = /^(argsort|scatter|cum(Sum|Prod|Max|Min)|(lstm|gru|attention)(Gradient)?)$/;

/** Whether a composite of this name is one of them. */
export const isRare = (name: string): boolean => COMPOSITES.test(name);
