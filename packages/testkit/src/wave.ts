/** Tensors of numbers in which nothing repeats, for tests that compare two devices. */
import { type Device, type Tensor, tensor } from '@hadal/core';

/** Numbers from -1 to 1, float32, each unlike its neighbours; another `phase` gives others. */
export function wave(shape: readonly number[], device: Device, phase: number): Tensor {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    Float32Array.from({ length }, (_, i) => Math.sin(i ** 2 * 0.7 + phase)),
    { shape, device },
  );
}
