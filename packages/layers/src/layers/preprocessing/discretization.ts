/** Numbers as bins. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, DataError, digitize, tensor } from '@hadal/core';
import { Layer, type LayerOptions } from '../../layer/layer';
import { fromEntries, optional, readLayerOptions } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import { type AdaptData, partsOf } from './adapt-data';
import {
  CATEGORY_MODES,
  type CategoryMode,
  encodeCategories,
  encodedShape,
  type ModeName,
  readMode,
  requireMode,
} from './output-modes';
import {
  binBoundaries,
  EMPTY_SUMMARY,
  mergeSummaries,
  type QuantileSummary,
  summarize,
} from './quantile-summary';

export interface DiscretizationOptions extends LayerOptions {
  /** Where bins end, in ascending order; the first bin begins and the last one ends nowhere. */
  readonly binBoundaries?: readonly number[];
  /** How many bins `adapt` makes, each with as many values. */
  readonly numBins?: number;
  /** How finely `adapt` tells values apart: about 1 / epsilon of them are kept (default 0.01). */
  readonly epsilon?: number;
  /** Default int. */
  readonly outputMode?: ModeName<CategoryMode>;
}

/**
 * The number of the bin that each value falls into: how many boundaries are not above it. Boundaries are given, or
 * `adapt` takes them from data; they are saved with the model. A model that is compiled before has to be compiled again.
 *
 * Input [batch, …] of numbers; output int32 of the same shape, or vectors as `outputMode` says.
 *
 * @example
 * await discretization({ binBoundaries: [0, 1, 2] }).apply(tensor([[-1.5, 1, 3.4, 0.5]])).array(); // [[0, 2, 3, 1]]
 */
export class Discretization extends Layer {
  static readonly className = 'Discretization';
  readonly className = Discretization.className;
  readonly numBins: number | undefined;
  readonly epsilon: number;
  readonly outputMode: CategoryMode;
  #boundaries: readonly number[] | undefined;

  /** @throws {ArgumentError} when there are neither boundaries nor a number of bins, or the boundaries do not ascend */
  constructor(options: DiscretizationOptions = {}) {
    super(options);
    const { numBins, epsilon = 0.01 } = options;
    if (numBins === undefined && options.binBoundaries === undefined) {
      throw new ArgumentError(
        'Discretization',
        'neither binBoundaries nor numBins is given.',
        'Give the boundaries, or numBins and call adapt(data).',
      );
    }
    this.numBins =
      numBins === undefined ? undefined : requirePositiveInteger('Discretization', 'numBins', numBins);
    if (!(epsilon > 0 && epsilon < 1)) {
      throw new ArgumentError('Discretization', `epsilon is ${epsilon}; expected a number between 0 and 1.`);
    }
    this.epsilon = epsilon;
    this.outputMode = requireMode('Discretization', options.outputMode ?? 'int', CATEGORY_MODES);
    this.#boundaries = options.binBoundaries && requireAscending(options.binBoundaries);
  }

  /** Where bins end; undefined before `adapt`. */
  get binBoundaries(): readonly number[] | undefined {
    return this.#boundaries;
  }

  override call(inputs: Tensor): Tensor {
    const edges = tensor([...this.#requireBoundaries()], { dtype: this.dtype });
    return encodeCategories(
      digitize(inputs.cast(this.dtype), edges),
      this.outputMode,
      edges.size + 1,
      this.dtype,
    );
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    if (this.outputMode === 'int') return inputShape;
    return encodedShape(inputShape, this.outputMode, this.#requireBoundaries().length + 1);
  }

  /**
   * Makes bins of as many values each, approximately where there are more than 1 / epsilon.
   *
   * @param data an array of any shape, a dataset, or anything that yields arrays
   * @throws {ArgumentError} when the layer was made without numBins
   * @throws {DataError} when there is no data
   */
  async adapt(data: AdaptData): Promise<void> {
    if (this.numBins === undefined) {
      throw new ArgumentError(
        this.scope,
        'the layer was made with binBoundaries.',
        'Give numBins instead to take them from data.',
      );
    }
    let summary: QuantileSummary = EMPTY_SUMMARY;
    for await (const { data: values } of partsOf(this.scope, data)) {
      if (values.length === 0) continue;
      summary = mergeSummaries(summarize(values, this.epsilon), summary, this.epsilon);
    }
    if (summary.values.length === 0) throw new DataError(this.scope, 'there is no data to adapt to.');
    this.#boundaries = binBoundaries(summary, this.numBins);
  }

  #requireBoundaries(): readonly number[] {
    if (this.#boundaries !== undefined) return this.#boundaries;
    throw new ArgumentError(
      this.scope,
      'there are no bins yet.',
      'Call adapt(data) before the layer is used, or give binBoundaries.',
    );
  }

  override getConfig(): JsonObject {
    const { numBins, epsilon, outputMode } = this;
    return {
      ...super.getConfig(),
      binBoundaries: this.#boundaries ?? null,
      numBins: numBins ?? null,
      epsilon,
      outputMode,
    };
  }

  static fromConfig(config: JsonObject): Discretization {
    return fromEntries(
      Discretization.className,
      config,
      (reader) =>
        new Discretization({
          ...readLayerOptions(reader),
          binBoundaries: optional(reader, 'binBoundaries', (key) => reader.numbers(key)),
          numBins: optional(reader, 'numBins', (key) => reader.integer(key)),
          epsilon: optional(reader, 'epsilon', (key) => reader.number(key)),
          outputMode: readMode(reader, CATEGORY_MODES, 'int'),
        }),
    );
  }
}

function requireAscending(boundaries: readonly number[]): readonly number[] {
  if (boundaries.every((each, i) => Number.isFinite(each) && !(each < (boundaries[i - 1] ?? -Infinity)))) {
    return boundaries;
  }
  throw new ArgumentError(
    'Discretization',
    `binBoundaries are [${boundaries.join(', ')}]; expected finite numbers in ascending order.`,
  );
}

/** Makes a {@link Discretization} layer. */
export const discretization = (options: DiscretizationOptions): Discretization => new Discretization(options);
