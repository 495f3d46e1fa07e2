/**
 * Writes tapes: phases of tasks, each a list of calls (see `layout`). Code grows from the start of the tape's room,
 * constants that kernels read in place from its end.
 */
import { scalarWord } from '../protocol/program';
import { LAYOUT } from './layout';

/** One argument of a call: a kind of `LAYOUT`, a word, and what the word grows by from one index to the next. */
export type Argument = readonly [kind: number, value: number, step: number];

export const plain = (value: number, step = 0): Argument => [LAYOUT.plain, value, step];
export const own = (offset: number, step = 0): Argument => [LAYOUT.own, offset, step];
export const float = (value: number): Argument => [LAYOUT.float, scalarWord('f32', value), 0];
export const FROM: Argument = [LAYOUT.from, 0, 0];
export const TO: Argument = [LAYOUT.to, 0, 0];

/** A function by its place among those of all modules, with its arguments. */
export interface Call {
  readonly target: number;
  readonly values: readonly Argument[];
}

/** What tasks of one kind do. */
export interface Body {
  /** Where the workspace of thread 0 is, and how far the others are apart. */
  readonly workspace: number;
  readonly stride: number;
  /** Done once per task. */
  readonly before: readonly Call[];
  /** Done for each index of the task. */
  readonly each?: readonly Call[];
  /** Done once per task, after these. */
  readonly after?: readonly Call[];
  /** The indices of each task. */
  readonly tasks: readonly (readonly [from: number, to: number])[];
}

/** The tape has no room for a step. */
export class TapeFull extends Error {}

/** A tape apart from the memory that it is for: words, and where they have to lie. */
export interface TapeText {
  readonly first: number;
  readonly codeAt: number;
  readonly code: Int32Array<ArrayBuffer>;
  readonly constantsAt: number;
  readonly constants: Int32Array<ArrayBuffer>;
}

/** A state of a tape. */
interface Mark {
  readonly at: number;
  readonly constants: number;
  readonly first: number;
  readonly link: number;
  readonly serial: Call[];
  readonly calls: number;
  readonly serialWords: number;
}

const WORD_BYTES = 4;

const wordsOfCalls = (calls: readonly Call[]): number =>
  calls.reduce((total, { values }) => total + 2 + LAYOUT.argumentWords * values.length, 0);

/** Workspace and stride, the marks, and where `after` is. */
const BODY_WORDS = 6;

/** Words that a body takes, its tasks included. */
export const wordsOfBody = ({ before, each = [], after = [], tasks }: Body): number =>
  BODY_WORDS + wordsOfCalls([...before, ...each, ...after]) + LAYOUT.taskWords * tasks.length;

export class Tape {
  readonly #words: Int32Array;
  readonly #start: number;
  readonly #end: number;
  #at: number;
  #constants: number;
  #first = 0;
  /** The word that has to name the next phase. */
  #link = 0;
  /** Calls to be made one after another, as one task. */
  #serial: Call[] = [];
  #serialWords = 0;

  /**
   * @param words of the memory
   * @param start the first byte of the tape's room
   */
  constructor(words: Int32Array, start: number, bytes: number) {
    this.#words = words;
    this.#start = start / WORD_BYTES;
    this.#end = (start + bytes) / WORD_BYTES;
    this.#at = this.#start;
    this.#constants = this.#end;
  }

  /** The first phase; 0 when there is none. */
  get first(): number {
    return this.#first;
  }

  /** Whether nothing was written since the last `clear`. */
  get isEmpty(): boolean {
    return this.#first === 0 && this.#serial.length === 0;
  }

  /** The words that are still free. */
  get room(): number {
    return this.#constants - this.#at - this.#serialWords;
  }

