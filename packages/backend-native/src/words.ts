/** Collects numbers for the addon, which reads everything as doubles: integers are exact in them. */
export class WordWriter {
  #words: Float64Array<ArrayBuffer>;
  #used = 0;

  constructor(initial = 256) {
    this.#words = new Float64Array(initial);
  }

  /** The array behind it; another one after it had to grow. */
  get array(): Float64Array<ArrayBuffer> {
    return this.#words;
  }

  get length(): number {
    return this.#used;
  }

  push(word: number): void {
    if (this.#used === this.#words.length) this.#grow();
    this.#words[this.#used++] = word;
  }

  pushFlag(flag: boolean): void {
    this.push(flag ? 1 : 0);
  }

  pushAll(words: readonly number[]): void {
    for (let i = 0; i < words.length; i++) this.push(words[i] ?? 0);
  }

  /** Forgets what was written and keeps the array. */
  clear(): void {
    this.#used = 0;
  }

  /** What was written, as a copy. */
  finish(): Float64Array<ArrayBuffer> {
    return this.#words.slice(0, this.#used);
  }

  #grow(): void {
    const larger = new Float64Array(this.#words.length * 2);
    larger.set(this.#words);
    this.#words = larger;
  }
}
