/**
 * Generators: where a stream of random numbers stands.
 *
 * The state is one int32 variable [key, key, counter] on the device. Every draw reads it and assigns counter + 1, so
 * that a compiled step that is replayed draws fresh numbers, and saving the variable saves the stream.
 */
import { deviceIfSet } from '../device/current';
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { Tensor, tensor } from '../tensor';
import { type Variable, variable } from '../variable';
import type { VariableStorage } from '../variable-storage';

/** The two key words of a seed: its high and low 32 bits. */
export function keyOfSeed(seed: number): readonly [number, number] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError('setSeed', `seed ${seed} is not a whole number from 0 to 2^53 - 1.`);
  }
  return [Math.floor(seed / 2 ** 32) | 0, seed | 0];
}

const stateOf = (seed: number): Tensor => tensor(Int32Array.of(...keyOfSeed(seed), 0), { dtype: 'int32' });

const states = /* @__PURE__ */ new WeakSet<VariableStorage>();

/** Whether a variable is where a stream of random numbers stands: the only kind that bodies of loops may assign. */
export const isGeneratorState = (storage: VariableStorage): boolean => states.has(storage);

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
    states.add(this.state.storage);
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

/** Every device has a stream of its own, since the state lives where the numbers are drawn. All start at one seed. */
const streams = new WeakMap<object, Generator>();
/** The streams made so far, to be seeded together. */
let known: WeakRef<Generator>[] = [];
let seed: number | undefined;
/** Stands for the device while none is set. */
const anywhere = {};

/** The stream of the innermost `withSeed` that is running. */
let scoped: Generator | undefined;

/** The stream of the `withSeed` around the caller, for code that draws from it later. */
export const scopedGenerator = (): Generator | undefined => scoped;

/**
 * The generator that random functions use when none is given: that of the device set with `setDevice`, or inside
 * `withSeed` its stream. The seed of a device differs from run to run until `setSeed`; equal seeds give equal numbers on
 * every device.
 */
export function defaultGenerator(): Generator {
  if (scoped !== undefined) return scoped;
  const place = deviceIfSet() ?? anywhere;
  const found = streams.get(place) ?? adopted(place);
  if (found !== undefined) return found;
  seed ??= Math.floor(Math.random() * 2 ** 32);
  const generator = new Generator(seed);
  streams.set(place, generator);
  known = [...known.filter((each) => each.deref() !== undefined), new WeakRef(generator)];
  return generator;
}

/** What was drawn before a device was set continues on the first one, unless it was computed elsewhere meanwhile. */
function adopted(place: object): Generator | undefined {
  const floating = streams.get(anywhere);
  const home = floating?.state.storage.device;
  if (floating === undefined || (home !== undefined && home !== place)) return undefined;
  streams.delete(anywhere);
  streams.set(place, floating);
  return floating;
}

/**
 * Seeds the default generator: programs that draw the same numbers in the same order get the same values.
 *
 * @param newSeed a whole number from 0 to 2^53 - 1
 * @throws {ArgumentError} for other seeds
 * @example
 * setSeed(42);
 */
export function setSeed(newSeed: number): void {
  keyOfSeed(newSeed);
  seed = newSeed;
  for (const each of known) each.deref()?.reset(newSeed);
}

const isPromise = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/**
 * Draws from a seed what `run` draws without a generator of its own, such as the weights of a network that is built in it.
 * The same seed and the same code give the same numbers, whatever was drawn before, and what comes after draws as if `run`
 * had not been.
 *
 * @param seed a whole number from 0 to 2^53 - 1, or a generator to go on with
 * @returns what `run` gives
 * @throws {ArgumentError} for other seeds, or when `run` is asynchronous
 * @example
 * const noise = withSeed(42, () => randomNormal([2, 3]));
 */
export function withSeed<T>(seed: number | Generator, run: () => T): T {
  const outer = scoped;
  scoped = typeof seed === 'number' ? new Generator(seed) : seed;
  try {
    const result = run();
    if (!isPromise(result)) return result;
  } finally {
    scoped = outer;
  }
  throw new ArgumentError(
    'withSeed',
    'the function is asynchronous, so that what it draws later would come from elsewhere.',
    'Build in it and train afterwards; for training call setSeed.',
  );
}
