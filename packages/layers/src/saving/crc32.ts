/** CRC-32 (IEEE 802.3), to tell damaged files from whole ones. */
const POLYNOMIAL = 0xedb88320;

let table: Int32Array | undefined;

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    return value;
  });
}

/** The checksum as an unsigned 32-bit integer. `crc32` of the bytes of '123456789' is 0xcbf43926. */
export function crc32(bytes: Uint8Array): number {
  table ??= makeTable();
  let value = -1;
  for (let index = 0; index < bytes.length; index++) {
    value = (value >>> 8) ^ table[(value ^ bytes[index]!) & 255]!;
  }
  return (value ^ -1) >>> 0;
}
