/**
 * Programs as int32 words: one step after another, each a code followed by its fields.
 *
 *   run:  RUN_STEP, kernel, begin, end, buffers, scalars, integers, then that many words of addresses, scalars and integers
 *   copy: COPY_STEP, from, to, bytes
 *
 * Addresses are unsigned. A float scalar is the bits of its float32, or the two words of its float64.
 */
import type { Register } from '@hadal/core/backend';

export const RUN_STEP = 1;
export const COPY_STEP = 2;

/** Words of a run step before its arguments. */
export const RUN_HEADER_WORDS = 7;
export const COPY_WORDS = 4;

const doubles = new Float64Array(1);
const floats = new Float32Array(doubles.buffer);
const bits = new Int32Array(doubles.buffer);

/** The word that stands for a scalar argument. */
export function scalarWord(type: Register, value: number): number {
  if (type === 'i32') return value | 0;
  floats[0] = value;
  return bits[0] ?? 0;
}

/** The inverse of `scalarWord`. */
export function scalarOfWord(type: Register, word: number): number {
  if (type === 'i32') return word;
  bits[0] = word;
  return floats[0] ?? 0;
}

/** The scalar arguments that stand in words. */
export const scalarsOf = (types: readonly Register[], words: Int32Array): number[] =>
  types.map((type, index) => scalarOfWord(type, words[index] ?? 0));

/** Arguments of one run step. */
export interface RunStep {
  readonly kernel: number;
  readonly begin: number;
  readonly end: number;
  readonly addresses: readonly number[];
  readonly scalarTypes: readonly Register[];
  readonly scalars: readonly number[];
  readonly integers: readonly number[];
}

/** Collects the steps of a program. */
export class ProgramWriter {
  #words = new Int32Array(256);
  #used = 0;

  run(step: RunStep): void {
    const { addresses, scalars, scalarTypes, integers } = step;
    const wide = scalarTypes.reduce((count, type) => count + (type === 'f64' ? 1 : 0), scalars.length);
    this.#reserve(RUN_HEADER_WORDS + addresses.length + wide + integers.length);
    this.#push(RUN_STEP);
    this.#push(step.kernel);
    this.#push(step.begin);
    this.#push(step.end);
    this.#push(addresses.length);
    this.#push(wide);
    this.#push(integers.length);
    for (const address of addresses) this.#push(address);
    for (let i = 0; i < scalars.length; i++) {
      const type = scalarTypes[i] ?? 'f32';
      const value = scalars[i] ?? 0;
      if (type === 'f64') {
        doubles[0] = value;
        this.#push(bits[0] ?? 0);
        this.#push(bits[1] ?? 0);
      } else {
        this.#push(scalarWord(type, value));
      }
    }
    for (const integer of integers) this.#push(integer);
  }

  copy(from: number, to: number, bytes: number): void {
    this.#reserve(COPY_WORDS);
    this.#push(COPY_STEP);
    this.#push(from);
    this.#push(to);
    this.#push(bytes);
  }

  /** The program so far, as a copy; the writer starts anew. */
  finish(): Int32Array {
    const program = this.#words.slice(0, this.#used);
    this.#used = 0;
    return program;
  }

  #push(word: number): void {
    this.#words[this.#used++] = word;
  }

  #reserve(words: number): void {
    if (this.#used + words <= this.#words.length) return;
    const larger = new Int32Array(Math.max(this.#words.length * 2, this.#used + words));
    larger.set(this.#words);
    this.#words = larger;
  }
}
