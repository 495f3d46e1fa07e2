/**
 * Forward mode against reverse mode: ⟨u, J t⟩ = ⟨Jᵀ u, t⟩ for every differentiable sample, in float64 with random u and
 * t. That Jᵀ is right is what finite differences say of the gradients.
 */
import { jvp, type Tensor, tensor, vjp } from '@hadal/core';
import { evaluate, noBindings } from '@hadal/core/graph';
import { describe, expect, it } from 'vitest';
import { listed } from '../src/conformance/forward';
import { gradientCheckInputs, hasCheckedGradient, SAMPLES, type Sample } from '../src/index';
import { normal, type Random, seededRandom } from '../src/random';

const isFloating = ({ dtype }: Pick<Tensor, 'dtype'>): boolean => dtype === 'float64';

const like = ({ shape, size }: Tensor, random: Random): Tensor =>
  tensor(
    Float64Array.from({ length: size }, () => normal(random)),
    { shape },
  );

/** Σ over all pairs of Σ a · b, with the sum of magnitudes beside it. */
function inner(left: readonly Tensor[], right: readonly Tensor[]): { value: number; scale: number } {
  const values = evaluate(
    [...left, ...right].map(({ node }) => node),
    noBindings,
  );
  let [value, scale] = [0, 1];
  left.forEach((_, index) => {
    values[index]?.forEach((a, i) => {
      const term = a * (values[left.length + index]?.[i] ?? 0);
      value += term;
      scale += Math.abs(term);
    });
  });
  return { value, scale };
}

/** The sample as functions of its floating inputs, one for each floating result. */
function functionsOf(sample: Sample): { primals: Tensor[]; functions: ((...xs: Tensor[]) => Tensor)[] } {
  const inputs = gradientCheckInputs(sample).map(({ values, shape, dtype }) =>
    tensor(values, { shape, dtype }),
  );
  const outputsOf = (...given: Tensor[]): readonly Tensor[] => {
    const left = [...given];
    const outputs = sample.compute(
      ...inputs.map((input) => (isFloating(input) ? (left.shift() ?? input) : input)),
    );
    return listed(outputs).filter(isFloating);
  };
  const primals = inputs.filter(isFloating);
  const functions = outputsOf(...primals).map(
    (first, index) =>
      (...xs: Tensor[]) =>
        outputsOf(...xs)[index] ?? first,
  );
  return { primals, functions };
}

describe('the Jacobian and its transpose belong together', () => {
  for (const sample of SAMPLES.filter(hasCheckedGradient)) {
    it(`${sample.operation} ${sample.name}`, () => {
      const { primals, functions } = functionsOf(sample);
      const random = seededRandom(1, `jvp ${sample.operation} ${sample.name}`);
      const tangents = primals.map((primal) => like(primal, random));
      for (const f of functions) {
        const [output, along] = jvp(f, primals, tangents);
        const cotangent = like(output, random);
        const forward = inner([along], [cotangent]);
        const reverse = inner(vjp(f, ...primals)[1](cotangent), tangents);
        expect(Math.abs(forward.value - reverse.value)).toBeLessThan(1e-10 * forward.scale);
      }
      expect(functions.length).toBeGreaterThan(0);
    });
  }
});
