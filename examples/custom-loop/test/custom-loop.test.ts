/** The example learns: a broken gradient would leave it near one in ten. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/custom-loop';

describe('the custom-loop example', () => {
  it('recognizes two of three unseen images after 60 steps', async () => {
    const { accuracy, loss } = await main({ steps: 60, testImages: 500 });
    expect(accuracy).toBeGreaterThan(0.66);
    expect(loss).toBeLessThan(1);
  });
});
