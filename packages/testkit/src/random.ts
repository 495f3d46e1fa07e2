/**
 * Seeded random numbers for tests: small, fast, the same everywhere, and unrelated to the generators under test.
 */

/** A stream of numbers in [0, 1). */
export type Random = () => number;

/** A stream that depends on `seed` and on `name` alone, so that adding a test changes no other. */
export function seededRandom(seed: number, name = ''): Random {
  let state = (seed ^ hash(name)) >>> 0;
  // Weyl sequence through a 32-bit mixer (murmur3's finalizer).
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / 2 ** 32;
  };
}

function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return mix(value >>> 0);
}

/** A normally distributed number (Box and Muller, 1958). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** The numbers 0 … count - 1 in random order. */
export function shuffled(random: Random, count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    const held = order[i] ?? 0;
    order[i] = order[other] ?? 0;
    order[other] = held;
  }
  return order;
}
