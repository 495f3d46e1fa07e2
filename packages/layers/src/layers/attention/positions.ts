/** Layers that say where in a sequence something is: rotations of features, waves, or what is learned. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import {
  ArgumentError,
  arange,
  broadcastTo,
  ConfigReader,
  rotaryEmbedding as rotate,
  sinusoidalPositions,
} from '@hadal/core';
import type { Initializer } from '../../initializers/initializer';
import {
  type InitializerLike,
  readInitializer,
  resolveInitializer,
  serializeInitializer,
} from '../../initializers/table';
import { Layer, type LayerOptions } from '../../layer/layer';
import { readLayerOptions } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import { formatLayerShape, type LayerShape, requireExtent } from '../../layer/shape';

export interface WavelengthOptions extends LayerOptions {
  /** The longest wave is about 2π times this (default 10,000). */
  readonly maxWavelength?: number;
}

export interface RotaryEmbeddingOptions extends WavelengthOptions {
  /** Divides positions, so that sequences longer than those of training fit in (default 1). */
  readonly scalingFactor?: number;
}

/** What keeps a place and looks at no other step. */
abstract class PositionLayer extends Layer {
  override get supportsMasking(): boolean {
    return true;
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }
}

function requireWavelength(where: string, wavelength: number): number {
  if (wavelength > 0) return wavelength;
  throw new ArgumentError(where, `maxWavelength is ${wavelength}; expected a number above 0.`);
}

/**
 * Rotates pairs of features by an angle that grows with the position, so that products of queries and keys depend on
 * their distance: [batch, length, …, features] with an even number of features → the same. The first half of the
 * features is paired with the second.
 *
 * Source: Su et al. (2021).
 *
 * @example
 * rotaryEmbedding().apply(ones([1, 4, 2, 8])).shape; // [1, 4, 2, 8], of queries of two heads
 */
export class RotaryEmbedding extends PositionLayer {
  static readonly className = 'RotaryEmbedding';
  readonly className = RotaryEmbedding.className;
  readonly maxWavelength: number;
  readonly scalingFactor: number;

  constructor(options: RotaryEmbeddingOptions = {}) {
    super(options);
    this.maxWavelength = requireWavelength('RotaryEmbedding', options.maxWavelength ?? 10_000);
    this.scalingFactor = options.scalingFactor ?? 1;
    if (!(this.scalingFactor > 0)) {
      throw new ArgumentError(
        'RotaryEmbedding',
        `scalingFactor is ${this.scalingFactor}; expected more than 0.`,
      );
    }
  }

  override call(inputs: Tensor): Tensor {
    return this.rotate(inputs);
  }

  /**
   * Rotates steps that begin later in a sequence, as while one is generated.
   *
   * @param x     [batch, length, …, features]
   * @param start scalar: the position of the first step (default 0)
   */
  rotate(x: Tensor, start?: Tensor): Tensor {
    const [, length = 0] = x.shape;
    const counted = arange(0, length);
    const places = start === undefined ? counted : counted.add(start.cast(counted.dtype));
    const steps = places.div(this.scalingFactor);
    const positions = steps.reshape([length, ...Array.from({ length: x.rank - 3 }, () => 1)]);
    return rotate(x, { base: this.maxWavelength, positions });
  }

  override getConfig(): JsonObject {
    const { maxWavelength, scalingFactor } = this;
    return { ...super.getConfig(), maxWavelength, scalingFactor };
  }

  static fromConfig(config: JsonObject): RotaryEmbedding {
    const reader = new ConfigReader(RotaryEmbedding.className, config);
    const options: RotaryEmbeddingOptions = {
      ...readLayerOptions(reader),
      maxWavelength: reader.number('maxWavelength', 10_000),
      scalingFactor: reader.number('scalingFactor', 1),
    };
    reader.done();
    return new RotaryEmbedding(options);
  }
}

/**
 * Waves of growing length, sines in even columns and cosines in odd ones: [batch, length, features] → the same shape, to
 * be added to the inputs.
 *
 * Source: Vaswani et al. (2017).
 *
 * @example
 * const positioned = add([tokens, sinePositionEncoding().apply(tokens)]);
 */
