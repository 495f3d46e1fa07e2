/**
 * Stages that choose which positions are seen: take, skip, and lists of positions.
 */
import { END, type IndexedSource, indexedSource, isIndexed, type Source, streamSource } from '../source';

/** A view of other positions of a source. */
function remapSource<T>(
  source: IndexedSource<T>,
  description: string,
  size: number,
  positionOf: (position: number) => number,
): IndexedSource<T> {
  return indexedSource(description, size, (epoch) => {
    const inner = source.pass(epoch);
    const { gather } = inner;
    return {
      at: (position) => inner.at(positionOf(position)),
      gather: gather && ((positions) => gather(positions.map(positionOf))),
    };
  });
}

/** At most the first `count` elements. */
export function takeSource<T>(source: Source<T>, count: number): Source<T> {
  const description = `${source.description} → take(${count})`;
  const size = source.size === undefined ? undefined : Math.min(source.size, count);
  if (isIndexed(source) && size !== undefined)
    return remapSource(source, description, size, (position) => position);
  return streamSource(source, description, size, async (cursor, taken) =>
    taken < count ? cursor.next() : END,
  );
}

/** All but the first `count` elements. */
export function skipSource<T>(source: Source<T>, count: number): Source<T> {
  const description = `${source.description} → skip(${count})`;
  const size = source.size === undefined ? undefined : Math.max(0, source.size - count);
  if (isIndexed(source) && size !== undefined) {
    return remapSource(source, description, size, (position) => position + count);
  }
  return streamSource(source, description, size, async (cursor, handled) => {
    for (let left = handled === 0 ? count : 0; left > 0; left--) {
      if ((await cursor.next()).done === true) return END;
    }
    return cursor.next();
  });
}

/** The elements at a list of positions. */
export function selectSource<T>(source: IndexedSource<T>, positions: Uint32Array): IndexedSource<T> {
  const description = `${source.description} → select(${positions.length}, ${fingerprint(positions)})`;
  return remapSource(source, description, positions.length, (position) => positions[position]!);
}

/** A short hash of a list of positions (FNV-1a): two selections of equal size must not pass for the same dataset. */
function fingerprint(positions: Uint32Array): string {
  let hash = 0x811c9dc5;
  for (const position of positions) hash = Math.imul(hash ^ position, 0x01000193) >>> 0;
  return hash.toString(16);
}
