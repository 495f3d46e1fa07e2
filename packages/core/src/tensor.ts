/**
 * The tensor that users hold: a handle on a node of the graph and, where one was named, on a device.
 *
 * Building is immediate and checked, computing is lazy: nothing runs before `data`, `array`, `item`, `print` or
 * `realize` is awaited. The class carries arithmetic and the operations used most; everything else is a function.
 */
import type { Device } from './device/device';
import { readNode, realizeAndSettle } from './device/realize';
import type { DType, TypedArray } from './dtype';
import { ShapeError, TraceError } from './errors';
import { data } from './graph/build';
import type { Node } from './graph/node';
import { relu, sigmoid } from './ops/activations';
import { abs, add, div, maximum, minimum, mul, neg, pow, square, sub } from './ops/arithmetic';
import { equal, greater, greaterEqual, less, lessEqual, notEqual } from './ops/comparison';
import { cast } from './ops/conversion';
import { exp, log, sqrt, tanh } from './ops/elementary';
import { type NestedValues, nest } from './ops/host-values';
import { type MatmulOptions, matmul } from './ops/matmul';
import { expandDims, type PerAxis, reshape, slice, squeeze, transpose } from './ops/movement';
import type { TensorLike } from './ops/operand';
import { argMax, argMin, max, mean, min, type Reduction, sum } from './ops/reductions';
import { softmax } from './ops/softmax';
import { formatShape, type Shape, sizeOf } from './shape/shape';
import { version } from './version';

export { tensor } from './ops/creation';

/** How values are read. */
export interface ReadOptions {
  /** Ends the wait: the read rejects with the signal's reason, and the device goes on. */
  readonly signal?: AbortSignal;
}

/** Marks tensors with their version, so that those of another copy of this package are recognized. */
const BRAND = Symbol.for('@hadal/core/Tensor');

/** The version of the copy of this package that a tensor is of; undefined for what is no tensor. */
export const versionOfTensor = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && BRAND in value ? value[BRAND] : undefined;

/** Whether a value is a tensor of this or of another copy of the package. */
export const isTensor = (value: unknown): boolean => versionOfTensor(value) !== undefined;

/** An array of numbers that is described now and computed when it is read. */
export class Tensor {
  readonly [BRAND]: string = version;
  readonly #node: Node;
  readonly #device: Device | undefined;

  /** Like `dispose()`, at the end of the block: `using y = x.mul(2)`. */
  declare readonly [Symbol.dispose]: () => void;

  /** Wraps a node; `tensor`, `zeros` and the like make tensors from values. */
  constructor(node: Node, device?: Device) {
    this.#node = node;
    this.#device = device;
  }

  static {
    // Where the runtime has no such symbol yet, this is the one that compilers use instead.
    Object.defineProperty(Tensor.prototype, Symbol.dispose ?? Symbol.for('Symbol.dispose'), {
      value: Tensor.prototype.dispose,
    });
    // Not declared as a member: spreading a tensor shall not compile, and says what to do where types are not checked.
    Object.defineProperty(Tensor.prototype, Symbol.iterator, {
      value(this: Tensor): never {
        throw notYetNumbers('iterate', this);
      },
    });
  }

  /** The node of the graph behind this tensor. For authors of operations. */
  get node(): Node {
    return this.#node;
  }

  /** Where this tensor is computed; undefined while that is left to the default device. */
  get device(): Device | undefined {
    return this.#device ?? this.#node.realized?.device;
  }

  /** Extents, outermost axis first; `[]` is a scalar. */
  get shape(): Shape {
    return this.#node.shape;
  }

