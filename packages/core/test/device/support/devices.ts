/** Devices on which guarantees of memory and execution are tested. */
import { HostileBackend, LibraryBackend, PlainBackend } from '@hadal/testkit';
import { createDevice, type Device, interpreter, type Tensor, tensor } from '../../../src/index';

export const devices: readonly [string, () => Device][] = [
  ['the interpreter', () => interpreter()],
  ['generated kernels', () => createDevice(new PlainBackend())],
  ['a library', () => createDevice(new LibraryBackend())],
  ['a hostile backend', () => createDevice(new HostileBackend())],
];

/** The values 0, 1, … on a device, realized. */
export const counting = (shape: readonly number[], device: Device): Promise<Tensor> => {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    Float32Array.from({ length }, (_, i) => i),
    { shape, device },
  ).realize();
};
