/**
 * Stages that look at each element on its own: map and filter.
 */
import {
  END,
  element,
  type IndexedSource,
  indexedSource,
  isIndexed,
  type Source,
  streamSource,
} from '../source';

/** Where an element stands; enough to seed random changes that are the same again when a run is resumed. */
export interface ElementInfo {
  /** Position in this pass. */
  readonly index: number;
  /** Which pass this is, from 0; augmentation that is to differ by pass depends on it. */
  readonly epoch: number;
}

/** Turns one element into another, at once or later. */
export type ElementFunction<In, Out> = (element: In, info: ElementInfo) => Out | Promise<Out>;

function mapIndexed<In, Out>(
  source: IndexedSource<In>,
  change: ElementFunction<In, Out>,
): IndexedSource<Out> {
  return indexedSource(`${source.description} → map`, source.size, (epoch) => {
    const inner = source.pass(epoch);
    return { at: async (index) => change(await inner.at(index), { index, epoch }) };
  });
}

/** Every element changed by a function. Random access stays. */
export function mapSource<In, Out>(source: Source<In>, change: ElementFunction<In, Out>): Source<Out> {
  if (isIndexed(source)) return mapIndexed(source, change);
  return streamSource(source, `${source.description} → map`, source.size, async (cursor, index, epoch) => {
    const result = await cursor.next();
    return result.done === true ? END : element(await change(result.value, { index, epoch }));
  });
}

/** The elements that a predicate accepts. How many that are is not known before, so random access ends here. */
export function filterSource<T>(
  source: Source<T>,
  accepts: (element: T) => boolean | Promise<boolean>,
): Source<T> {
  return streamSource(source, `${source.description} → filter`, undefined, async (cursor) => {
    for (;;) {
      const result = await cursor.next();
      if (result.done === true || (await accepts(result.value))) return result;
    }
  });
}
