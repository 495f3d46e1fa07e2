/** The loss base: a value per sample, and how values are reduced to the number that is minimized. */
import type { HostArray, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, canonicalName, logicalAnd, reciprocal, ShapeError, sum } from '@hadal/core';
import { maskOf } from '../layer/mask';
import type { LayerShape } from '../layer/shape';

export const REDUCTIONS = ['sumOverBatchSize', 'sum', 'mean', 'meanWithSampleWeight', 'none'] as const;

/**
 * How values become one number. `sumOverBatchSize` and `mean` divide the (weighted) sum by the number of values,
 * `meanWithSampleWeight` by the sum of the weights, `sum` by nothing; `none` keeps the values.
 */
export type Reduction = (typeof REDUCTIONS)[number];

/** A reduction in camelCase or Keras' snake_case. */
export type ReductionName = Reduction | 'sum_over_batch_size' | 'mean_with_sample_weight';

export interface LossOptions {
  /** Default sumOverBatchSize. */
  readonly reduction?: ReductionName;
  /** For logs (default: the class name). */
  readonly name?: string;
}

/** Base of all losses. Subclass it for one of your own: `call` gives one value per sample. */
export abstract class Loss {
  /** The name under which the loss is saved. */
  abstract readonly className: string;
  readonly reduction: Reduction;
  readonly #name: string | undefined;

  constructor({ reduction = 'sumOverBatchSize', name }: LossOptions = {}) {
    const wanted = canonicalName(reduction);
    const found = REDUCTIONS.find((known) => canonicalName(known) === wanted);
    if (found === undefined) {
      throw new ArgumentError(
        'loss',
        `unknown reduction '${reduction}'; expected one of ${REDUCTIONS.join(', ')}.`,
      );
    }
    this.reduction = found;
    this.#name = name;
  }

  get name(): string {
    return this.#name ?? this.className;
  }

  /**
   * The loss of each sample.
   *
   * @param yTrue targets as they came
   * @param yPred what the model computed
   * @returns values of the shape of `yPred` without its last axis; `withMask` marks those that do not count
   */
  abstract call(yTrue: Tensor, yPred: Tensor): Tensor;

  /** Checks targets while they are still on the host; outputs of the model have `outputShape`. */
  checkTargets(_targets: HostArray, _outputShape: LayerShape): void {}

  getConfig(): JsonObject {
    return { reduction: this.reduction, name: this.#name ?? null };
  }

  /**
   * The reduced loss. What the mask of the outputs hides does not count, nor does what `call` masks in its values.
   *
   * @param sampleWeight weights that broadcast with the values from the first axis on, usually [batch]
   * @returns a scalar, or with reduction `none` one value per sample
   */
  apply(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Tensor {
    const values = this.call(yTrue, yPred);
    const mask = maskOfValues(values, yPred);
    const weights = [
      ...(sampleWeight === undefined ? [] : [alignWeights(sampleWeight, values)]),
      ...(mask === undefined ? [] : [alignWeights(this.#maskWeights(mask, values), values)]),
    ].reduce<Tensor | undefined>((product, each) => product?.mul(each) ?? each, undefined);
    const weighted = weights === undefined ? values : values.mul(weights);
    if (this.reduction === 'none') return weighted;
    const total = sum(weighted);
    if (this.reduction === 'sum') return total;
    if (this.reduction === 'meanWithSampleWeight' && weights !== undefined) return total.div(sum(weights));
    return total.div(Math.max(1, values.size));
  }

  /** Weights that leave out what a mask hides; where values are averaged, the others make up for it. */
  #maskWeights(mask: Tensor, values: Tensor): Tensor {
    const weights = mask.cast(values.dtype);
    const isMean = this.reduction === 'mean' || this.reduction === 'sumOverBatchSize';
    return isMean ? weights.mul(reciprocal(sum(weights).add(NO_DIVISION_BY_ZERO)).mul(mask.size)) : weights;
  }
}

/** As in Keras: a mask that hides everything gives a loss of 0. */
const NO_DIVISION_BY_ZERO = 1e-7;

/**
 * Which values count: those that the loss itself marks, of those that the mask of the outputs shows. A mask with more axes
 * than the values was for the loss to heed.
 */
export function maskOfValues(values: Tensor, yPred: Tensor): Tensor | undefined {
  const own = maskOf(values);
  const given = maskOf(yPred);
  if (given === undefined || given.rank > values.rank) return own;
  if (own === undefined) return given;
  return logicalAnd(own, alignWeights(given, own));
}

/** Weights of shape [batch, …] as a tensor that broadcasts with `values` from the first axis on. */
export function alignWeights(weights: Tensor, values: Tensor): Tensor {
  if (weights.rank > values.rank) {
    if (weights.rank === values.rank + 1 && weights.shape.at(-1) === 1) {
      return weights.reshape(weights.shape.slice(0, -1)).cast(values.dtype);
    }
    throw new ShapeError(
      'sampleWeight',
      `weights of shape [${weights.shape}] do not fit values of shape [${values.shape}].`,
      'Give one weight per sample: shape [batch].',
    );
  }
  const open = values.rank - weights.rank;
  return weights.reshape([...weights.shape, ...Array.from({ length: open }, () => 1)]).cast(values.dtype);
}

/**
 * Targets and outputs of one shape: a last axis of extent 1 that only one of them has is added to or taken from the
 * targets. Anything else is an error, so that nothing is ever broadcast by accident.
 */
export function matchTargets(where: string, yTrue: Tensor, yPred: Tensor): Tensor {
  const targets = yTrue.cast(yPred.dtype);
  const same = (shape: readonly number[]): boolean =>
    shape.length === yPred.rank && shape.every((extent, axis) => extent === yPred.shape[axis]);
  if (same(targets.shape)) return targets;
  if (same([...targets.shape, 1])) return targets.reshape([...targets.shape, 1]);
  if (targets.shape.at(-1) === 1 && same(targets.shape.slice(0, -1))) return targets.reshape(yPred.shape);
  throw new ShapeError(
    where,
    `targets have shape [${yTrue.shape}], outputs have shape [${yPred.shape}]; they must be the same.`,
    targets.rank === yPred.rank - 1
      ? "If the targets are class numbers, use 'sparseCategoricalCrossentropy', or one-hot encode them."
      : 'Check the units of the last layer and the shape of y.',
  );
}
