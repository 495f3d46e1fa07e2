/** Cosine decay that begins anew again and again, each time over a longer period. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, cos, floor, log, pow } from '@hadal/core';
import { LearningRateSchedule, requireRate, requireSteps } from './schedule';

export interface CosineDecayRestartsOptions {
  /** How much longer each period is than the one before, at least 1 (default 2). */
  readonly tMul?: number;
  /** The rate each period begins with, relative to the one before (default 1). */
  readonly mMul?: number;
  /** The least rate as a fraction of the initial one (default 0). */
  readonly alpha?: number;
}

/**
 * Half a cosine over `firstDecaySteps`, then anew over `tMul` times as many steps, and so on.
 *
 * Source: Loshchilov & Hutter, "SGDR" (2017), as Keras 3's `CosineDecayRestarts`.
 *
 * @example
 * const schedule = cosineDecayRestarts(0.1, 1000, { tMul: 2, mMul: 0.9 });
 */
export class CosineDecayRestarts extends LearningRateSchedule {
  static readonly className = 'CosineDecayRestarts';
  readonly className = CosineDecayRestarts.className;
  readonly tMul: number;
  readonly mMul: number;
  readonly alpha: number;

  constructor(
    /** The rate of the first update. */
    readonly initialLearningRate: number,
    /** Updates up to the first restart. */
    readonly firstDecaySteps: number,
    { tMul = 2, mMul = 1, alpha = 0 }: CosineDecayRestartsOptions = {},
  ) {
    super();
    requireRate(this.className, 'initialLearningRate', initialLearningRate);
    requireSteps(this.className, 'firstDecaySteps', firstDecaySteps);
    if (!(Number.isFinite(tMul) && tMul >= 1)) {
      throw new ArgumentError(this.className, `tMul is ${tMul}; expected a factor of at least 1.`);
    }
    if (!(Number.isFinite(mMul) && mMul > 0)) {
      throw new ArgumentError(this.className, `mMul is ${mMul}; expected a factor above 0.`);
    }
    requireRate(this.className, 'alpha', alpha);
    this.tMul = tMul;
    this.mMul = mMul;
    this.alpha = alpha;
  }

  override valueAt(step: Tensor): Tensor {
    const { restarts, progress } = this.#periodOf(step.div(this.firstDecaySteps));
    const cosine = cos(progress.mul(Math.PI)).add(1).mul(0.5).mul(pow(this.mMul, restarts));
    return cosine
      .mul(1 - this.alpha)
      .add(this.alpha)
      .mul(this.initialLearningRate);
  }

  /** How many periods have ended, and how far the present one is, from time in first periods. */
  #periodOf(time: Tensor): { readonly restarts: Tensor; readonly progress: Tensor } {
    const { tMul } = this;
    if (tMul === 1) {
      const restarts = floor(time);
      return { restarts, progress: time.sub(restarts) };
    }
    // k periods take (1 - tMul^k) / (1 - tMul) first ones.
    const restarts = floor(log(time.mul(tMul - 1).add(1)).div(Math.log(tMul)));
    const length = pow(tMul, restarts);
    const before = length.sub(1).div(tMul - 1);
    return { restarts, progress: time.sub(before).div(length) };
  }

  override getConfig(): JsonObject {
    const { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = this;
    return { initialLearningRate, firstDecaySteps, tMul, mMul, alpha };
  }

  static fromConfig(config: JsonObject): CosineDecayRestarts {
    const reader = new ConfigReader(CosineDecayRestarts.className, config);
    const initialLearningRate = reader.number('initialLearningRate');
    const firstDecaySteps = reader.number('firstDecaySteps');
    const tMul = reader.number('tMul', 2);
    const mMul = reader.number('mMul', 1);
    const alpha = reader.number('alpha', 0);
    reader.done();
    return new CosineDecayRestarts(initialLearningRate, firstDecaySteps, { tMul, mMul, alpha });
  }
}

/** Makes a {@link CosineDecayRestarts}. */
export const cosineDecayRestarts = (
  initialLearningRate: number,
  firstDecaySteps: number,
  options?: CosineDecayRestartsOptions,
): CosineDecayRestarts => new CosineDecayRestarts(initialLearningRate, firstDecaySteps, options);
