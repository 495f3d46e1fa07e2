/**
 * Byte addresses by addition: every distinct affine address has one local per axis that moves it, set when the loop over
 * that axis begins and advanced at the end of each iteration. Addresses of one buffer that differ by a constant share
 * their locals, the difference goes into the instructions.
 */
import type { Address, Extent, LoopKernel } from '@hadal/core/backend';
import { known } from '../known';
import { type Code, type Local, Op } from '../wasm/index';
import { ELEMENT_BYTES } from './memory-access';

type Term = Address['terms'][number];

/** A pointer without its loops: where in the buffer it starts, and how each axis moves it. */
interface Track {
  readonly buffer: number;
  readonly offset: Extent;
  readonly terms: readonly Term[];
  readonly bytes: number;
}

/** An access as code needs it. */
export interface Pointer {
  readonly track: Track;
  /** Bytes to add to the track. */
  readonly distance: number;
}

const termsKey = (terms: readonly Term[]): string =>
  terms.map(({ axis, stride }) => `${axis}:${stride}`).join();

const offsetKey = (offset: Extent): string =>
  typeof offset === 'number' ? String(offset) : `@${offset.argument}`;

const trackKey = ({ buffer, offset }: Track, terms: readonly Term[]): string =>
  `${buffer}+${offsetKey(offset)}/${termsKey(terms)}`;

const stagePrefix = (stage: number, terms: readonly Term[], gridAxes: number): string =>
  terms.some(({ axis }) => axis >= gridAxes) ? `${stage}#` : '';

/** What a loop has to do for one track. */
interface Mover {
  readonly key: string;
  readonly parent: string;
  readonly track: Track;
  readonly bytesPerStep: number;
}

export class Pointers {
  /** Smallest constant offset among unguarded accesses that otherwise agree. */
  readonly #lowest = new Map<string, number>();
  readonly #movers = new Map<string, Mover[]>();
  readonly #locals = new Map<string, Local>();
  /** By buffer, since one address object may serve several buffers. */
  readonly #resolved: Map<Address, Pointer>[] = [];

