/** Convolutions as products: which output positions share one, and what it multiplies. */
import { describe, expect, it } from 'vitest';
import { type SpatialAxis, tapClasses } from '../../src/products/conv';

describe('classes of output positions', () => {
  const plain: SpatialAxis = {
    input: 13,
    kernel: 3,
    output: 11,
    stride: 1,
    before: 0,
    inputDilation: 1,
    kernelDilation: 1,
  };

  it('are one where there is no padding', () => {
    expect(tapClasses(plain)).toHaveLength(1);
  });

  it('are the interior and one at each border for a padding of one', () => {
    expect(
      tapClasses({ ...plain, output: 13, before: 1 }).map(({ outputs, taps }) => [outputs, taps]),
    ).toEqual([
      [1, 2],
      [11, 3],
      [1, 2],
    ]);
  });

  it('never contain a multiplication by padding or by a dilation gap', () => {
    for (const [before, dilation, stride] of [
      [2, 1, 1],
      [2, 2, 1],
      [4, 3, 2],
      [0, 2, 3],
    ] as const) {
      const spatial = { ...plain, input: 6, output: 9, before, inputDilation: dilation, stride };
      const found = tapClasses(spatial).reduce((sum, { outputs, taps }) => sum + outputs * taps, 0);
      let expected = 0;
      for (let output = 0; output < 9; output++) {
        for (let tap = 0; tap < 3; tap++) {
          const place = (output * stride + tap - before) / dilation;
          if (Number.isInteger(place) && place >= 0 && place < 6) expected++;
        }
      }
      expect(found).toBe(expected);
    }
  });
});
