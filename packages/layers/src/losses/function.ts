/** A plain function as a loss. */
import type { Tensor } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import { Loss } from './loss';

/** Gives one value per sample (or any tensor; it is averaged). */
export type LossFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** A loss made of a function; it cannot be saved. */
export class FunctionLoss extends Loss {
  readonly className = 'FunctionLoss';

  constructor(readonly fn: LossFunction) {
    super({ name: fn.name === '' ? 'custom' : fn.name });
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(yTrue, yPred);
  }

  override getConfig(): never {
    throw new ArgumentError(
      'save',
      `the loss '${this.name}' is a function, which cannot be saved.`,
      'Save with { includeTraining: false } and compile again after loading.',
    );
  }
}
