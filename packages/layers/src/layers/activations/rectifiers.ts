/** Activations with options, as layers: rectifiers and their relatives. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, elu as exponential, leakyRelu, minimum, prelu, relu, where } from '@hadal/core';
import type { LayerOptions, WeightOptions } from '../../layer/layer';
import { fromEntries, optional, readLayerOptions } from '../../layer/options';
import { SameShapeLayer } from '../../layer/same-shape';
import { type LayerShape, requireExtent } from '../../layer/shape';
import {
  readWeightOptions,
  serializeWeightOptions,
  type WeightOptionsOf,
  weightOptions,
} from '../../layer/weight-options';

function requireAtLeastZero(where: string, name: string, value: number): number {
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new ArgumentError(where, `${name} is ${value}; expected a number of at least 0.`);
}

export interface ReLUOptions extends LayerOptions {
  /** What larger values are cut to; by default they are not. */
  readonly maxValue?: number;
  /** Slope below the threshold (default 0). */
  readonly negativeSlope?: number;
  /** Where values begin to pass (default 0). */
  readonly threshold?: number;
}

/**
 * x from the threshold on, at most `maxValue`; below it `negativeSlope` · (x − threshold).
 *
 * @example
 * reLU({ maxValue: 6 }).apply(tensor([-1, 3, 8])); // [0, 3, 6]
 */
export class ReLU extends SameShapeLayer {
  static readonly className = 'ReLU';
  readonly className = ReLU.className;
  readonly maxValue: number | undefined;
  readonly negativeSlope: number;
  readonly threshold: number;

  /** @throws {ArgumentError} when an option is negative */
  constructor(options: ReLUOptions = {}) {
    super(options);
    const { maxValue, negativeSlope = 0, threshold = 0 } = options;
    this.maxValue = maxValue === undefined ? undefined : requireAtLeastZero('ReLU', 'maxValue', maxValue);
    this.negativeSlope = requireAtLeastZero('ReLU', 'negativeSlope', negativeSlope);
    this.threshold = requireAtLeastZero('ReLU', 'threshold', threshold);
  }

  override call(inputs: Tensor): Tensor {
    const x = this.floating(inputs);
    const { threshold, negativeSlope, maxValue } = this;
    const passed = threshold === 0 ? relu(x) : where(x.greater(threshold), x, 0);
    const cut = maxValue === undefined ? passed : minimum(passed, maxValue);
    return negativeSlope === 0 ? cut : cut.sub(relu(x.neg().add(threshold)).mul(negativeSlope));
  }

  override getConfig(): JsonObject {
    const { maxValue = null, negativeSlope, threshold } = this;
    return { ...super.getConfig(), maxValue, negativeSlope, threshold };
  }

  static fromConfig(config: JsonObject): ReLU {
    return fromEntries(
      ReLU.className,
      config,
      (reader) =>
        new ReLU({
          ...readLayerOptions(reader),
          maxValue: reader.optionalNumber('maxValue'),
          negativeSlope: reader.optionalNumber('negativeSlope'),
          threshold: reader.optionalNumber('threshold'),
        }),
    );
  }
}

export interface LeakyReLUOptions extends LayerOptions {
  /** Slope of negative values (default 0.3). */
  readonly negativeSlope?: number;
}

/**
 * x where it is positive, `negativeSlope` · x elsewhere.
 *
 * @example
 * leakyReLU({ negativeSlope: 0.1 }).apply(tensor([-2, 3])); // [-0.2, 3]
 */
export class LeakyReLU extends SameShapeLayer {
  static readonly className = 'LeakyReLU';
  readonly className = LeakyReLU.className;
  readonly negativeSlope: number;

  constructor(options: LeakyReLUOptions = {}) {
    super(options);
    this.negativeSlope = requireAtLeastZero('LeakyReLU', 'negativeSlope', options.negativeSlope ?? 0.3);
  }

