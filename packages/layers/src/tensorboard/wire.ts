/**
 * Writing messages in the wire format of Protocol Buffers: the few kinds of fields that event files have.
 *
 * Source: "Encoding", Protocol Buffers documentation.
 */

/** The kinds of fields, by their codes. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

export class WireWriter {
  readonly #bytes: number[] = [];

  /** A whole number of at least 0. */
  integer(field: number, value: number): this {
    this.#key(field, VARINT);
    this.#varint(value);
    return this;
  }

  double(field: number, value: number): this {
    this.#key(field, FIXED64);
    this.#bytes.push(...new Uint8Array(Float64Array.of(value).buffer));
    return this;
  }

  float(field: number, value: number): this {
    this.#key(field, FIXED32);
    this.#bytes.push(...new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  text(field: number, value: string): this {
    return this.message(field, new TextEncoder().encode(value));
  }

  /** A message inside this one, or bytes. */
  message(field: number, value: Uint8Array | WireWriter): this {
    const bytes = value instanceof WireWriter ? value.finish() : value;
    this.#key(field, BYTES);
    this.#varint(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** Several numbers as one field. */
  doubles(field: number, values: readonly number[]): this {
    return this.message(field, new Uint8Array(Float64Array.from(values).buffer));
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #key(field: number, kind: number): void {
    this.#varint(field * 8 + kind);
  }

  #varint(value: number): void {
    let left = value;
    while (left >= 128) {
      this.#bytes.push((left % 128) + 128);
      left = Math.floor(left / 128);
    }
    this.#bytes.push(left);
  }
}
