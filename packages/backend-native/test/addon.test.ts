import { describe, expect, it } from 'vitest';
import { findAddon } from '../src/addon';

const found = findAddon();

describe.skipIf('reason' in found)('the addon', () => {
  it('keeps bytes, and notices what is freed twice', () => {
    if (!('addon' in found)) throw new Error(found.reason);
    const device = new found.addon.NativeDevice(1, 2 ** 20);
    const address = device.allocate(3);
    expect(address % 64).toBe(0);
    device.write(address, Uint8Array.of(1, 2, 3));
    const target = new Uint8Array(3);
    device.read(address, target);
    expect([...target]).toEqual([1, 2, 3]);
    expect([device.free(address), device.free(address)]).toEqual([true, false]);
    expect(device.allocate(2 ** 21)).toBe(0);
  });
});
