/** A broken gradient would leave what the artist draws as far from clothes as it began. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/gan';

describe('the gan example', () => {
  it('draws what is much nearer to clothes after 120 steps than before', async () => {
    const { distances, real, rows, shown } = await main({ steps: 120 });
    const [before = 0, after = Number.POSITIVE_INFINITY] = distances;
    expect(real).toBeLessThan(0.05 * before);
    expect(after).toBeLessThan(0.7 * before);
    expect(rows).toHaveLength(2 * shown);
  }, 300_000);
});
