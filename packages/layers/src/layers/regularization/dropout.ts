/** Dropout: in training a random part of the values is zeroed and the rest scaled up to keep the mean. */
import type { Generator, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, dropout as drop, dropoutWithShape, zerosLike } from '@hadal/core';
import { fromEntries } from '../../layer/options';
import { RandomLayer, type RandomLayerOptions, readRandomLayer, requireRate } from './random-layer';

export interface DropoutOptions extends RandomLayerOptions {
  /** What is dropped together: an extent of 1 shares one decision along its axis, null is the extent of the input. */
  readonly noiseShape?: readonly (number | null)[];
}

/**
 * Zeroes each value with probability `rate` and multiplies the others by 1 / (1 − rate). Outside of training it does
 * nothing.
 *
 * Source: Srivastava et al. (2014), in the scaling form of Keras.
 *
 * @example
 * const model = sequential([dense(64, { activation: 'relu' }), dropout(0.5), dense(10)]);
 */
export class Dropout extends RandomLayer {
  static readonly className = 'Dropout';
  readonly className = Dropout.className;
  /** Part of the values that is dropped in training. */
  readonly rate: number;
  readonly noiseShape: readonly (number | null)[] | undefined;

  constructor(rate: number, options: DropoutOptions = {}) {
    super(options);
    this.rate = requireRate('Dropout', rate);
    this.noiseShape = options.noiseShape;
  }

  protected override disturb(inputs: Tensor, generator: Generator | undefined): Tensor {
    if (this.rate === 0) return inputs;
    if (this.rate === 1) return zerosLike(inputs);
    if (this.noiseShape === undefined) return drop(inputs, this.rate, generator);
    return dropoutWithShape(inputs, this.rate, noiseShapeFor('Dropout', this.noiseShape, inputs), {
      generator,
    });
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), rate: this.rate, noiseShape: this.noiseShape ?? null };
  }

  static fromConfig(config: JsonObject): Dropout {
    return fromEntries(
      Dropout.className,
      config,
      (reader) =>
        new Dropout(reader.number('rate'), {
          ...readRandomLayer(reader),
          noiseShape: readNoiseShape('Dropout', reader.value('noiseShape')),
        }),
    );
  }
}

/** The extents of what decides, for an input. */
export function noiseShapeFor(
  where: string,
  noiseShape: readonly (number | null)[],
  { shape }: Tensor,
): readonly number[] {
  const fits =
    noiseShape.length === shape.length &&
    noiseShape.every((extent, axis) => extent === null || extent === 1 || extent === shape[axis]);
  if (fits) return shape.map((extent, axis) => noiseShape[axis] ?? extent);
  throw new ArgumentError(
    where,
    `noiseShape [${noiseShape.map((extent) => extent ?? 'null')}] does not fit inputs of shape [${shape}].`,
    'Give 1 where a decision is shared along an axis, and null elsewhere.',
  );
}

/** A saved noise shape. */
export function readNoiseShape(where: string, value: unknown): readonly (number | null)[] | undefined {
  if (value === undefined) return undefined;
  const isExtent = (extent: unknown): extent is number | null =>
    extent === null || (Number.isSafeInteger(extent) && Number(extent) > 0);
  if (Array.isArray(value) && value.every(isExtent)) return value;
  throw new ArgumentError(where, `noiseShape is ${JSON.stringify(value)}; expected extents or null.`);
}

/** Makes a {@link Dropout} layer. */
export const dropout = (rate: number, options?: DropoutOptions): Dropout => new Dropout(rate, options);
