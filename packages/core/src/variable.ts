/**
 * Variables: tensors that change. A variable's value is versioned: a tensor computed from an older value keeps it.
 *
 * Packing moves several variables into one flat storage, each becoming a slice of it, so that an optimizer updates all
 * of them in a single loop.
 */
import { defaultDevice } from './device/current';
import { flush } from './device/realize';
import type { DType } from './dtype';
import { ArgumentError, DTypeError, ShapeError } from './errors';
import { concat, reshape, sliceAxis } from './graph/build';
import type { Node } from './graph/node';
import { formatShape, sameShape, sizeOf } from './shape/shape';
import { Tensor } from './tensor';
import { activeTrace, type Trace } from './trace';
import { VariableStorage } from './variable-storage';

export interface VariableOptions {
  /** For people: summaries, errors and files. */
  readonly name?: string;
  /** Whether optimizers should change it. Default true. */
  readonly trainable?: boolean;
}

/**
 * Elements `start` to `limit` of a flat value in pieces: those of a join, where that is what is to be computed. So
 * assigning many packed variables, one after another, gives one join, and not joins within joins.
 */
function partsOf(flat: Node, start: number, limit: number): readonly Node[] {
  if (start >= limit) return [];
  const [first] = flat.inputs;
  if (flat.realized === undefined && first !== undefined) {
    if (flat.op === 'identity' && flat.attributes.kind !== 'barrier') return partsOf(first, start, limit);
    if (flat.op === 'concat') {
      let end = 0;
      return flat.inputs.flatMap((part) => {
        const begin = end;
        end += sizeOf(part.shape);
        return partsOf(part, Math.max(start - begin, 0), Math.min(limit, end) - begin);
      });
    }
  }
  return [sliceAxis(flat, 0, start, limit)];
}

/** Assignments after which a variable is computed although nobody has asked for it. */
const MOST_PENDING_ASSIGNMENTS = 256;

let nextName = 0;

/** A value that can be replaced. Made by `variable`. */
export class Variable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  trainable: boolean;
  #storage: VariableStorage;
  /** First element within the storage. */
  #offset = 0;
  #value: { readonly base: WeakRef<Node>; readonly value: WeakRef<Node> } | undefined;
  #traced: { readonly trace: Trace; readonly base: Node; readonly value: Node } | undefined;

  constructor(initial: Tensor, options: VariableOptions = {}) {
    this.name = options.name ?? `variable_${nextName++}`;
    this.shape = initial.shape;
    this.dtype = initial.dtype;
    this.trainable = options.trainable ?? true;
    this.#storage = new VariableStorage(initial.node, initial.device);
  }

  /** The rank, i.e. the number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Where the value lives; packing changes it. */
  get storage(): VariableStorage {
    return this.#storage;
  }

  /**
   * The current value. It stays the same tensor for gradients until the variable is assigned, and keeps its value after.
   *
   * @example
   * const loss = sum(mul(w.value, x));
   * const [gradient] = gradients(loss, [w]);
   */
  get value(): Tensor {
    return new Tensor(this.#node(), this.#storage.device);
  }

  /**
   * Makes `value` the variable's value from here on. Nothing is computed before the next read.
   *
   * @throws {ShapeError} when the shape differs
   * @throws {DTypeError} when the dtype differs
   */
  assign(value: Tensor): void {
    if (!sameShape(value.shape, this.shape)) {
      throw new ShapeError(
        'assign',
        `variable "${this.name}" has shape ${formatShape(this.shape)}, the value has ${formatShape(value.shape)}.`,
        'reshape the value, or make a new variable.',
      );
    }
    if (value.dtype !== this.dtype) {
      throw new DTypeError(
        'assign',
        `variable "${this.name}" is ${this.dtype}, the value is ${value.dtype}.`,
        `cast it: value.cast('${this.dtype}').`,
      );
    }
    this.#write(value);
    this.#flushLongGraph();
  }

  #write(value: Tensor): void {
    const { size } = this;
    const total = sizeOf(this.#storage.shape);
    if (size === total && sameShape(this.#storage.shape, this.shape)) {
      this.#storage.assign(value.node);
      return;
    }
    const flat = this.#storage.node;
    const before = partsOf(flat, 0, this.#offset);
    const after = partsOf(flat, this.#offset + size, total);
    this.#storage.assign(concat([...before, reshape(value.node, [size]), ...after], 0));
  }

  /** A graph that nobody reads is computed in pieces instead of growing for ever. */
  #flushLongGraph(): void {
    if (activeTrace() !== undefined || this.#storage.pendingAssignments < MOST_PENDING_ASSIGNMENTS) return;
    const device = this.#storage.device ?? defaultDevice();
    if (device !== undefined) flush(device, [this.#storage]);
  }

  /** Makes this variable a slice of another storage that already holds its value. For `packVariables`. */
  moveTo(storage: VariableStorage, offset: number): void {
    this.#storage.retire();
    this.#storage = storage;
    this.#offset = offset;
    this.#value = undefined;
    this.#traced = undefined;
  }

  toString(): string {
    return `Variable "${this.name}" ${formatShape(this.shape)} ${this.dtype}${this.trainable ? '' : ' (not trainable)'}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #node(): Node {
    const base = this.#storage.node;
    if (sameShape(base.shape, this.shape)) return base;
    const trace = activeTrace();
    if (trace !== undefined) {
      if (this.#traced?.trace !== trace || this.#traced.base !== base) {
        this.#traced = { trace, base, value: this.#sliceOf(base) };
      }
      return this.#traced.value;
    }
    const known = this.#value?.base.deref() === base ? this.#value.value.deref() : undefined;
    if (known !== undefined && known.realized?.released !== true) return known;
    const value = this.#sliceOf(base);
    this.#value = { base: new WeakRef(base), value: new WeakRef(value) };
    return value;
  }

  #sliceOf(base: Node): Node {
    return reshape(sliceAxis(base, 0, this.#offset, this.#offset + this.size), this.shape);
  }
}

/**
 * A new variable.
 *
 * @param initial its first value; shape and dtype stay
 * @example
 * const counter = variable(tensor(0), { name: 'counter', trainable: false });
 * counter.assign(counter.value.add(1));
 * await counter.value.item(); // 1
 */
export const variable = (initial: Tensor, options: VariableOptions = {}): Variable =>
  new Variable(initial, options);

/**
 * Moves variables of one dtype into one flat storage, each becoming a slice of it, and returns the variable that holds
 * them all, of shape [total elements]. Assigning it changes them all at once. Packing the same list again returns
 * an equal variable over the same storage.
 *
 * @throws {ArgumentError} when the list is empty or names a variable twice
 * @throws {DTypeError} when the dtypes differ
 */
export function packVariables(variables: readonly Variable[], options: VariableOptions = {}): Variable {
  const [first] = variables;
  if (first === undefined) throw new ArgumentError('packVariables', 'the list of variables is empty.');
  if (new Set(variables).size !== variables.length) {
    throw new ArgumentError('packVariables', 'a variable is named twice.', 'list each variable once.');
  }
  for (const { dtype, name } of variables) {
    if (dtype !== first.dtype) {
      throw new DTypeError(
        'packVariables',
        `"${first.name}" is ${first.dtype} and "${name}" is ${dtype}.`,
        'pack the variables of each dtype on their own.',
      );
    }
  }
  const parts = variables.map((each) => reshape(each.value.node, [each.size]));
  const packed = new Variable(new Tensor(concat(parts, 0), first.storage.device), options);
  let offset = 0;
  for (const each of variables) {
    each.moveTo(packed.storage, offset);
    offset += each.size;
  }
  return packed;
}
