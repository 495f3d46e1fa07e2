import { describe, expect, it } from 'vitest';
import { gemmProblem, trainingProblem } from '../src/problems';
import { referenceLosses, referenceProduct } from '../src/reference';
import { median } from '../src/statistics';

describe('the float64 reference', () => {
  it('takes the same six training steps as PyTorch 1.13 on a small convolutional network', () => {
    const problem = trainingProblem({
      kind: 'training',
      input: [9, 9, 2],
      classes: 3,
      batch: 4,
      batches: 2,
      layers: [
        { kind: 'conv', filters: 4, kernel: 3 },
        { kind: 'pool', window: 2 },
        { kind: 'conv', filters: 3, kernel: 2 },
        { kind: 'flatten' },
        { kind: 'dense', units: 5, relu: true },
        { kind: 'dense', units: 3, relu: false },
      ],
      adam: { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
    });
    const fromPyTorch = [1.4057329, 1.1875672, 1.1337587, 1.0896378, 0.9904358, 0.9801004];
    for (const [step, loss] of referenceLosses(problem, 6).entries())
      expect(loss).toBeCloseTo(fromPyTorch[step]!, 5);
  });

  it('multiplies by the definition of the product', () => {
    const problem = gemmProblem(2);
    const [a, b] = problem.blocks.map(({ data }) => [...data]);
    const product = [
      a![0]! * b![0]! + a![1]! * b![2]!,
      a![0]! * b![1]! + a![1]! * b![3]!,
      a![2]! * b![0]! + a![3]! * b![2]!,
      a![2]! * b![1]! + a![3]! * b![3]!,
    ];
    const probes = problem.spec.kind === 'gemm' ? problem.spec.probes : [];
    expect(referenceProduct(problem)).toEqual(probes.map((at) => expect.closeTo(product[at]!, 12)));
  });
});

describe('the median', () => {
  it('is the middle value, or the mean of the two middle values', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});
