/** A broken gradient would leave it at the majority. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/text';

describe('the text example', () => {
  it('recognizes spam after 40 steps', async () => {
    const { accuracy, majority } = await main({ steps: 40 });
    expect(majority).toBeLessThan(0.7);
    expect(accuracy).toBeGreaterThan(0.85);
  }, 120_000);
});
