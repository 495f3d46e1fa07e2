/** A broken gradient would leave it at the weather of today. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/forecast';

describe('the forecast example', () => {
  it('is nearer than the weather of today after 300 steps', async () => {
    const { error, naive } = await main({ steps: 300 });
    expect(error).toBeLessThan(0.96 * naive);
  }, 120_000);
});
