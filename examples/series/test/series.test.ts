/** A broken gradient would leave it where a coin is. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/series';

describe('the series example', () => {
  it('foretells the direction better than a coin after 60 steps', async () => {
    const { accuracy, majority } = await main({ steps: 60 });
    expect(majority).toBeLessThan(0.53);
    expect(accuracy).toBeGreaterThan(0.58);
  }, 120_000);
});
