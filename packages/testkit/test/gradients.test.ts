/**
 * Every gradient rule against finite differences in float64, twice where the operation is smooth.
 */
import { stopGradient, type Tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { gradientCheck, gradientCheckInputs, hasCheckedGradient, SAMPLES } from '../src/index';

describe('gradients agree with finite differences', () => {
  for (const sample of SAMPLES.filter(hasCheckedGradient)) {
    it(`${sample.operation} ${sample.name}, order ${sample.derivatives}`, async () => {
      const order = sample.derivatives === 2 ? 2 : 1;
      await expect(
        gradientCheck(sample.compute, gradientCheckInputs(sample), { order }),
      ).resolves.toBeUndefined();
    });
  }
});

describe('gradientCheck', () => {
  const at = [{ values: Float64Array.of(0.3, -1.2), shape: [2], dtype: 'float64' as const }];

  it('refuses a gradient that is off by a thousandth', async () => {
    const leaking = (x: Tensor): Tensor => x.mul(1.001).sub(stopGradient(x).mul(0.001)).mul(2);
    await expect(gradientCheck(leaking, at)).rejects.toThrow(
      'derivative of order 1 along a direction of input 0',
    );
  });

  it('refuses a gradient whose own gradient is wrong', async () => {
    const frozen = (x: Tensor): Tensor => x.mul(stopGradient(x)).add(x.mul(stopGradient(x)));
    const square = (x: Tensor): Tensor => frozen(x).sub(stopGradient(frozen(x).sub(x.mul(x))));
    await expect(gradientCheck(square, at, { order: 1 })).resolves.toBeUndefined();
    await expect(gradientCheck(square, at, { order: 2 })).rejects.toThrow('derivative of order 2');
  });
});
