/** CRC-32 (IEEE 802.3), to tell damaged files from whole ones; and what other checksums of 32 bits share with it. */
const POLYNOMIAL = 0xedb88320;

let table: Int32Array | undefined;

/** The remainders of all bytes, for a polynomial whose lowest bit is its highest power. */
export function crcTable(polynomial: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
}

/** The checksum by a table, as an unsigned 32-bit integer. */
export function crcOf(bytes: Uint8Array, remainders: Int32Array): number {
  let value = -1;
  for (let index = 0; index < bytes.length; index++) {
    value = (value >>> 8) ^ remainders[(value ^ bytes[index]!) & 255]!;
  }
  return (value ^ -1) >>> 0;
}

/**
 * The checksum as an unsigned 32-bit integer. `crc32` of the bytes of '123456789' is 0xcbf43926. Node's own is used where
 * there is one: a loop that has just been loaded takes longer for a small model than the prediction does.
 */
export function crc32(bytes: Uint8Array): number {
  const builtIn: { readonly crc32?: (data: Uint8Array) => number } | undefined =
    globalThis.process?.getBuiltinModule?.('node:zlib');
  return builtIn?.crc32?.(bytes) ?? crc32ByTable(bytes);
}

/** The same without Node. */
export function crc32ByTable(bytes: Uint8Array): number {
  table ??= crcTable(POLYNOMIAL);
  return crcOf(bytes, table);
}
