/**
 * Code that is loaded with the first graph that needs it, so that programs which never do do not carry it.
 *
 * Planning is synchronous and loading is not: whoever misses something while a graph is planned throws a `Loading`, and
 * the graph is planned again once it is there.
 */
export class Loading {
  /** @param ready resolves when what was missing is there */
  constructor(readonly ready: Promise<unknown>) {}
}

type OnDemand = typeof import('./on-demand');

let loaded: OnDemand | undefined;

/**
 * The parts of core that are loaded on demand.
 *
 * @throws {Loading} the first time
 */
export function onDemand(): OnDemand {
  if (loaded !== undefined) return loaded;
  throw new Loading(
    import('./on-demand').then((module) => {
      loaded = module;
    }),
  );
}
