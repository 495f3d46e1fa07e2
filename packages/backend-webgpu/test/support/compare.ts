/** What a device computes, against the interpreter. */
import { type Device, interpreter, type Tensor } from '@hadal/core';
import { expect } from 'vitest';

export type Build = (device: Device) => Tensor | readonly Tensor[];

const valuesOf = async (build: Build, device: Device): Promise<readonly Float32Array[]> => {
  const built = build(device);
  const tensors: readonly Tensor[] = 'shape' in built ? [built] : built;
  return Promise.all(tensors.map(async (each) => Float32Array.from(await each.data())));
};

/** Expects that no value is further off than `tolerance`, of its own size and of 1. */
export async function expectEqual(build: Build, device: Device, tolerance: number): Promise<void> {
  const expected = await valuesOf(build, interpreter());
  const computed = await valuesOf(build, device);
  const far = computed.flatMap((values, which) =>
    [...values.entries()].filter(([i, value]) => {
      const wanted = expected[which]?.[i] ?? Number.NaN;
      return !(Math.abs(value - wanted) <= tolerance * (1 + Math.abs(wanted)));
    }),
  );
  expect(far).toEqual([]);
  expect(computed.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
}
