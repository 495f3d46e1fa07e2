/** A cache bounded by the bytes that its entries hold; the least recently used go first. */
export class BoundedCache<V extends { readonly heldBytes: number }> {
  readonly #entries = new Map<string, V>();
  readonly #maxBytes: number;
  #bytes = 0;
  /** The most recently used, which is what loops ask for again. */
  #latest: string | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What the entries and their keys hold. */
  get heldBytes(): number {
    return this.#bytes;
  }

  get(key: string): V | undefined {
    const found = this.#entries.get(key);
    if (found === undefined || key === this.#latest) return found;
    this.#latest = key;
    this.#entries.delete(key);
    this.#entries.set(key, found);
    return found;
  }

  set(key: string, value: V): void {
    const replaced = this.#entries.get(key);
    if (replaced !== undefined) this.#bytes -= replaced.heldBytes + key.length;
    this.#entries.set(key, value);
    // What is replaced keeps its turn.
    this.#latest = replaced === undefined ? key : undefined;
    this.#bytes += value.heldBytes + key.length;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes || oldest === key) return;
      this.#entries.delete(oldest);
      this.#bytes -= entry.heldBytes + oldest.length;
    }
  }
}