export class SinePositionEncoding extends PositionLayer {
  static readonly className = 'SinePositionEncoding';
  readonly className = SinePositionEncoding.className;
  readonly maxWavelength: number;

  constructor(options: WavelengthOptions = {}) {
    super(options);
    this.maxWavelength = requireWavelength('SinePositionEncoding', options.maxWavelength ?? 10_000);
  }

  override call(inputs: Tensor): Tensor {
    const [length = 0, features = 0] = inputs.shape.slice(-2);
    const waves = sinusoidalPositions(length, features, { base: this.maxWavelength, dtype: this.dtype });
    return broadcastTo(waves, inputs.shape);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), maxWavelength: this.maxWavelength };
  }

  static fromConfig(config: JsonObject): SinePositionEncoding {
    const reader = new ConfigReader(SinePositionEncoding.className, config);
    const options = readLayerOptions(reader);
    const maxWavelength = reader.number('maxWavelength', 10_000);
    reader.done();
    return new SinePositionEncoding({ ...options, maxWavelength });
  }
}

export interface PositionEmbeddingOptions extends LayerOptions {
  /** Default glorotUniform. */
  readonly initializer?: InitializerLike;
}

/**
 * A vector for each position that is learned: [batch, length, features] → the same shape, to be added to the inputs.
 * Weights: `embeddings` [sequenceLength, features].
 *
 * @example
 * positionEmbedding(128).apply(zeros([2, 10, 16])).shape; // [2, 10, 16]
 */
export class PositionEmbedding extends PositionLayer {
  static readonly className = 'PositionEmbedding';
  readonly className = PositionEmbedding.className;
  readonly sequenceLength: number;
  readonly initializer: Initializer;
  #embeddings: Variable | undefined;

  /** @param sequenceLength the most steps that there are */
  constructor(sequenceLength: number, options: PositionEmbeddingOptions = {}) {
    super(options);
    this.sequenceLength = requirePositiveInteger('PositionEmbedding', 'sequenceLength', sequenceLength);
    this.initializer = resolveInitializer(options.initializer ?? 'glorotUniform');
  }

  override build(inputShape: LayerShape): void {
    const features = requireExtent('PositionEmbedding', inputShape, -1, 'the last axis');
    const { initializer } = this;
    this.#embeddings = this.addWeight('embeddings', [this.sequenceLength, features], { initializer });
  }

  override call(inputs: Tensor): Tensor {
    const [length = 0, features = 0] = inputs.shape.slice(-2);
    if (length > this.sequenceLength) {
      throw new ArgumentError(
        this.scope,
        `the input ${formatLayerShape(inputs.shape)} has ${length} steps, the layer knows ${this.sequenceLength}.`,
        'Make the layer with a larger sequenceLength, or cut the sequence.',
      );
    }
    return broadcastTo(this.#embeddings!.value.slice([0, 0], [length, features]), inputs.shape);
  }

  override getConfig(): JsonObject {
    const { sequenceLength, initializer } = this;
    return { ...super.getConfig(), sequenceLength, initializer: serializeInitializer(initializer) };
  }

  static fromConfig(config: JsonObject): PositionEmbedding {
    const reader = new ConfigReader(PositionEmbedding.className, config);
    const options = readLayerOptions(reader);
    const sequenceLength = reader.integer('sequenceLength');
    const initializer = readInitializer(reader, 'initializer', 'glorotUniform');
    reader.done();
    return new PositionEmbedding(sequenceLength, { ...options, initializer });
  }
}

/** Makes a {@link RotaryEmbedding} layer. */
export const rotaryEmbedding = (options?: RotaryEmbeddingOptions): RotaryEmbedding =>
  new RotaryEmbedding(options);

/** Makes a {@link SinePositionEncoding} layer. */
export const sinePositionEncoding = (options?: WavelengthOptions): SinePositionEncoding =>
  new SinePositionEncoding(options);

/** Makes a {@link PositionEmbedding} layer for sequences of up to `sequenceLength` steps. */
export const positionEmbedding = (
  sequenceLength: number,
  options?: PositionEmbeddingOptions,
): PositionEmbedding => new PositionEmbedding(sequenceLength, options);
