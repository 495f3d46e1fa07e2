/** A broken gradient would leave it at the mean. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/tabular';

describe('the tabular example', () => {
  it('is nearer than the mean by far, and nearer than a linear model, after 400 steps', async () => {
    const { network, linear, always } = await main({ steps: 400 });
    expect(network).toBeLessThan(0.4 * always);
    expect(network).toBeLessThan(linear);
  }, 120_000);
});