  readonly #kernel: LoopKernel;
  readonly #code: Code;
  readonly #push: {
    readonly buffer: (buffer: number) => void;
    readonly integer: (argument: number) => void;
  };

  constructor(
    kernel: LoopKernel,
    code: Code,
    /** Pushes the address of a buffer, or the value of an integer argument. */
    push: {
      readonly buffer: (buffer: number) => void;
      readonly integer: (argument: number) => void;
    },
  ) {
    this.#kernel = kernel;
    this.#code = code;
    this.#push = push;
    this.#visit((_, buffer, address, guarded) => {
      if (guarded || typeof address.offset !== 'number' || address.offset < 0) return;
      const key = this.#groupKey(buffer, address);
      this.#lowest.set(key, Math.min(this.#lowest.get(key) ?? address.offset, address.offset));
    });
    this.#visit((stage, buffer, address, guarded) => this.#plan(stage, buffer, address, guarded));
  }

  #visit(each: (stage: number, buffer: number, address: Address, guarded: boolean) => void): void {
    this.#kernel.stages.forEach((stage, index) => {
      for (const instruction of stage.body) {
        if (instruction.op !== 'load') continue;
        each(index, instruction.buffer, instruction.address, instruction.guard !== undefined);
      }
      for (const { buffer, address } of stage.stores) each(index, buffer, address, false);
    });
  }

  #groupKey(buffer: number, address: Address): string {
    return `${buffer}/${termsKey(address.terms)}/${address.index ?? ''}`;
  }

  #plan(stage: number, buffer: number, address: Address, guarded: boolean): void {
    const bytes = ELEMENT_BYTES[this.#kernel.buffers[buffer]?.storage ?? 'f32'];
    const { offset, terms } = address;
    const shared = guarded ? undefined : this.#lowest.get(this.#groupKey(buffer, address));
    const start = shared !== undefined && typeof offset === 'number' && offset >= 0 ? shared : offset;
    const distance = typeof offset === 'number' && typeof start === 'number' ? (offset - start) * bytes : 0;
    const track: Track = { buffer, offset: start, terms, bytes };
    const ofBuffer = this.#resolved[buffer] ?? new Map<Address, Pointer>();
    this.#resolved[buffer] = ofBuffer;
    ofBuffer.set(address, { track, distance });
    terms.forEach(({ axis, stride }, position) => {
      const { key, parent } = this.#keysOf(stage, track, position + 1);
      const scope = axis < this.#kernel.grid.length ? `${axis}` : `${stage}#${axis}`;
      const movers = this.#movers.get(scope) ?? [];
      this.#movers.set(scope, movers);
      if (movers.some((mover) => mover.key === key)) return;
      movers.push({ key, parent, track, bytesPerStep: stride * bytes });
    });
  }

  #keysOf(stage: number, track: Track, used: number): { key: string; parent: string } {
    const at = (count: number): string => {
      const terms = track.terms.slice(0, count);
      return stagePrefix(stage, terms, this.#kernel.grid.length) + trackKey(track, terms);
    };
    return { key: at(used), parent: at(used - 1) };
  }

  /** Starts the tracks that no axis moves; to be written once, at the function's beginning. */
  start(): void {
    for (const { track } of this.#resolved.flatMap((ofBuffer) => [...ofBuffer.values()])) {
      const key = trackKey(track, []);
      if (this.#locals.has(key)) continue;
      const code = this.#code;
      const local = code.local('i32');
      this.#push.buffer(track.buffer);
      if (typeof track.offset === 'number') {
        if (track.offset !== 0) code.i32(track.offset * track.bytes).op(Op.i32_add);
      } else {
        this.#push.integer(track.offset.argument);
        if (track.bytes > 1) code.i32(Math.log2(track.bytes)).op(Op.i32_shl);
        code.op(Op.i32_add);
      }
      code.set(local);
      this.#locals.set(key, local);
    }
  }

  #moversOf(stage: number, axis: number): readonly Mover[] {
    return this.#movers.get(axis < this.#kernel.grid.length ? `${axis}` : `${stage}#${axis}`) ?? [];
  }

  /** Before the loop over `axis`: its pointers start where the enclosing loops are, `begin` steps on. */
  enter(stage: number, axis: number, begin?: Local): void {
    const code = this.#code;
    for (const { key, parent, bytesPerStep } of this.#moversOf(stage, axis)) {
      const local = code.local('i32');
      code.get(this.#require(parent));
      if (begin !== undefined) code.get(begin).i32(bytesPerStep).op(Op.i32_mul).op(Op.i32_add);
      code.set(local);
      this.#locals.set(key, local);
    }
  }

  /** At the end of an iteration that covered `steps` indices. */
  advance(stage: number, axis: number, steps: number): void {
    for (const { key, bytesPerStep } of this.#moversOf(stage, axis)) {
      const local = this.#require(key);
      this.#code
        .get(local)
        .i32(bytesPerStep * steps)
        .op(Op.i32_add)
        .set(local);
    }
  }

  /** After the loop over `axis`. */
  leave(stage: number, axis: number): void {
    for (const { key } of this.#moversOf(stage, axis)) {
      this.#code.release(this.#require(key));
      this.#locals.delete(key);
    }
  }

  /** The local that holds the address (without computed index), and the bytes to add to it. */
  at(
    stage: number,
    buffer: number,
    address: Address,
  ): { readonly local: Local; readonly distance: number; readonly bytes: number } {
    const pointer = known(this.#resolved[buffer]?.get(address), 'an address');
    const { key } = this.#keysOf(stage, pointer.track, pointer.track.terms.length);
    return { local: this.#require(key), distance: pointer.distance, bytes: pointer.track.bytes };
  }

  #require(key: string): Local {
    return known(this.#locals.get(key), `the pointer ${key}`);
  }
}
