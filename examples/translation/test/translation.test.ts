/** A broken gradient would leave every sentence wrong. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/translation';

describe('the translation example', () => {
  it('translates unseen numbers from beginning to end after 300 steps', async () => {
    const { withAttention, dictionary } = await main({ steps: 300 });
    expect(dictionary).toBeLessThan(0.2);
    expect(withAttention).toBeGreaterThan(0.1);
  }, 300_000);
});
