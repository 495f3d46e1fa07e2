/** A broken gradient would leave both players at chance, one ball in five. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/reinforcement';

describe('the reinforcement example', () => {
  it('catches more than half of the balls after 60 rounds of deep Q-learning', async () => {
    const { policy, q, byChance } = await main({ steps: 60 });
    expect(byChance).toBeLessThan(0.25);
    expect(q.at(-1)).toBeGreaterThan(0.6);
    expect(policy.at(-1)).toBeGreaterThan(0.4);
  }, 120_000);
});
