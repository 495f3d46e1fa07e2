import { validateKernel } from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { enableRelaxedSimd } from '../src/engine';
import { inDouble } from './support/in-double';
import { randomKernel } from './support/random-kernel';
import { type KernelRun, numbersIn, runEmitted, runReference } from './support/run-kernel';

const KERNELS = 300;

/** Where a random kernel first differs from the executor, or undefined. */
function difference(run: KernelRun, relaxed: boolean, splits: readonly number[]): string | undefined {
  validateKernel(run.kernel);
  const expected = runReference(run);
  const found = runEmitted(run, relaxed, splits);
  for (let buffer = 0; buffer < expected.length; buffer++) {
    const wanted = numbersIn(run.kernel, buffer, expected[buffer] ?? new Uint8Array());
    const given = numbersIn(run.kernel, buffer, found[buffer] ?? new Uint8Array());
    const at = wanted.findIndex((value, index) => value !== given[index] && !Number.isNaN(value));
    if (at >= 0) {
      return `${run.kernel.name} (${run.kernel.vectorAxis}): buffer ${buffer}[${at}] is ${given[at]}, not ${wanted[at]}`;
    }
  }
  return undefined;
}

describe('emitted kernels', () => {
  it.each(enableRelaxedSimd() ? [false, true] : [false])(
    'agree with the executor on random kernels, relaxed SIMD %s',
    (relaxed) => {
      const seeds = Array.from({ length: KERNELS }, (_, seed) => seed);
      const wrong = seeds.map((seed) => difference(randomKernel(seed), relaxed, []));
      expect(wrong.filter((each) => each !== undefined)).toEqual([]);
    },
  );

  it('agree with the executor on random kernels in float64, whole and split', () => {
    const seeds = Array.from({ length: KERNELS }, (_, seed) => seed);
    const wrong = seeds.flatMap((seed) => {
      const run = inDouble(randomKernel(seed));
      return [difference(run, false, []), difference(run, false, [0.3, 0.7])];
    });
    expect(wrong.filter((each) => each !== undefined)).toEqual([]);
  });

  it('compute the same when axis 0 is split', () => {
    const seeds = Array.from({ length: KERNELS / 3 }, (_, seed) => seed);
    const wrong = seeds.map((seed) => difference(randomKernel(seed), false, [0.3, 0.7]));
    expect(wrong.filter((each) => each !== undefined)).toEqual([]);
  });
});
