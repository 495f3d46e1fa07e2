/** A read that nobody waits for any more. */
import { HostileBackend, PlainBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import type { Buf } from '../../src/backend/index';
import { createDevice, tensor } from '../../src/index';

/** Reads that take as long as the test wants. */
class SlowBackend extends PlainBackend {
  #waiting: (() => void)[] = [];
  isSlow = true;

  override async read(buf: Buf, at: number, bytes: number): Promise<Uint8Array> {
    if (this.isSlow) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return super.read(buf, at, bytes);
  }

  finish(): void {
    this.isSlow = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

const reason = new RangeError('the user went away');

describe('cancelling a read', () => {
  it('rejects with the reason before the value is there, and leaves the device usable', async () => {
    const backend = new SlowBackend();
    const x = tensor([1, 2], { device: createDevice(backend) }).mul(2);
    const controller = new AbortController();
    const reads = [
      x.data({ signal: controller.signal }),
      x.array({ signal: controller.signal }),
      x.sum().item({ signal: controller.signal }),
    ];
    const others = x.add(1).data();
    controller.abort(reason);
    // None of the values can be there: the backend has not answered.
    for (const read of reads) await expect(read).rejects.toBe(reason);
    backend.finish();
    expect(await others).toEqual(Float32Array.of(3, 5));
    expect(await x.data({ signal: new AbortController().signal })).toEqual(Float32Array.of(2, 4));
  });

  it('rejects at once and computes nothing when the signal was aborted before', async () => {
    const device = createDevice(new PlainBackend());
    const x = tensor([1, 2], { device }).mul(2);
    await expect(x.data({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(x.realized).toBe(false);
    expect(device.statistics().runs).toBe(0);
    expect(await x.data()).toEqual(Float32Array.of(2, 4));
  });

  it('does not matter once the value is there, and keeps no listener', async () => {
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...args: Parameters<typeof add>): void => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
      listeners--;
      remove(...args);
    };
    const x = tensor([1, 2], { device: createDevice(new HostileBackend()) }).mul(2);
    expect(await x.data({ signal })).toEqual(Float32Array.of(2, 4));
    await new Promise((resolve) => setTimeout(resolve, 0));
    controller.abort(reason);
    expect(listeners).toBe(0);
  });
});
