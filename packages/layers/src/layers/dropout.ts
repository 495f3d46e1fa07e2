/** Dropout: in training a random part of the values is zeroed and the rest scaled up to keep the mean. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, dropout as drop, Generator, zerosLike } from '@hadal/core';
import type { CallContext } from '../layer/context';
import { Layer, type LayerOptions } from '../layer/layer';
import { readLayerOptions } from '../layer/options';
import type { LayerShape } from '../layer/shape';

export interface DropoutOptions extends LayerOptions {
  /** Gives the layer random numbers of its own; without it they come from the default generator that `setSeed` seeds. */
  readonly seed?: number;
}

/**
 * Zeroes each value with probability `rate` and multiplies the others by 1 / (1 − rate). Outside of training it does
 * nothing.
 *
 * Source: Srivastava et al. (2014), in the scaling form of Keras.
 */
export class Dropout extends Layer {
  static readonly className = 'Dropout';
  readonly className = Dropout.className;
  readonly seed: number | undefined;
  readonly #generator: Generator | undefined;

  constructor(
    readonly rate: number,
    options: DropoutOptions = {},
  ) {
    super(options);
    if (!(rate >= 0 && rate <= 1)) {
      throw new ArgumentError('Dropout', `rate is ${rate}; expected a probability in [0, 1].`);
    }
    this.seed = options.seed;
    this.#generator = options.seed === undefined ? undefined : new Generator(options.seed);
  }

  override call(inputs: Tensor, { training }: CallContext): Tensor {
    if (!training || this.rate === 0) return inputs;
    if (this.rate === 1) return zerosLike(inputs);
    return drop(inputs, this.rate, this.#generator);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }

  override get generators(): readonly Generator[] {
    return this.#generator === undefined ? [] : [this.#generator];
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed ?? null };
  }

  static fromConfig(config: JsonObject): Dropout {
    const reader = new ConfigReader(Dropout.className, config);
    const options = readLayerOptions(reader);
    const rate = reader.number('rate');
    const seed = reader.value('seed') === undefined ? undefined : reader.integer('seed');
    reader.done();
    return new Dropout(rate, { ...options, seed });
  }
}

/** Makes a {@link Dropout} layer. */
export const dropout = (rate: number, options?: DropoutOptions): Dropout => new Dropout(rate, options);
