/** Without second derivatives the loss could not see the slopes. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/rule';

describe('the rule example', () => {
  it('keeps its rules for most unseen cars where the loss enforces them', async () => {
    const { free, ruled } = await main({ steps: 600 });
    expect(free.breaking).toBeGreaterThan(0.4);
    expect(ruled.breaking).toBeLessThan(0.2);
    expect(ruled.error).toBeLessThan(3.2);
  }, 120_000);
});
