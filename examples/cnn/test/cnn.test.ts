/** The example learns: a broken gradient would leave it near one in ten. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/cnn';

describe('the cnn example', () => {
  it('recognizes three of five unseen images after 40 steps', async () => {
    const { accuracy } = await main({ steps: 40 });
    expect(accuracy).toBeGreaterThan(0.6);
  }, 120_000);
});
