/** Generalized cross-entropy: between cross-entropy and mean absolute error, for labels of which some are wrong. */
import type { HostArray, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, oneHot, pow, sum } from '@hadal/core';
import type { LayerShape } from '../layer/shape';
import { checkLabelsOf, classLabels } from './class-labels';
import { Loss, type LossOptions } from './loss';
import { readLossConfig } from './options';

export interface GeneralizedCrossentropyOptions extends LossOptions {
  /** Between 0 (cross-entropy) and 1 (mean absolute error), both excluded (default 0.5). */
  readonly q?: number;
}

/**
 * (1 − p^q) / q, p being the probability given to the true class: targets are class numbers [batch], outputs are
 * probabilities [batch, classes]. Source: Zhang and Sabuncu (2018).
 *
 * @example
 * const labels = tensor([0], { dtype: 'int32' });
 * await new CategoricalGeneralizedCrossEntropy().apply(labels, tensor([[0.25, 0.75]])).item(); // 1
 */
export class CategoricalGeneralizedCrossEntropy extends Loss {
  static readonly className = 'CategoricalGeneralizedCrossEntropy';
  readonly className = CategoricalGeneralizedCrossEntropy.className;
  readonly q: number;

  constructor({ q = 0.5, ...options }: GeneralizedCrossentropyOptions = {}) {
    super(options);
    if (!(q > 0 && q < 1)) {
      throw new ArgumentError(
        'categoricalGeneralizedCrossEntropy',
        `q is ${q}; expected a number between 0 and 1, both excluded.`,
        "The limits are 'sparseCategoricalCrossentropy' (0) and the mean absolute error (1).",
      );
    }
    this.q = q;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const labels = classLabels(yTrue, yPred.shape);
    const targets = oneHot(labels, yPred.shape.at(-1) ?? 1, { dtype: yPred.dtype });
    const p = sum(yPred.mul(targets), -1);
    return pow(p, this.q).neg().add(1).div(this.q);
  }

  override checkTargets(targets: HostArray, outputShape: LayerShape): void {
    checkLabelsOf('categoricalGeneralizedCrossEntropy', targets, outputShape);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), q: this.q };
  }

  static fromConfig(config: JsonObject): CategoricalGeneralizedCrossEntropy {
    return new CategoricalGeneralizedCrossEntropy(
      readLossConfig(CategoricalGeneralizedCrossEntropy.className, config, (reader) => ({
        q: reader.number('q', 0.5),
      })),
    );
  }
}

/** Makes a `CategoricalGeneralizedCrossEntropy` loss. */
export const categoricalGeneralizedCrossEntropy = (
  options?: GeneralizedCrossentropyOptions,
): CategoricalGeneralizedCrossEntropy => new CategoricalGeneralizedCrossEntropy(options);
