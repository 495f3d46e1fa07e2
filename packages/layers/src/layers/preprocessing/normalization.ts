/** Brings features to mean 0 and variance 1, with statistics that come from data. */
import type { ConfigReader, HostArray, JsonObject, JsonValue, Tensor, Variable } from '@hadal/core';
import { ArgumentError, DataError, describeJson, tensor } from '@hadal/core';
import { Ones, Zeros } from '../../initializers/constants';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, optional, readAxes, readLayerOptions } from '../../layer/options';
import { SameShapeLayer } from '../../layer/same-shape';
import { formatLayerShape, type LayerShape } from '../../layer/shape';
import { extentsAlong, resolveAxes } from '../normalization/axes';
import { type AdaptData, partsOf } from './adapt-data';
import { Moments } from './moments';

/** A statistic: one number, or one for each position of the axes that are kept, nested as these are. */
export type Statistic = number | readonly Statistic[];

export interface NormalizationOptions extends LayerOptions {
  /** The axes whose positions have statistics of their own (default -1, the last); null for one mean and variance. */
  readonly axis?: number | readonly number[] | null;
  /** The mean, where it is known; then also the variance, and the layer does not adapt. */
  readonly mean?: Statistic;
  /** The variance, where it is known; it comes with the mean. */
  readonly variance?: Statistic;
  /** Turns normalized features back: x · deviation + mean (default false). */
  readonly invert?: boolean;
}

/** The least deviation that is divided by. */
const EPSILON = 1e-7;

/**
 * (x - mean) / √variance, in training and in use. `adapt` takes both from data; they are weights, saved with the model.
 *
 * Input [batch, …features] of any dtype; the output has the layer's dtype. Weights: mean and variance along `axis`, and
 * a count that Keras keeps as well.
 *
 * @example
 * const normalize = normalization();
 * await normalize.adapt([[1, 10], [3, 30]]);
 * await normalize.apply(tensor([[1, 10], [3, 30]])).data(); // Float32Array [-1, -1, 1, 1]
 */
export class Normalization extends SameShapeLayer {
  static readonly className = 'Normalization';
  readonly className = Normalization.className;
  readonly axis: readonly number[];
  readonly invert: boolean;
  readonly mean: Statistic | undefined;
  readonly variance: Statistic | undefined;
  #mean: Variable | undefined;
  #variance: Variable | undefined;

  /** @throws {ArgumentError} when only one of mean and variance is given */
  constructor(options: NormalizationOptions = {}) {
    super(options);
    const { axis = -1 } = options;
    this.axis = axis === null ? [] : typeof axis === 'number' ? [axis] : axis;
    this.invert = options.invert ?? false;
    this.mean = options.mean;
    this.variance = options.variance;
    if ((this.mean === undefined) !== (this.variance === undefined)) {
      throw new ArgumentError(
        'Normalization',
        `${this.mean === undefined ? 'variance' : 'mean'} is given alone.`,
        'Give mean and variance, or neither and call adapt(data).',
      );
    }
  }

  override build(inputShape: LayerShape): void {
    const extents = extentsAlong('Normalization', inputShape, this.axis);
    if (this.mean !== undefined) return;
    const weight = (name: string, initializer: Zeros | Ones, shape: readonly number[]): Variable =>
      this.addWeight(name, shape, { initializer, trainable: false });
    this.#mean = weight('mean', new Zeros(), extents);
    this.#variance = weight('variance', new Ones(), extents);
    weight('count', new Zeros(), []);
  }

  override call(inputs: Tensor): Tensor {
    const x = inputs.cast(this.dtype);
    const mean = this.#alongInput(x.shape, this.#mean?.value ?? this.#given(this.mean));
    const variance = this.#alongInput(x.shape, this.#variance?.value ?? this.#given(this.variance));
    const deviation = variance.sqrt().maximum(EPSILON);
    return this.invert ? x.mul(deviation).add(mean) : x.sub(mean).div(deviation);
  }

  #given(value: Statistic = 0): Tensor {
    return tensor(value, { dtype: this.dtype });
  }

  /** A statistic with an axis for every axis of the input. */
  #alongInput(shape: readonly number[], value: Tensor): Tensor {
    if (value.rank === 0) return value;
    const axes = resolveAxes('Normalization', this.axis, shape.length).slice(-value.rank);
    const broadcast = shape.map((_, axis) =>
      axes.includes(axis) ? (value.shape[axes.indexOf(axis)] ?? 1) : 1,
    );
    return value.reshape(broadcast);
  }

  /**
   * Takes mean and variance from data, anew with every call. A model that was compiled need not be compiled again.
   *
   * @param data an array [samples, …features], a dataset, or anything that yields arrays
   * @throws {ArgumentError} when the layer was made with a mean and a variance
   * @throws {DataError} when there is no data, or parts have other shapes than the layer
   * @example
   * await layer.adapt(dataset); // looks at x of every batch
   */
  async adapt(data: AdaptData): Promise<void> {
    if (this.mean !== undefined) {
      throw new ArgumentError(
        this.scope,
        'the layer was made with a mean and a variance.',
        'Leave both out to take them from data.',
      );
    }
    let moments: Moments | undefined;
    for await (const part of partsOf(this.scope, data)) {
      const array: HostArray = part.shape.length === 0 ? { ...part, shape: [1] } : part;
      this.ensureBuilt([null, ...array.shape.slice(1)]);
      this.#requireFitting(array.shape);
      moments ??= new Moments(extentsAlong('Normalization', array.shape, this.axis));
      moments.add(array, resolveAxes('Normalization', this.axis, array.shape.length));
    }
    if (moments === undefined) throw new DataError(this.scope, 'there is no data to adapt to.');
    const shape = moments.shape;
    this.#mean?.assign(tensor(Float64Array.from(moments.mean), { shape }).cast(this.dtype));
    this.#variance?.assign(tensor(Float64Array.from(moments.variance), { shape }).cast(this.dtype));
  }

  #requireFitting(shape: readonly number[]): void {
    const built = this.builtShape;
    if (built === undefined) return;
    const axes = resolveAxes('Normalization', this.axis, built.length);
    if (shape.length === built.length && axes.every((axis) => shape[axis] === built[axis])) return;
    throw new DataError(
      this.scope,
      `data of shape ${formatLayerShape(shape)} does not fit the layer, which was built for ${formatLayerShape(built)}.`,
    );
  }

  override getConfig(): JsonObject {
    const { axis, invert } = this;
    return {
      ...super.getConfig(),
      axis,
      invert,
      mean: this.mean ?? null,
      variance: this.variance ?? null,
    };
  }

  static fromConfig(config: JsonObject): Normalization {
    return fromEntries(
      Normalization.className,
      config,
      (reader) =>
        new Normalization({
          ...readLayerOptions(reader),
          axis: optional(reader, 'axis', (key) => readAxes(reader, key)),
          invert: reader.boolean('invert', false),
          mean: optional(reader, 'mean', (key) => readStatistic(reader, key)),
          variance: optional(reader, 'variance', (key) => readStatistic(reader, key)),
        }),
    );
  }
}

function readStatistic(reader: ConfigReader, key: string): Statistic {
  const read = (value: JsonValue | undefined): Statistic => {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (Array.isArray(value)) return value.map(read);
    throw new DataError('Normalization', `'${key}' must hold numbers, found ${describeJson(value)}.`);
  };
  return read(reader.value(key));
}

/** Makes a {@link Normalization} layer. */
export const normalization = (options?: NormalizationOptions): Normalization => new Normalization(options);
