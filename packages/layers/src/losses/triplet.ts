/**
 * Triplet losses: an anchor should be nearer to samples of its label than to any other, by a margin. The triplets are
 * found within the batch, which therefore should hold several samples of each of several labels.
 */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import { any, greater, logicalAnd, max, maximum, min, softplus, sum, where } from '@hadal/core';
import { withMask } from '../layer/mask';
import { Loss, type LossOptions } from './loss';
import { readLossConfig } from './options';
import { DISTANCES, type Distance, labelPairs, pairDistances } from './pairs';

export interface TripletOptions extends LossOptions {
  /** How much nearer samples of the same label should be (default 1). */
  readonly margin?: number;
  /** How distances are measured (default euclidean). */
  readonly distance?: Distance;
}

/** Farther than anything, and still finite. */
const FAR = 1e30;

const readTripletOptions = (reader: ConfigReader): { margin: number; distance: Distance } => ({
  margin: reader.number('margin', 1),
  distance: reader.choice('distance', DISTANCES, 'euclidean'),
});

/** Values of anchors that have a partner and an opponent; others do not count. */
function ofAnchors(values: Tensor, alike: Tensor, unlike: Tensor): Tensor {
  const counts = logicalAnd(any(alike, 1), any(unlike, 1));
  return withMask(where(counts, values, 0), counts);
}

/**
 * For every anchor and every sample of its label: max(d⁺ − d⁻ + margin, 0), d⁻ being the distance to the nearest sample
 * of another label that is farther than d⁺, or to the farthest where none is. The mean over the samples of its label is
 * the loss of an anchor. Targets are labels [batch], outputs embeddings [batch, features], usually of length 1. Source:
 * Schroff et al. (2015).
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: new TripletSemiHard({ margin: 0.5 }) });
 */
export class TripletSemiHard extends Loss {
  static readonly className = 'TripletSemiHard';
  readonly className = TripletSemiHard.className;
  readonly margin: number;
  readonly distance: Distance;

  constructor({ margin = 1, distance = 'euclidean', ...options }: TripletOptions = {}) {
    super(options);
    this.margin = margin;
    this.distance = distance;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const { alike, unlike } = labelPairs('tripletSemiHard', yTrue, yPred);
    const [batch = 0] = yPred.shape;
    const distances = pairDistances(yPred, this.distance);
    // Axes: anchor, sample of its label, sample of another.
    const opponents = distances.reshape([batch, 1, batch]);
    const isFarther = logicalAnd(
      greater(opponents, distances.reshape([batch, batch, 1])),
      unlike.reshape([batch, 1, batch]),
    );
    const nearest = min(where(isFarther, opponents, FAR), -1);
    const farthest = max(where(unlike, distances, -FAR), { axis: -1, keepDims: true });
    const chosen = where(any(isFarther, -1), nearest, farthest);
    const losses = maximum(distances.sub(chosen).add(this.margin), 0);
    const count = maximum(sum(alike.cast(yPred.dtype), 1), 1);
    return ofAnchors(sum(where(alike, losses, 0), 1).div(count), alike, unlike);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), margin: this.margin, distance: this.distance };
  }

  static fromConfig(config: JsonObject): TripletSemiHard {
    return new TripletSemiHard(readLossConfig(TripletSemiHard.className, config, readTripletOptions));
  }
}

/** Makes a `TripletSemiHard` loss. */
export const tripletSemiHard = (options?: TripletOptions): TripletSemiHard => new TripletSemiHard(options);

export interface TripletHardOptions extends TripletOptions {
  /** Uses log(1 + e^(d⁺ − d⁻)) in place of the margin (default false). */
  readonly soft?: boolean;
}

/**
 * For every anchor: max(d⁺ − d⁻ + margin, 0), d⁺ being the distance to the farthest sample of its label and d⁻ that to
 * the nearest of another. Targets are labels [batch], outputs embeddings [batch, features]. Source: Hermans et al.
 * (2017), "batch hard".
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: new TripletHard({ soft: true }) });
 */
export class TripletHard extends Loss {
  static readonly className = 'TripletHard';
  readonly className = TripletHard.className;
  readonly margin: number;
  readonly soft: boolean;
  readonly distance: Distance;

  constructor({ margin = 1, soft = false, distance = 'euclidean', ...options }: TripletHardOptions = {}) {
    super(options);
    this.margin = margin;
    this.soft = soft;
    this.distance = distance;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const { alike, unlike } = labelPairs('tripletHard', yTrue, yPred);
    const distances = pairDistances(yPred, this.distance);
    const farthest = max(where(alike, distances, -FAR), 1);
    const nearest = min(where(unlike, distances, FAR), 1);
    const excess = farthest.sub(nearest);
    const values = this.soft ? softplus(excess) : maximum(excess.add(this.margin), 0);
    return ofAnchors(values, alike, unlike);
  }

  override getConfig(): JsonObject {
    const { margin, soft, distance } = this;
    return { ...super.getConfig(), margin, soft, distance };
  }

  static fromConfig(config: JsonObject): TripletHard {
    return new TripletHard(
      readLossConfig(TripletHard.className, config, (reader) => ({
        ...readTripletOptions(reader),
        soft: reader.boolean('soft', false),
      })),
    );
  }
}

/** Makes a `TripletHard` loss. */
export const tripletHard = (options?: TripletHardOptions): TripletHard => new TripletHard(options);
