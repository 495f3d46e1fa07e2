/** What layers share that draw random numbers in training and do nothing in use. */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, Generator } from '@hadal/core';
import type { CallContext } from '../../layer/context';
import type { LayerOptions } from '../../layer/layer';
import { readLayerOptions } from '../../layer/options';
import { SameShapeLayer } from '../../layer/same-shape';

export interface RandomLayerOptions extends LayerOptions {
  /** Gives the layer random numbers of its own; without it they come from the default generator that `setSeed` seeds. */
  readonly seed?: number;
}

export abstract class RandomLayer extends SameShapeLayer {
  readonly seed: number | undefined;
  readonly #generator: Generator | undefined;

  constructor(options: RandomLayerOptions) {
    super(options);
    this.seed = options.seed;
    this.#generator = options.seed === undefined ? undefined : new Generator(options.seed);
  }

  /** What training makes of the inputs. */
  protected abstract disturb(inputs: Tensor, generator: Generator | undefined): Tensor;

  override call(inputs: Tensor, { training }: CallContext): Tensor {
    return training ? this.disturb(inputs, this.#generator) : inputs;
  }

  override get generators(): readonly Generator[] {
    return this.#generator === undefined ? [] : [this.#generator];
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), seed: this.seed ?? null };
  }
}

/** The options that `getConfig` wrote. */
export const readRandomLayer = (reader: ConfigReader): RandomLayerOptions => ({
  ...readLayerOptions(reader),
  seed: reader.value('seed') === undefined ? undefined : reader.integer('seed'),
});

/** Checks a probability of being dropped. */
export function requireRate(where: string, rate: number): number {
  if (rate >= 0 && rate <= 1) return rate;
  throw new ArgumentError(where, `rate is ${rate}; expected a probability in [0, 1].`);
}
