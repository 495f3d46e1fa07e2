/**
 * Every sample of the catalogue under `vmap`, over all of its inputs, over the first alone and over the last alone,
 * against a loop over the examples, on the interpreter.
 */
import { type Tensor, type TypedArray, tensor, vmap } from '@hadal/core';
import { evaluate, noBindings } from '@hadal/core/graph';
import { describe, expect, it } from 'vitest';
import { listed } from '../src/conformance/forward';
import { type Result, requireClose, SAMPLES, type Sample, toleranceOf } from '../src/index';
import { makeValues, sizeOf } from '../src/inputs';
import { seededRandom } from '../src/random';

const EXAMPLES = 3;
/** A sample of more input elements is another size of what smaller samples show, and slow to interpret in a loop. */
const MOST_ELEMENTS = 3000;

const elementsOf = ({ inputs }: Sample): number =>
  inputs.reduce((total, { shape }) => total + sizeOf(shape), 0);
const isMapped = (sample: Sample): boolean => sample.unmapped === undefined && sample.inputs.length > 0;
const isSmall = (sample: Sample): boolean => elementsOf(sample) <= MOST_ELEMENTS;

/** Values of each input for each example; inputs that are not mapped are those of the first. */
function valuesOf(sample: Sample): TypedArray[][] {
  const random = seededRandom(1, `vmap ${sample.operation} ${sample.name}`);
  return sample.inputs.map((spec) => Array.from({ length: EXAMPLES }, () => makeValues(spec, random)));
}

function stacked(examples: readonly TypedArray[], shape: readonly number[], dtype: Tensor['dtype']): Tensor {
  const [first] = examples;
  const length = first?.length ?? 0;
  const all = Float64Array.from(
    { length: EXAMPLES * length },
    (_, i) => examples[Math.floor(i / length)]?.[i % length] ?? 0,
  );
  return tensor(all, { shape: [EXAMPLES, ...shape], dtype });
}

const results = (outputs: readonly Tensor[]): Result[] => {
  const values = evaluate(
    outputs.map(({ node }) => node),
    noBindings,
  );
  return outputs.map(({ shape }, index) => ({ shape, values: values[index] ?? new Float32Array() }));
};

/** Compares `vmap` over the inputs that `mapped` names with a loop over the examples. */
function compare(sample: Sample, mapped: (input: number) => boolean): void {
  const values = valuesOf(sample);
  const inputsOf = (example: number): Tensor[] =>
    sample.inputs.map(({ shape, dtype }, index) =>
      tensor(values[index]?.[mapped(index) ? example : 0] ?? [], { shape, dtype }),
    );
  const batches = sample.inputs.map(({ shape, dtype }, index) =>
    mapped(index) ? stacked(values[index] ?? [], shape, dtype) : inputsOf(0)[index],
  );
  const inAxes = sample.inputs.map((_, index) => (mapped(index) ? 0 : null));
  const compute = (...inputs: Tensor[]): readonly Tensor[] => listed(sample.compute(...inputs));
  const outputs = vmap(compute, { inAxes })(...batches.flatMap((each) => each ?? []));
  const found = results(outputs);
  for (let example = 0; example < EXAMPLES; example++) {
    const expected = results(compute(...inputsOf(example)));
    expected.forEach((wanted, index) => {
      const { dtype } = outputs[index] ?? {};
      const all = found[index];
      if (dtype === undefined || all === undefined) throw new TypeError(`result ${index} is missing`);
      const size = wanted.values.length;
      const values = all.values.slice(example * size, (example + 1) * size);
      requireClose({ shape: all.shape.slice(1), values }, wanted, toleranceOf(dtype, sample.tolerance));
    });
  }
}

describe('vmap agrees with a loop over the examples', () => {
  const samples = SAMPLES.filter((sample) => isMapped(sample) && isSmall(sample));
  for (const sample of samples) {
    it(`${sample.operation} ${sample.name}`, () => {
      expect(() => compare(sample, () => true)).not.toThrow();
      if (sample.inputs.length < 2) return;
      for (const one of [0, sample.inputs.length - 1]) {
        expect(() => compare(sample, (input) => input === one)).not.toThrow();
      }
    });
  }

  it('on nearly all samples', () => {
    expect(samples.length).toBeGreaterThan(0.85 * SAMPLES.length);
  });

  it('and every operation with inputs has a sample that is small enough', () => {
    const named = (list: readonly Sample[]): string[] => [...new Set(list.map(({ operation }) => operation))];
    expect(named(samples)).toEqual(named(SAMPLES.filter(isMapped)));
  });
});
