/**
 * The framing of TFRecord files: length, checksum of the length, bytes, checksum of the bytes, all little-endian.
 *
 * Source: TensorFlow, "TFRecord and tf.train.Example"; RFC 3720, appendix B.4, for CRC-32C.
 */
import { crcOf, crcTable } from '../saving/crc32';

/** The polynomial of Castagnoli. */
const POLYNOMIAL = 0x82f63b78;
/** Added to a checksum that is itself stored beside data, so that checksums of checksums stay strong. */
const MASK_DELTA = 0xa282ead8;
const HEADER_BYTES = 12;
const FOOTER_BYTES = 4;

let table: Int32Array | undefined;

/** The checksum turned by 15 bits, with a number added. */
export function maskedCrc32c(bytes: Uint8Array): number {
  table ??= crcTable(POLYNOMIAL);
  const crc = crcOf(bytes, table);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

/** Bytes as a record. */
export function tfRecord(bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + bytes.length + FOOTER_BYTES);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(bytes, HEADER_BYTES);
  view.setUint32(HEADER_BYTES + bytes.length, maskedCrc32c(bytes), true);
  return record;
}
