/** What counting letters comes to: the measure for the network. */

/** Counts are added for what was never seen, so that nothing is impossible. */
const UNSEEN = 0.05;

/**
 * Bits for each character of `unseen`, when the probability of a character is its frequency in `seen` after the `order` before
 * it, mixed with what shorter pasts say.
 */
export function bitsByCounting(
  seen: Int32Array,
  unseen: Int32Array,
  characters: number,
  order: number,
): number {
  const counts = Array.from({ length: order + 1 }, () => new Map<string, Float64Array>());
  const past = (text: Int32Array, at: number, length: number): string =>
    text.subarray(Math.max(0, at - length), at).join();
  for (const [at, character] of seen.entries()) {
    for (const [length, table] of counts.entries()) {
      const key = past(seen, at, length);
      const row = table.get(key) ?? new Float64Array(characters + 1);
      row[character] = (row[character] ?? 0) + 1;
      row[characters] = (row[characters] ?? 0) + 1;
      table.set(key, row);
    }
  }
  let bits = 0;
  for (const [at, character] of unseen.entries()) {
    let probability = 1 / characters;
    for (const [length, table] of counts.entries()) {
      const row = table.get(past(unseen, at, length));
      if (row === undefined) break;
      // The shorter past counts as much as there are characters, times what unseen ones get.
      const weight = UNSEEN * characters;
      probability = ((row[character] ?? 0) + weight * probability) / ((row[characters] ?? 0) + weight);
    }
    bits -= Math.log2(probability);
  }
  return bits / unseen.length;
}
