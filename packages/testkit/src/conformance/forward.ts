/**
 * Every sample of the catalogue on the device against the interpreter, plain and through every view.
 */
import { type Device, type DType, interpreter, type Tensor, type TypedArray, tensor } from '@hadal/core';
import { type Result, requireClose } from '../compare';
import { makeValues } from '../inputs';
import { seededRandom } from '../random';
import type { Sample } from '../sample';
import { type ToleranceClass, toleranceOf } from '../tolerance';
import type { CaseContext, ConformanceCase } from './case';
import { PLAIN, VIEWS, type View, viewedInput } from './views';

/** The judge. One is enough: it has no state. */
const reference = interpreter();

export const listed = (outputs: Tensor | readonly Tensor[]): readonly Tensor[] =>
  'node' in outputs ? [outputs] : outputs;

/** Whether the device has the dtypes of these inputs or results. It may lack those of 64 bits. */
export function isStored(device: Device, values: readonly { readonly dtype: DType }[]): boolean {
  return device.caps.storages.includes('f64') || values.every(({ dtype }) => !dtype.endsWith('64'));
}

/** Random values for the inputs of a sample seen through a view. */
export function sampleValues(sample: Sample, view: View, seed: number): TypedArray[] {
  const random = seededRandom(seed, `${sample.operation} ${sample.name} ${view.name}`);
  return sample.inputs.map((spec) => makeValues(viewedInput(spec, view), random));
}

/** The inputs of a sample as tensors on a device. */
export function sampleTensors(
  sample: Sample,
  view: View,
  values: readonly TypedArray[],
  device: Device,
): Tensor[] {
  return sample.inputs.map((spec, index) => {
    const { shape, dtype } = viewedInput(spec, view);
    return tensor(values[index] ?? [], { shape, dtype, device });
  });
}

/** Reads tensors that were built together, so that they are computed together. */
export async function readAll(tensors: readonly Tensor[]): Promise<(Result & Pick<Tensor, 'dtype'>)[]> {
  await Promise.all(tensors.map((each) => each.realize()));
  const results = [];
  for (const each of tensors)
    results.push({ shape: each.shape, dtype: each.dtype, values: await each.data() });
  return results;
}

/** Holds what `build` gives on the device against what it gives on the interpreter, where the device has its dtypes. */
export async function requireAgreement(
  device: Device,
  build: (device: Device) => readonly Tensor[],
  kind: ToleranceClass,
): Promise<void> {
  const wanted = build(reference);
  if (!isStored(device, wanted)) return;
  const expected = await readAll(wanted);
  const actual = await readAll(build(device));
  expected.forEach((result, index) => {
    const found = actual[index];
    if (found === undefined || found.dtype !== result.dtype) {
      throw new TypeError(`output ${index} is ${found?.dtype ?? 'missing'}, expected ${result.dtype}`);
    }
    requireClose(found, result, toleranceOf(result.dtype, kind));
  });
}

/** Every sample, plain; and on every view where it asks for that. */
export function forwardCases(samples: readonly Sample[], { device, seed }: CaseContext): ConformanceCase[] {
  return samples.flatMap((sample) => {
    const views = sample.viewed ? [PLAIN, ...VIEWS] : [PLAIN];
    return views.map((view) => ({
      group: sample.operation,
      name: `${sample.name}${view.name === '' ? '' : `, ${view.name}`}`,
      run: async () => {
        const tested = await device();
        if (!isStored(tested, sample.inputs)) return;
        const values = sampleValues(sample, view, seed);
        await requireAgreement(
          tested,
          (where) => {
            const sources = sampleTensors(sample, view, values, where);
            const inputs = sources.map((source, index) =>
              view.apply(source, sample.inputs[index]?.shape ?? []),
            );
            return listed(sample.compute(...inputs));
          },
          sample.tolerance,
        );
      },
    }));
  });
}
