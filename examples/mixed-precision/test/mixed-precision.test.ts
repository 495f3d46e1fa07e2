/** Products of half floats must learn as well as those of float32; a broken gradient would leave them at the largest class. */
import { describe, expect, it } from 'vitest';
import { main, PRECISIONS } from '../src/mixed-precision';

describe('the mixed-precision example', () => {
  it('learns in half floats what it learns in float32', async () => {
    const { cnn, transformer } = await main({ steps: 50 });
    for (const precision of PRECISIONS) {
      expect(cnn[precision].accuracy, `cnn, ${precision}`).toBeGreaterThan(0.4);
      expect(cnn[precision].accuracy, `cnn, ${precision}`).toBeGreaterThan(cnn.float32.accuracy - 0.05);
      expect(transformer[precision].accuracy, `transformer, ${precision}`).toBeGreaterThan(0.85);
      expect(transformer[precision].accuracy).toBeGreaterThan(transformer.float32.accuracy - 0.02);
    }
    // Operands are rounded to float16 on every device; the same losses would mean that nothing was.
    expect(cnn.mixedFloat16.losses).not.toEqual(cnn.float32.losses);
    expect(transformer.mixedFloat16.losses).not.toEqual(transformer.float32.losses);
  }, 480_000);
});
