/** The checksum of saved files, by Node and without it. */
import { describe, expect, it } from 'vitest';
import { crc32, crc32ByTable } from '../src/saving/crc32';

const random = Uint8Array.from({ length: 1000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);

describe.each([
  ['crc32', crc32],
  ['crc32ByTable', crc32ByTable],
])('%s', (_name, checksum) => {
  it('has the check value of CRC-32', () => {
    expect(checksum(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(checksum(new Uint8Array())).toBe(0);
  });

  it('counts the bytes of a view alone', () => {
    expect(checksum(random.subarray(3, 777))).toBe(checksum(random.slice(3, 777)));
  });
});

it('is the same with Node and without', () => {
  for (const length of [1, 7, 64, 1000])
    expect(crc32(random.subarray(0, length))).toBe(crc32ByTable(random.subarray(0, length)));
});
