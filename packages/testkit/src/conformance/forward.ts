/**
 * Every sample of the catalogue on the device against the interpreter, plain and through every view.
 */
import {
  type Device,
  type DType,
  DTypeError,
  interpreter,
  type Tensor,
  type TypedArray,
  tensor,
} from '@hadal/core';
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

/** What is computed twice. */
interface Judged {
  readonly device: Device;
  readonly inputs: readonly { readonly dtype: DType }[];
  /** Builds the inputs and the results on a device. */
  build(device: Device): readonly Tensor[];
  readonly kind: ToleranceClass;
}

/**
 * Holds what `build` gives on the device against what it gives on the interpreter. A device without storage of 64 bits
 * may refuse inputs and results that need it, with the error that says so, and nothing else.
 */
export async function requireAgreement({ device, inputs, build, kind }: Judged): Promise<void> {
  const wanted = build(reference);
  const expected = await readAll(wanted);
  const mayRefuse = !device.caps.storages.includes('f64') && [...inputs, ...wanted].some(has64Bits);
  const actual = await readAll(build(device)).catch((error: unknown) => {
    if (mayRefuse && isRefusal(error)) return undefined;
    throw error;
  });
  if (actual === undefined) return;
  expected.forEach((result, index) => {
    const found = actual[index];
    if (found === undefined || found.dtype !== result.dtype) {
      throw new TypeError(`output ${index} is ${found?.dtype ?? 'missing'}, expected ${result.dtype}`);
    }
    requireClose(found, result, toleranceOf(result.dtype, kind));
  });
}

const has64Bits = ({ dtype }: { readonly dtype: DType }): boolean => dtype.endsWith('64');

const isRefusal = (error: unknown): boolean =>
  error instanceof DTypeError && /this device has no (float64|int64);/.test(error.message);

/** Every sample, plain; and on every view where it asks for that. */
export function forwardCases(samples: readonly Sample[], { device, seed }: CaseContext): ConformanceCase[] {
  return samples.flatMap((sample) => {
    const views = sample.viewed ? [PLAIN, ...VIEWS] : [PLAIN];
    return views.map((view) => ({
      group: sample.operation,
      name: `${sample.name}${view.name === '' ? '' : `, ${view.name}`}`,
      run: async () => {
        const values = sampleValues(sample, view, seed);
        await requireAgreement({
          device: await device(),
          inputs: sample.inputs,
          build: (where) => {
            const sources = sampleTensors(sample, view, values, where);
            const inputs = sources.map((source, index) =>
              view.apply(source, sample.inputs[index]?.shape ?? []),
            );
            return listed(sample.compute(...inputs));
          },
          kind: sample.tolerance,
        });
      },
    }));
  });
}
