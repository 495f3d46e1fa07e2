/** Evaluates, and saves, with the moving averages of the weights. */
import { ArgumentError } from '@hadal/core';
import { Callback } from './callback';

export interface SwapEMAWeightsOptions {
  /** Keeps the averages in the model from the end of an epoch to the next, so that checkpoints hold them (default false). */
  readonly swapOnEpoch?: boolean;
}

/**
 * Exchanges the weights with their moving averages for every evaluation. The optimizer keeps those with `useEma: true`.
 * With `swapOnEpoch` list it before the callbacks that save the model.
 *
 * Source: Keras 3, `keras.callbacks.SwapEMAWeights`.
 *
 * @example
 * model.compile({ optimizer: adam(1e-3, { useEma: true, emaMomentum: 0.999 }), loss: 'mse' });
 * await model.fit(x, y, { validationSplit: 0.2, callbacks: [new SwapEMAWeights()] });
 */
export class SwapEMAWeights extends Callback {
  readonly swapOnEpoch: boolean;
  constructor({ swapOnEpoch = false }: SwapEMAWeightsOptions = {}) {
    super();
    this.swapOnEpoch = swapOnEpoch;
  }

  override onEpochBegin(): void {
    this.#put(false);
  }

  override onTestBegin(): void {
    this.#put(true);
  }

  override onTestEnd(): void {
    this.#put(false);
  }

  override onEpochEnd(): void {
    if (this.swapOnEpoch) this.#put(true);
  }

  override onTrainEnd(): void {
    this.#put(false);
  }

  #put(averages: boolean): void {
    if (this.model.optimizer.showAverages(averages) || !averages) return;
    throw new ArgumentError(
      'SwapEMAWeights',
      'the optimizer keeps no moving averages.',
      'Compile with one that does: adam(1e-3, { useEma: true }).',
    );
  }
}
