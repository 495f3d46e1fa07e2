/** A broken gradient would leave both at one in ten. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/augmentation';

describe('the augmentation example', () => {
  it('bears careless pictures better where it saw each in many ways', async () => {
    const { augmented, plain } = await main({ steps: 100 });
    expect(plain[0]?.neat).toBeGreaterThan(0.6);
    expect(augmented[0]?.neat).toBeGreaterThan(0.55);
    expect(augmented[0]?.careless).toBeGreaterThan((plain[0]?.careless ?? 1) + 0.03);
  }, 120_000);
});