  override call(inputs: Tensor): Tensor {
    return leakyRelu(this.floating(inputs), this.negativeSlope);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), negativeSlope: this.negativeSlope };
  }

  static fromConfig(config: JsonObject): LeakyReLU {
    return fromEntries(
      LeakyReLU.className,
      config,
      (reader) =>
        new LeakyReLU({
          ...readLayerOptions(reader),
          negativeSlope: reader.optionalNumber('negativeSlope'),
        }),
    );
  }
}

/** The slopes begin as zeros, unless told otherwise. */
export interface PReLUOptions extends LayerOptions, WeightOptionsOf<'alpha'> {
  /** Axes along which all positions share a slope, from 1: [1, 2] for images. By default each has its own. */
  readonly sharedAxes?: readonly number[];
}

/**
 * x where it is positive, alpha · x elsewhere, with slopes that are trained. Weight: `alpha` with the extents of a sample,
 * 1 along shared axes.
 *
 * Source: He et al. (2015).
 *
 * @example
 * const model = sequential([conv2d(8, 3), pReLU({ sharedAxes: [1, 2] })]);
 */
export class PReLU extends SameShapeLayer {
  static readonly className = 'PReLU';
  readonly className = PReLU.className;
  readonly sharedAxes: readonly number[] | undefined;
  readonly #options: WeightOptions;
  #alpha: Variable | undefined;

  constructor(options: PReLUOptions = {}) {
    super(options);
    const { alphaInitializer = 'zeros', sharedAxes } = options;
    this.sharedAxes = sharedAxes;
    this.#options = weightOptions(alphaInitializer, options.alphaRegularizer, options.alphaConstraint);
  }

  override build(inputShape: LayerShape): void {
    const shape = inputShape
      .map((_, axis) =>
        axis === 0 || this.sharedAxes?.includes(axis)
          ? 1
          : requireExtent('PReLU', inputShape, axis, `axis ${axis}`),
      )
      .slice(1);
    this.#alpha = this.addWeight('alpha', shape, this.#options);
  }

  override call(inputs: Tensor): Tensor {
    return prelu(this.floating(inputs), this.#alpha!.value);
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      ...serializeWeightOptions('alpha', this.#options),
      sharedAxes: this.sharedAxes ?? null,
    };
  }

  static fromConfig(config: JsonObject): PReLU {
    return fromEntries(
      PReLU.className,
      config,
      (reader) =>
        new PReLU({
          ...readLayerOptions(reader),
          ...readWeightOptions(reader, 'alpha'),
          sharedAxes: optional(reader, 'sharedAxes', (key) => reader.numbers(key)),
        }),
    );
  }
}

export interface ELUOptions extends LayerOptions {
  /** What negative values tend to, negated (default 1). */
  readonly alpha?: number;
}

/**
 * x where it is positive, alpha · (eˣ − 1) elsewhere.
 *
 * Source: Clevert, Unterthiner & Hochreiter (2016).
 *
 * @example
 * eLU().apply(tensor([-1, 2])); // [-0.6321, 2]
 */
export class ELU extends SameShapeLayer {
  static readonly className = 'ELU';
  readonly className = ELU.className;
  readonly alpha: number;

  constructor(options: ELUOptions = {}) {
    super(options);
    this.alpha = options.alpha ?? 1;
  }

  override call(inputs: Tensor): Tensor {
    return exponential(this.floating(inputs), this.alpha);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), alpha: this.alpha };
  }

  static fromConfig(config: JsonObject): ELU {
    return fromEntries(
      ELU.className,
      config,
      (reader) => new ELU({ ...readLayerOptions(reader), alpha: reader.optionalNumber('alpha') }),
    );
  }
}

/** Makes a {@link ReLU} layer. */
export const reLU = (options?: ReLUOptions): ReLU => new ReLU(options);

/** Makes a {@link LeakyReLU} layer. */
export const leakyReLU = (options?: LeakyReLUOptions): LeakyReLU => new LeakyReLU(options);

/** Makes a {@link PReLU} layer. */
export const pReLU = (options?: PReLUOptions): PReLU => new PReLU(options);

/** Makes an {@link ELU} layer. */
export const eLU = (options?: ELUOptions): ELU => new ELU(options);
