import { describe, expect, it } from 'vitest';
import { convProblem, eagerProblem, gemmProblem, rowsProblem } from '../src/problems/kernels';
import { inferenceProblem, trainingProblem } from '../src/problems/models';
import { forecaster, perceptron } from '../src/problems/networks';
import {
  referenceChain,
  referenceConvolution,
  referenceProduct,
  referenceRows,
} from '../src/reference/kernels';
import { hasReference, referenceLosses, referencePrediction } from '../src/reference/networks';

const small = {
  input: [9, 9, 2],
  integers: false,
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
} satisfies Parameters<typeof inferenceProblem>[0];

describe('the float64 reference', () => {
  it('takes the same six training steps as PyTorch 1.13 on a small convolutional network', () => {
    const problem = trainingProblem({
      ...small,
      loss: 'crossEntropy',
      optimizer: { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 },
    });
    const fromPyTorch = [1.4057329, 1.1875672, 1.1337587, 1.0896378, 0.9904358, 0.9801004];
    for (const [step, loss] of referenceLosses(problem, 6).entries())
      expect(loss).toBeCloseTo(fromPyTorch[step]!, 5);
  });

  it('predicts for each batch by itself', () => {
    const problem = inferenceProblem(small);
    const [first, second] = [0, 1].map((batch) => referencePrediction(problem, batch));
    expect(first).not.toEqual(second);
    expect([first, second].flat().every(Number.isFinite)).toBe(true);
  });

  it('knows dense layers, convolutions and pools, and no recurrent networks', () => {
    const [known, unknown] = [trainingProblem(perceptron(2)), trainingProblem(forecaster(2, 3, 4))];
    expect(known.spec.kind === 'training' && hasReference(known.spec)).toBe(true);
    expect(unknown.spec.kind === 'training' && hasReference(unknown.spec)).toBe(false);
  });

  it('multiplies by the definition of the product, each left operand in turn', () => {
    const { spec, blocks } = gemmProblem(2);
    if (spec.kind !== 'gemm') throw new Error('The problem is a product.');
    const b = [...blocks.at(-1)!.data];
    for (const input of [0, 1]) {
      const a = [...blocks[input]!.data];
      const product = [
        a[0]! * b[0]! + a[1]! * b[2]!,
        a[0]! * b[1]! + a[1]! * b[3]!,
        a[2]! * b[0]! + a[3]! * b[2]!,
        a[2]! * b[1]! + a[3]! * b[3]!,
      ];
      expect(referenceProduct(spec, blocks, input)).toEqual(
        spec.probes.map((at) => expect.closeTo(product[at]!, 12)),
      );
    }
  });

  it('takes operands of bfloat16 that converting does not change', () => {
    const { blocks } = gemmProblem(4, 'bfloat16');
    const bits = blocks.flatMap(({ data }) => [...new Uint32Array(data.buffer)]);
    expect(bits.every((word) => (word & 0xffff) === 0)).toBe(true);
  });

  it('convolves with gradients that are those of finite differences', () => {
    const { spec, blocks } = convProblem({ batch: 2, extent: 4, channels: 2, filters: 3, kernel: 3 }, true);
    if (spec.kind !== 'conv') throw new Error('The problem is a convolution.');
    const cotangent = blocks.at(-1)!.data;
    const all = { ...spec, backward: false, probes: [Array.from(cotangent, (_, at) => at)] };
    /** sum(result · cotangent), which is linear in images and kernel: any step gives the whole difference. */
    const total = (): number =>
      referenceConvolution(all, blocks, 0).reduce((sum, value, at) => sum + value * cotangent[at]!, 0);
    const [, imageProbes = [], kernelProbes = []] = spec.probes;
    const gradients = referenceConvolution(spec, blocks, 0).slice(spec.probes[0]!.length);
    const differences = [
      ...imageProbes.slice(0, 8).map((at) => [blocks[0]!.data, at] as const),
      ...kernelProbes.slice(0, 8).map((at) => [blocks[spec.inputs]!.data, at] as const),
    ].map(([data, at]) => {
      const value = data[at]!;
      const before = total();
      data[at] = value + 1;
      const after = total();
      const moved = data[at]! - value;
      data[at] = value;
      return (after - before) / moved;
    });
    const probed = [...gradients.slice(0, 8), ...gradients.slice(imageProbes.length, imageProbes.length + 8)];
    expect(probed).toEqual(differences.map((value) => expect.closeTo(value, 5)));
  });

  it('normalizes rows: softmax is positive and sums to 1, layer norm has mean 0 and variance 1', () => {
    for (const operation of ['softmax', 'layerNorm'] as const) {
      const { spec, blocks } = rowsProblem(operation, 2, 6);
      if (spec.kind !== 'rows') throw new Error('The problem is one of rows.');
      const row = referenceRows({ ...spec, probes: [6, 7, 8, 9, 10, 11] }, blocks, 1);
      const sum = row.reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(operation === 'softmax' ? 1 : 0, 12);
      const squares = row.reduce((a, b) => a + b * b, 0) / row.length;
      expect(operation === 'softmax' ? Math.min(...row) > 0 : squares).toEqual(
        operation === 'softmax' ? true : expect.closeTo(1, 4),
      );
    }
  });

  it('adds as many summands as the chain is long', () => {
    const { spec, blocks } = eagerProblem({ length: 6, awaited: false }, [1, 2]);
    if (spec.kind !== 'eager') throw new Error('The problem is a chain.');
    const [first, ...summands] = blocks.map(({ data }) => data[1]!);
    const [a, b, c, d] = summands;
    expect(referenceChain(spec, blocks)[1]).toBeCloseTo(first! + 2 * a! + 2 * b! + c! + d!, 12);
  });
});
