/**
 * Nothing is read before it is written: all memory that core takes, fresh or used before, is filled with NaN first.
 */
import type { Device } from '@hadal/core';
import { createDevice } from '@hadal/core/backend';
import { describe, expect, it, vi } from 'vitest';
import { checkRandomGraph, conformanceCases, PlainBackend } from '../src/index';

/** As float32 a NaN, as int32 an index far outside of anything. */
const POISON = 0x7fc00000;

function poisonedDevice(): { readonly device: Device; readonly poisonings: () => number } {
  const backend = new PlainBackend();
  const device = createDevice(backend);
  let count = 0;
  const poison = (bytes: number): Uint8Array => {
    count++;
    return new Uint8Array(new Int32Array(Math.ceil(bytes / 4)).fill(POISON).buffer).subarray(0, bytes);
  };
  const lease = device.leaseScratch.bind(device);
  vi.spyOn(device, 'leaseScratch').mockImplementation((bytes) => {
    const buf = lease(bytes);
    backend.write(buf, 0, poison(buf.bytes));
    return buf;
  });
  const allocate = device.allocate.bind(device);
  vi.spyOn(device, 'allocate').mockImplementation((dtype, length) => {
    const buffer = allocate(dtype, length);
    backend.write(buffer.buf, 0, poison(buffer.buf.bytes));
    return buffer;
  });
  return { device, poisonings: () => count };
}

describe('on a device whose memory is full of NaN', () => {
  it('random programs agree with the interpreter', async () => {
    const { device, poisonings } = poisonedDevice();
    const failures: string[] = [];
    for (let seed = 5000; seed < 5300; seed++) {
      await checkRandomGraph(seed, device).catch((error: unknown) => failures.push(String(error)));
    }
    expect(failures).toEqual([]);
    expect(poisonings()).toBeGreaterThan(1000);
  }, 120_000);

  it('graphs that are fused, state and a training run conform', async () => {
    const { device } = poisonedDevice();
    const failures: string[] = [];
    const groups = new Set(['fusion', 'variables', 'compile', 'random', 'training']);
    for (const { run } of conformanceCases({ device, filter: (group) => groups.has(group) })) {
      await run().catch((error: unknown) => failures.push(String(error)));
    }
    expect(failures).toEqual([]);
  }, 120_000);
});
