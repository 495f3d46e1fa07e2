/**
 * Batch renormalization: while training, what a batch normalized is corrected towards moving statistics, so that small
 * or uneven batches are normalized as they will be in use.
 */
import type { DType, JsonObject, Tensor, Variable } from '@hadal/core';
import {
  ArgumentError,
  ConfigReader,
  clip,
  maximum,
  minimum,
  relu,
  sqrt,
  square,
  stopGradient,
} from '@hadal/core';
import { Initializer } from '../../initializers/initializer';

/** Bounds of the correction `x · r + d`; what is not given is not bounded. */
export interface RenormClipping {
  /** The least factor that brings deviations of the batch to the moving one. */
  readonly rmin?: number;
  /** The greatest such factor. */
  readonly rmax?: number;
  /** The greatest shift of means, in deviations, to either side. */
  readonly dmax?: number;
}

export interface RenormalizationOptions {
  /** Whether batches are renormalized in training (default false). */
  readonly renorm?: boolean;
  /** Bounds of the correction. */
  readonly renormClipping?: RenormClipping;
  /** How much of the statistics that batches are corrected towards stays at every step (default 0.99). */
  readonly renormMomentum?: number;
}

/** Standard deviations that begin as the roots of variances. */
class RootOf extends Initializer {
  readonly className = 'RootOf';

  constructor(readonly variances: Initializer) {
    super();
  }

  override make(shape: readonly number[], dtype: DType): Tensor {
    return sqrt(this.variances.make(shape, dtype));
  }

  override getConfig(): JsonObject {
    return {};
  }
}

/** How the statistics that renormalization keeps begin. */
export interface RenormStart {
  readonly mean: Initializer;
  readonly variance: Initializer;
}

/** The moving statistics of the layer itself. */
export interface MovingStatistics {
  readonly mean: Variable;
  readonly variance: Variable;
  readonly momentum: number;
}

const mixed = (average: Variable, momentum: number, now: Tensor): Tensor =>
  average.value.mul(momentum).add(now.mul(1 - momentum));

export class Renormalization {
  readonly #movingStddev: Variable;
  readonly #mean: Variable;
  readonly #stddev: Variable;

  /** @param add makes a weight of the layer that training does not change */
  constructor(
    readonly momentum: number,
    readonly clipping: RenormClipping,
    readonly epsilon: number,
    start: RenormStart,
    add: (name: string, initializer: Initializer) => Variable,
  ) {
    const stddev = new RootOf(start.variance);
    this.#movingStddev = add('moving_stddev', stddev);
    this.#mean = add('renorm_mean', start.mean);
    this.#stddev = add('renorm_stddev', stddev);
  }

  /** The factor and the summand, per channel, for what a batch of these moments was normalized to. Constants of it. */
  correction(mean: Tensor, variance: Tensor): readonly [r: Tensor, d: Tensor] {
    const known = maximum(this.#stddev.value, Math.sqrt(this.epsilon));
    const { rmin, rmax, dmax } = this.clipping;
    let r = sqrt(variance.add(this.epsilon)).div(known);
    let d = mean.sub(this.#mean.value).div(known);
    if (rmin !== undefined) r = maximum(r, rmin);
    if (rmax !== undefined) r = minimum(r, rmax);
    if (dmax !== undefined) d = clip(d, -dmax, dmax);
    return [stopGradient(r), stopGradient(d)];
  }

  /** Takes the moments of a batch into all statistics, those of the layer included. */
  remember(moving: MovingStatistics, mean: Tensor, variance: Tensor): void {
    const stddev = sqrt(variance.add(this.epsilon));
    this.#mean.assign(mixed(this.#mean, this.momentum, mean));
    this.#stddev.assign(mixed(this.#stddev, this.momentum, stddev));
    moving.mean.assign(mixed(moving.mean, moving.momentum, mean));
    const movingStddev = mixed(this.#movingStddev, moving.momentum, stddev);
    this.#movingStddev.assign(movingStddev);
    // Rounding may leave less than epsilon.
    moving.variance.assign(relu(square(movingStddev).sub(this.epsilon)));
  }
}

/**
 * Checks the bounds of corrections.
 *
 * @throws {ArgumentError} when rmax is less than rmin or dmax negative
 */
export function requireClipping(clipping: RenormClipping): RenormClipping {
  const { rmin, rmax, dmax } = clipping;
  if (rmin !== undefined && rmax !== undefined && rmax < rmin) {
    throw new ArgumentError('BatchNormalization', `renormClipping has rmin ${rmin} over rmax ${rmax}.`);
  }
  if (dmax !== undefined && !(dmax >= 0)) {
    throw new ArgumentError('BatchNormalization', `renormClipping has dmax ${dmax}; expected at least 0.`);
  }
  return clipping;
}

/** The options that `BatchNormalization.getConfig` wrote. */
export function readRenormalization(reader: ConfigReader): RenormalizationOptions {
  const saved = reader.value('renormClipping') === undefined ? undefined : reader.object('renormClipping');
  return {
    renorm: reader.boolean('renorm', false),
    renormClipping: saved && readClipping(saved),
    renormMomentum: reader.optionalNumber('renormMomentum'),
  };
}

function readClipping(saved: JsonObject): RenormClipping {
  const reader = new ConfigReader('BatchNormalization.renormClipping', saved);
  const clipping = {
    rmin: reader.optionalNumber('rmin'),
    rmax: reader.optionalNumber('rmax'),
    dmax: reader.optionalNumber('dmax'),
  };
  reader.done();
  return Object.fromEntries(Object.entries(clipping).filter(([, bound]) => bound !== undefined));
}
