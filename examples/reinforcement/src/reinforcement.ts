/**
 * A game that nobody explains: two players learn to catch a ball from nothing but what they see and whether they caught it.
 */
import { best, random, setDevice } from 'hadal';
import type { Options } from '../../common/src/command-line';
import { caughtBy, MOVES } from './catch';
import { deepQ } from './deep-q';
import { policyGradient } from './policy-gradient';

/** Rounds of 64 games from one look to the next. */
export const LOOK = 5;

export async function main({ steps = 150 }: Options = {}) {
  setDevice(await best());
  const chance = random(5);
  const byChance = await caughtBy(
    async (_, count) => Int32Array.from({ length: count }, () => chance.below(MOVES)),
    5000,
    random(6),
  );
  const look = Math.min(LOOK, steps);
  return { policy: await policyGradient(steps, look), q: await deepQ(steps, look), byChance };
}
