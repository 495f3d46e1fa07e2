/** A broken gradient would leave the loss at the logarithm of the 255 pictures to choose from. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/self-supervised';

describe('the self-supervised example', () => {
  it('finds the other view more often after 25 steps, and probes all three by the same labels', async () => {
    const { losses, pretrained, untrained, pixels } = await main({ steps: 25 });
    expect(losses[0]).toBeLessThan(Math.log(255) - 0.6);
    expect(pixels).toBeGreaterThan(0.5);
    expect(untrained).toBeGreaterThan(0.4);
    expect(pretrained).toBeGreaterThan(0.45);
    expect(pretrained).not.toBe(untrained);
  }, 120_000);
});
