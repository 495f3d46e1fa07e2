/** A broken gradient would leave it at one in four. */
import { describe, expect, it } from 'vitest';
import { main } from '../src/transfer';

describe('the transfer example', () => {
  it('is nearer with what it learnt on clothes than from scratch', async () => {
    const { transferred } = await main({ steps: 60 });
    expect(transferred[0]).toBeGreaterThan(0.7);
  }, 120_000);
});
