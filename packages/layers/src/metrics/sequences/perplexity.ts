/** Perplexity: how many tokens a language model hesitates between. */
import type { JsonObject, Tensor } from '@hadal/core';
import { exp } from '@hadal/core';
import { SparseCategoricalCrossentropy } from '../../losses/sparse-crossentropy';
import { MeanMetric } from '../metric';
import { type MetricOptions, readMetricConfig, readOptionalInteger } from '../options';

export interface PerplexityOptions extends MetricOptions {
  /** Outputs are logits, not probabilities (default false). */
  readonly fromLogits?: boolean;
  /** A target that does not count, such as that of padding (default: none). */
  readonly maskTokenId?: number;
}

/**
 * e to the mean cross-entropy of the tokens: 1 for a model that is sure of the right ones, the number of tokens for one
 * that knows nothing. Targets are [batch, positions], outputs [batch, positions, tokens].
 *
 * @example
 * model.compile({
 *   loss: new SparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: 0 }),
 *   metrics: [new Perplexity({ fromLogits: true, maskTokenId: 0 })],
 * });
 */
export class Perplexity extends MeanMetric {
  static readonly className = 'Perplexity';
  readonly className = Perplexity.className;
  readonly direction = 'down';
  readonly fromLogits: boolean;
  readonly maskTokenId: number | undefined;
  readonly #entropy: SparseCategoricalCrossentropy;

  constructor({ name = 'perplexity', fromLogits = false, maskTokenId }: PerplexityOptions = {}) {
    super(name);
    this.fromLogits = fromLogits;
    this.maskTokenId = maskTokenId;
    this.#entropy = new SparseCategoricalCrossentropy({
      fromLogits,
      ...(maskTokenId !== undefined && { ignoreClass: maskTokenId }),
    });
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.#entropy.call(yTrue, yPred);
  }

  override result(): Tensor {
    return exp(super.result());
  }

  override getConfig(): JsonObject {
    const { name, fromLogits, maskTokenId = null } = this;
    return { name, fromLogits, maskTokenId };
  }

  static fromConfig(config: JsonObject): Perplexity {
    return new Perplexity(
      readMetricConfig(Perplexity.className, config, (reader) => {
        const maskTokenId = readOptionalInteger(reader, 'maskTokenId');
        return {
          fromLogits: reader.boolean('fromLogits', false),
          ...(maskTokenId !== undefined && { maskTokenId }),
        };
      }),
    );
  }
}

/** Makes a `Perplexity`. */
export const perplexity = (options?: PerplexityOptions): Perplexity => new Perplexity(options);