  /** Ends what was written and gives it away. */
  take(): TapeText {
    this.close();
    const words = this.#words;
    const text = {
      first: this.#first,
      codeAt: this.#start,
      code: words.slice(this.#start, this.#at),
      constantsAt: this.#constants,
      constants: words.slice(this.#constants, this.#end),
    };
    this.clear();
    return text;
  }

  clear(): void {
    this.#at = this.#start;
    this.#constants = this.#end;
    this.#first = 0;
    this.#link = 0;
  }

  /**
   * Makes sure that this many words can be written.
   *
   * @throws {TapeFull} where there is no room
   */
  reserve(words: number): void {
    if (!this.#hasRoom(words)) throw new TapeFull();
  }

  /** What was written so far, to come back to. */
  mark(): Mark {
    return {
      at: this.#at,
      constants: this.#constants,
      first: this.#first,
      link: this.#link,
      serial: this.#serial,
      calls: this.#serial.length,
      serialWords: this.#serialWords,
    };
  }

  /** Takes back what was written since. */
  restore({ at, constants, first, link, serial, calls, serialWords }: Mark): void {
    this.#at = at;
    this.#constants = constants;
    this.#first = first;
    this.#link = link;
    if (link !== 0) this.#words[link] = 0;
    this.#serial = serial;
    serial.length = calls;
    this.#serialWords = serialWords;
  }

  #hasRoom(words: number): boolean {
    return this.#at + this.#serialWords + words <= this.#constants;
  }

  /** Keeps numbers for kernels to read; returns their address in bytes. */
  constant(values: ArrayLike<number>): number {
    this.reserve(values.length);
    this.#constants -= values.length;
    this.#words.set(values, this.#constants);
    return this.#constants * WORD_BYTES;
  }

  /** Adds a call that is made after everything before it, by one thread. */
  serial(call: Call): void {
    const words = wordsOfCalls([call]) + (this.#serial.length === 0 ? SERIAL_WORDS : 0);
    this.reserve(words);
    this.#serial.push(call);
    this.#serialWords += words;
  }

  /** Adds tasks that are done after everything before them, in any order. */
  parallel(bodies: readonly Body[]): void {
    this.reserve(wordsOfPhase(bodies));
    this.close();
    this.#phase(bodies);
  }

  /** Ends the calls that are made one after another. */
  close(): void {
    if (this.#serial.length === 0) return;
    const before = this.#serial;
    this.#serial = [];
    this.#serialWords = 0;
    this.#phase([{ workspace: 0, stride: 0, before, tasks: [[0, 0]] }]);
  }

  #phase(bodies: readonly Body[]): void {
    const tasks: number[] = [];
    for (const { workspace, stride, before, each, after, tasks: ranges } of bodies) {
      for (const [from, to] of ranges) tasks.push(this.#at, from, to);
      this.#push(workspace, stride);
      this.#calls(before);
      if (each !== undefined) {
        this.#push(LAYOUT.each, this.#at + 3 + wordsOfCalls(each));
        this.#calls(each);
        this.#push(LAYOUT.end);
        this.#calls(after ?? []);
      }
      this.#push(LAYOUT.end);
    }
    if (this.#link === 0) this.#first = this.#at;
    else this.#words[this.#link] = this.#at;
    this.#push(0, 0, tasks.length / LAYOUT.taskWords);
    this.#link = this.#at;
    this.#push(0, ...tasks);
  }

  #calls(calls: readonly Call[]): void {
    for (const { target, values } of calls) {
      this.#push(target, values.length);
      for (const [kind, value, step] of values) this.#push(kind, value, step);
    }
  }

  #push(...values: number[]): void {
    for (const value of values) this.#words[this.#at++] = value;
  }
}

/** Words that a phase of these bodies takes. */
export const wordsOfPhase = (bodies: readonly Body[]): number =>
  bodies.reduce<number>((total, body) => total + wordsOfBody(body), LAYOUT.phaseWords);

/** What a task of calls that are made one after another takes beside them. */
const SERIAL_WORDS = wordsOfPhase([{ workspace: 0, stride: 0, before: [], tasks: [[0, 0]] }]);
