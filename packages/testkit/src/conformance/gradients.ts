/**
 * Gradients of every differentiable sample on the device against the interpreter: first order, and second order where
 * the sample is smooth. That the rules themselves are right is for `gradientCheck` to say.
 */
import { add, gradients, mul, sum, type Tensor, tensor } from '@hadal/core';
import { makeValues, sizeOf } from '../inputs';
import { seededRandom } from '../random';
import { isDifferentiated, type Sample } from '../sample';
import type { CaseContext, ConformanceCase } from './case';
import { listed, requireAgreement, sampleTensors, sampleValues } from './forward';
import { PLAIN } from './views';

export const isFloating = ({ dtype }: Pick<Tensor, 'dtype'>): boolean => isDifferentiated(dtype);

/** Σ weight · element over all tensors, with weights that depend on `seed` alone: any wrong element shows. */
export function weightedSum(tensors: readonly Tensor[], seed: number): Tensor {
  const terms = tensors.filter(isFloating).map((each, index) => {
    const { shape, dtype, device } = each;
    const values = makeValues({ shape, dtype, values: 'away' }, seededRandom(seed, `weights ${index}`));
    return sum(mul(each, tensor(values, { shape, dtype, device })));
  });
  return terms.reduce((total, term) => add(total, term));
}

/** First- and, where asked for, second-order gradients of a random projection of a sample's outputs. */
export function gradientsOf(
  sample: Sample,
  inputs: readonly Tensor[],
  order: 1 | 2,
  seed: number,
): readonly Tensor[] {
  const sources = inputs.filter(isFloating);
  const first = gradients(weightedSum(listed(sample.compute(...inputs)), seed), sources);
  return order === 1 ? first : gradients(weightedSum(first, seed + 1), sources);
}

export function gradientCases(samples: readonly Sample[], { device, seed }: CaseContext): ConformanceCase[] {
  return samples.flatMap((sample) => {
    const orders = ([1, 2] as const).filter((order) => order <= sample.derivatives);
    return orders
      .filter(() => sample.inputs.some((spec) => isFloating(spec) && sizeOf(spec.shape) > 0))
      .map((order) => ({
        group: sample.operation,
        name: `${sample.name}, gradient of order ${order}`,
        run: async () => {
          const values = sampleValues(sample, PLAIN, seed);
          await requireAgreement({
            device: await device(),
            inputs: sample.inputs,
            build: (where) => gradientsOf(sample, sampleTensors(sample, PLAIN, values, where), order, seed),
            kind: order === 1 ? 'gradient' : 'curvature',
          });
        },
      }));
  });
}
