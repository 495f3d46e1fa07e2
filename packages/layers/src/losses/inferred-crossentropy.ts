/** The cross-entropy that fits: what the string 'crossentropy' means. */
import type { HostArray, JsonObject, Tensor } from '@hadal/core';
import type { LayerShape } from '../layer/shape';
import { BinaryCrossentropy, CategoricalCrossentropy } from './crossentropy';
import { Loss, type LossOptions } from './loss';
import { readLossConfig } from './options';
import { SparseCategoricalCrossentropy } from './sparse-crossentropy';

/** What targets are, judged by shapes alone. */
export type TargetKind = 'binary' | 'sparse' | 'categorical';

/**
 * Yes-or-no targets for outputs with one column; class numbers where targets have an axis less than the outputs, or one
 * column; distributions otherwise. As Keras decides.
 */
export function targetKind(
  targets: readonly (number | null)[],
  outputs: readonly (number | null)[],
): TargetKind {
  if ((outputs.at(-1) ?? 1) === 1) return 'binary';
  return targets.length < outputs.length || targets.at(-1) === 1 ? 'sparse' : 'categorical';
}

/**
 * Binary cross-entropy for outputs with one column, of class numbers when targets have one column or an axis less than
 * the outputs, of distributions otherwise. Outputs are probabilities.
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: 'crossentropy', metrics: ['accuracy'] });
 */
export class InferredCrossentropy extends Loss {
  static readonly className = 'InferredCrossentropy';
  readonly className = InferredCrossentropy.className;
  readonly #kinds: Readonly<Record<TargetKind, Loss>>;

  constructor(options: LossOptions = {}) {
    super(options);
    this.#kinds = {
      binary: new BinaryCrossentropy(options),
      sparse: new SparseCategoricalCrossentropy(options),
      categorical: new CategoricalCrossentropy(options),
    };
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.#kinds[targetKind(yTrue.shape, yPred.shape)].call(yTrue, yPred);
  }

  override checkTargets(targets: HostArray, outputShape: LayerShape): void {
    this.#kinds[targetKind(targets.shape, outputShape)].checkTargets(targets, outputShape);
  }

  static fromConfig(config: JsonObject): InferredCrossentropy {
    return new InferredCrossentropy(readLossConfig(InferredCrossentropy.className, config));
  }
}

/** Makes an `InferredCrossentropy` loss. */
export const inferredCrossentropy = (options?: LossOptions): InferredCrossentropy =>
  new InferredCrossentropy(options);
