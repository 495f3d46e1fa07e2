/**
 * Generators: where a stream of random numbers stands.
 *
 * The state is one int32 variable [key, key, counter] on the device. Every draw reads it and assigns counter + 1, so
 * that a compiled step that is replayed draws fresh numbers, and saving the variable saves the stream.
 */
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { Tensor, tensor } from '../tensor';
import { type Variable, variable } from '../variable';

/** The two key words of a seed: its high and low 32 bits. */
export function keyOfSeed(seed: number): readonly [number, number] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError('setSeed', `seed ${seed} is not a whole number from 0 to 2^53 - 1.`);
  }
  return [Math.floor(seed / 2 ** 32) | 0, seed | 0];
}

const stateOf = (seed: number): Tensor => tensor(Int32Array.of(...keyOfSeed(seed), 0), { dtype: 'int32' });

/**
 * A stream of random numbers. Equal seeds give equal streams, bit for bit, on every backend.
 *
 * @example
 * const generator = new Generator(42);
 * await randomUniform([2], { generator }).data();
 */
export class Generator {
  /** int32 [key, key, counter]; saved with checkpoints. */
  readonly state: Variable;

  /**
   * @param seed a whole number from 0 to 2^53 - 1
   * @throws {ArgumentError} for other seeds
   */
  constructor(seed: number) {
    this.state = variable(stateOf(seed), { name: 'random', trainable: false });
  }

  /** Starts the stream of `seed`. */
  reset(seed: number): void {
    this.state.assign(stateOf(seed));
  }

  /** The state for one draw; the stream moves on to the next. */
  next(): Node {
    const { node } = this.state.value;
    const step = build.cast(build.equal(build.iota(3), 2), 'int32');
    this.state.assign(new Tensor(build.add(node, step)));
    return node;
  }
}

let shared: Generator | undefined;

/** The generator that random functions use when none is given. Its seed differs from run to run until `setSeed`. */
export function defaultGenerator(): Generator {
  shared ??= new Generator(Math.floor(Math.random() * 2 ** 32));
  return shared;
}

/**
 * Seeds the default generator: programs that draw the same numbers in the same order get the same values.
 *
 * @param seed a whole number from 0 to 2^53 - 1
 * @throws {ArgumentError} for other seeds
 * @example
 * setSeed(42);
 */
export function setSeed(seed: number): void {
  if (shared === undefined) shared = new Generator(seed);
  else shared.reset(seed);
}
