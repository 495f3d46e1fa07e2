/** Reorders the axes of each sample, and repeats samples as steps. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, broadcastTo, permute as reorder } from '@hadal/core';
import { Layer, type LayerOptions } from '../../layer/layer';
import { fromEntries, readLayerOptions } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import { type LayerShape, requireRank } from '../../layer/shape';

/**
 * Reorders the axes after that of the batch, which are counted from 1: with [2, 1], [batch, a, b] → [batch, b, a].
 *
 * @example
 * permute([2, 1]).apply(zeros([8, 10, 64])).shape; // [8, 64, 10]
 */
export class Permute extends Layer {
  static readonly className = 'Permute';
  readonly className = Permute.className;

  /** @throws {ArgumentError} when the axes are not 1, 2, … in some order */
  constructor(
    /** For each axis after the batch the one that comes there, from 1. */
    readonly dims: readonly number[],
    options: LayerOptions = {},
  ) {
    super(options);
    const sorted = [...dims].sort((a, b) => a - b);
    if (sorted.length === 0 || sorted.some((axis, index) => axis !== index + 1)) {
      throw new ArgumentError(
        'Permute',
        `dims is [${dims}]; expected the axes 1, 2, … in some order.`,
        'Axis 0 is that of the batch and stays.',
      );
    }
  }

  override build(inputShape: LayerShape): void {
    this.computeOutputShape(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    return reorder(inputs, [0, ...this.dims]);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    requireRank(
      'Permute',
      inputShape,
      this.dims.length + 1,
      `[batch, …], as many as dims [${this.dims}] has`,
    );
    return [0, ...this.dims].map((axis) => inputShape[axis] ?? null);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), dims: this.dims };
  }

  static fromConfig(config: JsonObject): Permute {
    return fromEntries(
      Permute.className,
      config,
      (reader) => new Permute(reader.numbers('dims'), readLayerOptions(reader)),
    );
  }
}

/**
 * Repeats vectors `n` times as steps of a sequence: [batch, features] → [batch, n, features].
 *
 * @example
 * const decoder = sequential([repeatVector(10, { inputShape: [32] }), lstm(32, { returnSequences: true })]);
 */
export class RepeatVector extends Layer {
  static readonly className = 'RepeatVector';
  readonly className = RepeatVector.className;
  /** How often the vector is repeated. */
  readonly n: number;

  constructor(n: number, options: LayerOptions = {}) {
    super(options);
    this.n = requirePositiveInteger('RepeatVector', 'n', n);
  }

  override build(inputShape: LayerShape): void {
    this.computeOutputShape(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    const [batch = 1, features = 1] = inputs.shape;
    return broadcastTo(inputs.expandDims(1), [batch, this.n, features]);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    requireRank('RepeatVector', inputShape, 2, '[batch, features]');
    const [batch = null, features = null] = inputShape;
    return [batch, this.n, features];
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), n: this.n };
  }

  static fromConfig(config: JsonObject): RepeatVector {
    return fromEntries(
      RepeatVector.className,
      config,
      (reader) => new RepeatVector(reader.integer('n'), readLayerOptions(reader)),
    );
  }
}

/** Makes a {@link Permute} layer. */
export const permute = (dims: readonly number[], options?: LayerOptions): Permute =>
  new Permute(dims, options);

/** Makes a {@link RepeatVector} layer. */
export const repeatVector = (n: number, options?: LayerOptions): RepeatVector => new RepeatVector(n, options);
