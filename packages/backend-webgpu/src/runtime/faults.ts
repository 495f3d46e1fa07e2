/**
 * What goes wrong on the GPU is heard of later than it happens. It is kept here until somebody awaits: the first fault of
 * a validation or of memory is thrown once by the next read or sync, the loss of the device by all of them.
 */
import { DeviceError } from '@hadal/core';

/** How long a failed read waits to hear that the device was lost, in milliseconds. */
const LOSS_NOTICE_MS = 100;

export class Faults {
  readonly #device: GPUDevice;
  readonly #listeners: ((reason: Error) => void)[] = [];
  readonly #onError: (event: GPUUncapturedErrorEvent) => void;
  #first: DeviceError | undefined;
  #lost: DeviceError | undefined;
  #isClosing = false;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#onError = (event) => {
      event.preventDefault();
      this.#first ??= new DeviceError('webgpu', event.error.message.trim());
    };
    device.addEventListener('uncapturederror', this.#onError);
    void device.lost.then(({ message }) => {
      if (this.#isClosing) return;
      this.#lost = new DeviceError(
        'webgpu',
        `the device was lost: ${message.trim()}`,
        'create a new device and load the last checkpoint on it.',
      );
      for (const report of this.#listeners) report(this.#lost);
    });
  }

  onLost(report: (reason: Error) => void): void {
    this.#listeners.push(report);
  }

  /** @throws {DeviceError} when the device is gone */
  requireDevice(): void {
    if (this.#lost !== undefined) throw this.#lost;
    if (this.#isClosing) throw new DeviceError('webgpu', 'the device was closed.', 'create a new one.');
  }

  /** @throws {DeviceError} why the device is gone, or the first fault that nobody has heard of */
  check(): void {
    this.requireDevice();
    const fault = this.#first;
    this.#first = undefined;
    if (fault !== undefined) throw fault;
  }

  /** Why waiting for the GPU failed: that it was lost, or what else went wrong. */
  async explain(error: unknown): Promise<Error> {
    await Promise.race([this.#device.lost, new Promise((resolve) => setTimeout(resolve, LOSS_NOTICE_MS))]);
    try {
      this.check();
    } catch (fault) {
      if (fault instanceof Error) return fault;
    }
    return new DeviceError(
      'webgpu',
      `reading failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  /** What happens from now on concerns nobody. */
  close(): void {
    this.#isClosing = true;
    this.#device.removeEventListener('uncapturederror', this.#onError);
  }
}
