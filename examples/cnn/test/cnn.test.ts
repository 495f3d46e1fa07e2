/** The example learns: a broken gradient would leave it near one in ten. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/cnn';

describe('the cnn example', () => {
  it('recognizes three of five unseen images after 60 steps', async () => {
    const { accuracy } = await main({ steps: 60 });
    expect(accuracy).toBeGreaterThan(0.6);
  });
});
