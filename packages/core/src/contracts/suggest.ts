/**
 * Names that people type: which known name was meant. `sparse_categorical_crossentropy`, `SparseCategoricalCrossentropy`
 * and `sparseCategoricalCrossentropy` are one name; for anything else the nearest known names are suggested.
 */

/** A name without case and separators: how names are compared. */
export const canonicalName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Insertions, deletions and substitutions that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}

/** Edits that are taken for a slip: two swapped letters in a short name, a third of a long one. */
const tolerated = (length: number): number => (length < 4 ? 1 : Math.max(2, Math.floor(length / 3)));

/**
 * Advice about an unknown name: the nearest known names, or all of them when none is near.
 *
 * @returns one sentence, e.g. `Did you mean 'softmax'?`
 */
export function suggestName(given: string, known: readonly string[]): string {
  const wanted = canonicalName(given).slice(0, 64);
  const near = known
    .map((name) => ({ name, distance: editDistance(wanted, canonicalName(name)) }))
    .filter(({ name, distance }) => distance <= tolerated(canonicalName(name).length))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => `'${name}'`);
  return near.length > 0
    ? `Did you mean ${near.join(' or ')}?`
    : `Known names: ${known.map((name) => `'${name}'`).join(', ')}.`;
}
