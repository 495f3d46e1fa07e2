/** A broken gradient would leave it at the largest class. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/cnn-colour';

describe('the cnn-colour example', () => {
  it('tells emoji apart after 80 steps', async () => {
    const { accuracy, majority } = await main({ steps: 80 });
    expect(majority).toBeLessThan(0.22);
    expect(accuracy).toBeGreaterThan(0.32);
  }, 120_000);
});