  /** Element type. */
  get dtype(): DType {
    return this.#node.dtype;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Whether the values have been computed (or are being computed). */
  get realized(): boolean {
    return this.#node.realized !== undefined;
  }

  /** this + other, with broadcasting. */
  add(other: TensorLike): Tensor {
    return add(this, other);
  }

  /** this - other, with broadcasting. */
  sub(other: TensorLike): Tensor {
    return sub(this, other);
  }

  /** this · other, element by element, with broadcasting. */
  mul(other: TensorLike): Tensor {
    return mul(this, other);
  }

  /** this / other, with broadcasting; integers become float32. */
  div(other: TensorLike): Tensor {
    return div(this, other);
  }

  /** this to the power of `exponent`. */
  pow(exponent: TensorLike): Tensor {
    return pow(this, exponent);
  }

  /** The greater of both; NaN when either is NaN. */
  maximum(other: TensorLike): Tensor {
    return maximum(this, other);
  }

  /** The lesser of both; NaN when either is NaN. */
  minimum(other: TensorLike): Tensor {
    return minimum(this, other);
  }

  /** -this. */
  neg(): Tensor {
    return neg(this);
  }

  /** Absolute values. */
  abs(): Tensor {
    return abs(this);
  }

  /** e to the power of this. */
  exp(): Tensor {
    return exp(this);
  }

  /** Natural logarithm. */
  log(): Tensor {
    return log(this);
  }

  /** Square root. */
  sqrt(): Tensor {
    return sqrt(this);
  }

  /** this · this. */
  square(): Tensor {
    return square(this);
  }

  /** max(this, 0). */
  relu(): Tensor {
    return relu(this);
  }

  /** Logistic function. */
  sigmoid(): Tensor {
    return sigmoid(this);
  }

  /** Hyperbolic tangent. */
  tanh(): Tensor {
    return tanh(this);
  }

  /** Probabilities along `axis`. */
  softmax(axis = -1): Tensor {
    return softmax(this, axis);
  }

  /** Sum over axes, all when left out. */
  sum(options?: Reduction): Tensor {
    return sum(this, options);
  }

  /** Arithmetic mean over axes, all when left out. */
  mean(options?: Reduction): Tensor {
    return mean(this, options);
  }

  /** Greatest element over axes, all when left out. */
  max(options?: Reduction): Tensor {
    return max(this, options);
  }

  /** Least element over axes, all when left out. */
  min(options?: Reduction): Tensor {
    return min(this, options);
  }

  /** Index of the greatest element along `axis`, or of all in row-major order; int32. */
  argMax(axis?: number): Tensor {
    return argMax(this, axis);
  }

  /** Index of the least element along `axis`, or of all in row-major order; int32. */
  argMin(axis?: number): Tensor {
    return argMin(this, axis);
  }

  /** Matrix product over the last two axes. */
  matmul(other: Tensor, options?: MatmulOptions): Tensor {
    return matmul(this, other, options);
  }

  /** The same elements under another shape; one extent may be -1. */
  reshape(shape: Shape): Tensor {
    return reshape(this, shape);
  }

  /** Reorders axes; reverses them when no order is given. */
  transpose(order?: readonly number[]): Tensor {
    return transpose(this, order);
  }

  /** Inserts axes of extent 1. */
  expandDims(axis: number | readonly number[]): Tensor {
    return expandDims(this, axis);
  }

  /** Removes axes of extent 1. */
  squeeze(axis?: number | readonly number[]): Tensor {
    return squeeze(this, axis);
  }

  /** Elements from `start` up to `limit`, every `step`-th, along the leading axes. */
  slice(start: PerAxis, limit?: PerAxis, step?: PerAxis): Tensor {
    return slice(this, start, limit, step);
  }

  /** The values as another dtype. */
  cast(dtype: DType): Tensor {
    return cast(this, dtype);
  }

  /** Where this = other. */
  equal(other: TensorLike): Tensor {
    return equal(this, other);
  }

  /** Where this ≠ other. */
  notEqual(other: TensorLike): Tensor {
    return notEqual(this, other);
  }

  /** Where this < other. */
  less(other: TensorLike): Tensor {
    return less(this, other);
  }

  /** Where this ≤ other. */
  lessEqual(other: TensorLike): Tensor {
    return lessEqual(this, other);
  }

  /** Where this > other. */
  greater(other: TensorLike): Tensor {
    return greater(this, other);
  }

  /** Where this ≥ other. */
  greaterEqual(other: TensorLike): Tensor {
    return greaterEqual(this, other);
  }

  /**
   * A copy of the values on another device.
   *
   * @example
   * const there = await x.to(await cpu());
   */
  async to(device: Device): Promise<Tensor> {
    if (this.device === device) return this;
    return new Tensor(data(await this.data(), this.shape, this.dtype), device);
  }

  /**
   * Computes the values and keeps them on the device, so that later uses do not compute them again.
   *
   * @example
   * const features = await encoder(x).realize();
   */
  async realize(): Promise<this> {
    await realizeAndSettle([this.#node], this.#device);
    return this;
  }

  /**
   * The values in row-major order: Float32Array, Float64Array, Int32Array, or Uint8Array for uint8 and bool.
   *
   * @example
   * await tensor([1, 2]).mul(3).data(); // Float32Array [3, 6]
   */
  data(options?: ReadOptions): Promise<TypedArray> {
    return readNode(this.#node, this.#device, options?.signal);
  }

  /**
   * The values as nested arrays of numbers (booleans for bool); a bare value for a scalar.
   *
   * @example
   * await eye(2).array(); // [[1, 0], [0, 1]]
   */
  async array(options?: ReadOptions): Promise<NestedValues> {
    return nest(await this.data(options), this.shape, this.dtype);
  }

  /**
   * The value of a tensor that holds exactly one; bool gives 0 or 1.
   *
   * @throws {ShapeError} when there is not exactly one element
   * @example
   * const loss = await model.loss(x, y).item();
   */
  async item(options?: ReadOptions): Promise<number> {
    if (this.size !== 1) {
      throw new ShapeError(
        'item',
        `${formatShape(this.shape)} holds ${this.size} values, not one.`,
        'Read them all with await t.data(), or reduce first: t.mean().',
      );
    }
    return (await this.data(options))[0] ?? Number.NaN;
  }

  /**
   * Prints what the tensor is and its values.
   *
   * @example
   * await tensor([[1, 2], [3, 4]]).print();
   */
  async print(): Promise<void> {
    // Values are laid out for people at a console; programs that only compute do not load it.
    const [values, { formatValues }] = await Promise.all([this.data(), import('./on-demand')]);
    console.log(`${this}\n${formatValues(values, this.shape, this.dtype)}`);
  }

  /** Returns the memory of realized values at once. Rarely needed: unreachable tensors are collected. */
  dispose(): void {
    const { realized } = this.#node;
    realized?.device.release(realized);
  }

  /** What the tensor is; its values are read with `await t.data()` or `await t.print()`. */
  toString(): string {
    return `Tensor ${formatShape(this.shape)} ${this.dtype}${this.realized ? '' : ' (not realized)'}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Text for templates; numbers must be awaited. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString();
    throw notYetNumbers('convert to a number', this);
  }

  /** Throws: values must be read before they can be written as JSON. */
  toJSON(): never {
    throw notYetNumbers('JSON.stringify', this);
  }
}

const notYetNumbers = (where: string, tensor: Tensor): TraceError =>
  new TraceError(
    where,
    `a Tensor holds no numbers yet (${tensor.toString()}).`,
    'Await them: await t.data() for a typed array, await t.array() for nested arrays, await t.item() for one number.',
    'Arithmetic between tensors is written with methods: a.add(b), a.mul(2).',
  );
