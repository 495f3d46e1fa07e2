/** A broken gradient would leave it at what the frequencies of the letters alone come to, or above. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/language-model';

describe('the language-model example', () => {
  it('knows after 150 steps more than how frequent each character is', async () => {
    const { bits, counted, text } = await main({ steps: 150 });
    expect(counted[0]).toBeGreaterThan(4);
    expect(bits).toBeLessThan((counted[0] ?? 0) - 0.5);
    expect(text).toMatch(/^The whale/);
    expect(text).toHaveLength('The whale'.length + 40);
  }, 120_000);
});
