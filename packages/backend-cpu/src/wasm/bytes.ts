/** Bytes one after another, with the number encodings of the WebAssembly binary format. */

export class ByteWriter {
  readonly #written: number[] = [];

  /** The bytes so far. */
  get written(): readonly number[] {
    return this.#written;
  }

  byte(value: number): void {
    this.#written.push(value);
  }

  bytes(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) this.#written.push(values[i] ?? 0);
  }

  /** The bytes of numbers as they lie in memory, which is little-endian wherever JavaScript runs. */
  numbers({ buffer }: Int32Array | Float32Array | Float64Array): void {
    this.bytes(new Uint8Array(buffer));
  }

  /** Unsigned LEB128 of an integer in [0, 2^32). */
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Signed LEB128 of an int32. */
  signed(value: number): void {
    let rest = value | 0;
    while (rest < -64 || rest > 63) {
      this.byte((rest & 127) | 128);
      rest >>= 7;
    }
    this.byte(rest & 127);
  }

  /** A length-prefixed name. */
  name(text: string): void {
    this.sized(new TextEncoder().encode(text));
  }

  /** A length-prefixed byte string. */
  sized(content: ArrayLike<number>): void {
    this.unsigned(content.length);
    this.bytes(content);
  }
}
