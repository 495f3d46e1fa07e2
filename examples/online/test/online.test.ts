/** A broken gradient would leave both at one in ten. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/online';

describe('the online example', () => {
  it('keeps what it learnt where it repeats a few old images', async () => {
    const { following, repeating } = await main({ steps: 160 });
    expect(following.late).toBeGreaterThan(0.6);
    expect(repeating.late).toBeGreaterThan(0.6);
    expect(following.early).toBeLessThan(0.1);
    expect(repeating.early).toBeGreaterThan(0.3);
    expect(following.forgotten).toBeGreaterThan(0.5);
    expect(repeating.forgotten).toBeLessThan(0.7 * following.forgotten);
  }, 120_000);
});
