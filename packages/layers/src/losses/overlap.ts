/** Losses of segmentation that compare overlaps: Dice, and Tversky, which weighs the two kinds of mistake. */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import { sum } from '@hadal/core';
import { optional, readAxes } from '../layer/options';
import { EPSILON } from './epsilon';
import { Loss, type LossOptions, matchTargets } from './loss';
import { readLossConfig } from './options';

/** One axis, or several. */
type Axes = number | readonly number[];

export interface DiceOptions extends LossOptions {
  /** The axes over which overlaps are summed (default: all, which gives one value for the batch). */
  readonly axis?: Axes;
}

const readAxis = (reader: ConfigReader): Axes | undefined =>
  optional(reader, 'axis', (key) => readAxes(reader, key));

/**
 * 1 − 2 · Σ yTrue · yPred / (Σ yTrue + Σ yPred): how little two masks overlap, 0 being perfect. Targets and outputs lie
 * in [0, 1] and have one shape.
 *
 * @example
 * await new Dice().apply(tensor([[1, 0]]), tensor([[0.5, 0.5]])).item(); // 0.5
 */
export class Dice extends Loss {
  static readonly className = 'Dice';
  readonly className = Dice.className;
  readonly axis: Axes | undefined;

  constructor({ axis, ...options }: DiceOptions = {}) {
    super(options);
    this.axis = axis;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const targets = matchTargets('dice', yTrue, yPred);
    const total = (x: Tensor): Tensor => sum(x, { axis: this.axis });
    const overlap = total(targets.mul(yPred));
    const whole = total(targets).add(total(yPred)).add(EPSILON);
    return overlap.mul(2).div(whole).neg().add(1);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), axis: this.axis ?? null };
  }

  static fromConfig(config: JsonObject): Dice {
    return new Dice(readLossConfig(Dice.className, config, (reader) => ({ axis: readAxis(reader) })));
  }
}

/** Makes a `Dice` loss. */
export const dice = (options?: DiceOptions): Dice => new Dice(options);

export interface TverskyOptions extends DiceOptions {
  /** Weight of what was missed: in the targets, but not in the outputs (default 0.5). */
  readonly alpha?: number;
  /** Weight of what was invented: in the outputs, but not in the targets (default 0.5). */
  readonly beta?: number;
}

/**
 * 1 − overlap / (overlap + alpha · missed + beta · invented). With both weights 0.5 this is Dice; a larger alpha asks
 * for recall, a larger beta for precision. Source: Salehi et al. (2017).
 *
 * @example
 * await new Tversky({ alpha: 0.7, beta: 0.3 }).apply(tensor([[1, 0]]), tensor([[0.5, 0.5]])).item(); // 0.5000
 */
export class Tversky extends Loss {
  static readonly className = 'Tversky';
  readonly className = Tversky.className;
  readonly alpha: number;
  readonly beta: number;
  readonly axis: Axes | undefined;

  constructor({ alpha = 0.5, beta = 0.5, axis, ...options }: TverskyOptions = {}) {
    super(options);
    this.alpha = alpha;
    this.beta = beta;
    this.axis = axis;
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const targets = matchTargets('tversky', yTrue, yPred);
    const total = (x: Tensor): Tensor => sum(x, { axis: this.axis });
    const overlap = total(targets.mul(yPred));
    const missed = total(targets.mul(yPred.neg().add(1)));
    const invented = total(yPred.mul(targets.neg().add(1)));
    const whole = overlap.add(missed.mul(this.alpha)).add(invented.mul(this.beta)).add(EPSILON);
    return overlap.div(whole).neg().add(1);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), alpha: this.alpha, beta: this.beta, axis: this.axis ?? null };
  }

  static fromConfig(config: JsonObject): Tversky {
    return new Tversky(
      readLossConfig(Tversky.className, config, (reader) => ({
        alpha: reader.number('alpha', 0.5),
        beta: reader.number('beta', 0.5),
        axis: readAxis(reader),
      })),
    );
  }
}

/** Makes a `Tversky` loss. */
export const tversky = (options?: TverskyOptions): Tversky => new Tversky(options);
