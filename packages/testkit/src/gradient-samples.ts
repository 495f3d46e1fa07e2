/**
 * The samples whose gradients are checked by finite differences, with their inputs in float64.
 */
import type { GradientCheckInput } from './gradient-check';
import { makeValues, sizeOf } from './inputs';
import { seededRandom } from './random';
import type { Sample } from './sample';

/** Differentiable samples in float32; their float64 twins would check the same rules. */
export const hasCheckedGradient = ({ operation, derivatives, inputs }: Sample): boolean =>
  derivatives > 0 &&
  // Rounding to float32 is a staircase to differences as small as these.
  operation !== 'cast' &&
  inputs.every(({ dtype }) => dtype !== 'float64') &&
  inputs.every(({ shape }) => sizeOf(shape) > 0 && sizeOf(shape) < 1000);

/** Inputs of such a sample, for `gradientCheck`. */
export const gradientCheckInputs = (sample: Sample): GradientCheckInput[] => {
  const random = seededRandom(1, `${sample.operation} ${sample.name}`);
  return sample.inputs.map((spec): GradientCheckInput => {
    const { shape } = spec;
    if (spec.dtype === 'float32') {
      const values = makeValues({ ...spec, dtype: 'float64' }, random);
      return { values: Float64Array.from(values), shape, dtype: 'float64' };
    }
    const values = makeValues(spec, random);
    return spec.dtype === 'int32'
      ? { values: Int32Array.from(values), shape, dtype: 'int32' }
      : { values: Uint8Array.from(values), shape, dtype: spec.dtype === 'bool' ? 'bool' : 'uint8' };
  });
};
