/**
 * Messages in the encoding of Protocol Buffers, as far as ONNX needs it: a message is a list of fields, each written as
 * its number and kind, then its value.
 */

/** How a value follows its field number: as a number of variable length, after its own length, or in four bytes. */
const kinds = { varint: 0, delimited: 2, fixed32: 5 };

/** @param {bigint} value at least 0 @returns {number[]} seven bits a byte, the lowest first */
function varint(value) {
  const bytes = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

/** @param {number} field @param {number} kind */
const tag = (field, kind) => varint(BigInt((field << 3) | kind));

/** @param {readonly Uint8Array[]} parts @returns {Uint8Array} */
export const joined = (parts) => Buffer.concat(parts);

/** An integer, negative ones as 64 bits of two's complement. @param {number} field @param {number} value */
export const integer = (field, value) =>
  Uint8Array.from([...tag(field, kinds.varint), ...varint(BigInt.asUintN(64, BigInt(value)))]);

/** A float32. @param {number} field @param {number} value */
export function float(field, value) {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return joined([Uint8Array.from(tag(field, kinds.fixed32)), bytes]);
}

/** Bytes, or a message within a message. @param {number} field @param {Uint8Array} value */
export const bytes = (field, value) =>
  joined([Uint8Array.from([...tag(field, kinds.delimited), ...varint(BigInt(value.length))]), value]);

/** @param {number} field @param {string} value */
export const text = (field, value) => bytes(field, Buffer.from(value, 'utf8'));

/** @param {number} field @param {...Uint8Array} fields of the message */
export const message = (field, ...fields) => bytes(field, joined(fields));
