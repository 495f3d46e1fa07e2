/** Losses of regression that are quadratic near 0 and linear far away, so that outliers do not rule. */
import type { JsonObject, Tensor } from '@hadal/core';
import { huberLoss, logCoshLoss } from '@hadal/core';
import { meanOverLast } from './errors';
import { Loss, type LossOptions, matchTargets } from './loss';
import { readLossConfig, requirePositive } from './options';

export interface HuberOptions extends LossOptions {
  /** Where the loss turns from quadratic to linear (default 1). */
  readonly delta?: number;
}

/**
 * The mean over the last axis of e² / 2 where the error e is at most `delta`, and of delta · (|e| − delta / 2) beyond.
 * Source: Huber (1964).
 *
 * @example
 * await new Huber().apply(tensor([[0, 0]]), tensor([[0.5, 3]])).item(); // 1.3125
 */
export class Huber extends Loss {
  static readonly className = 'Huber';
  readonly className = Huber.className;
  readonly delta: number;

  constructor({ delta = 1, ...options }: HuberOptions = {}) {
    super(options);
    this.delta = requirePositive('huber', 'delta', delta);
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    return meanOverLast(huberLoss(yPred, matchTargets('huber', yTrue, yPred), this.delta));
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), delta: this.delta };
  }

  static fromConfig(config: JsonObject): Huber {
    return new Huber(
      readLossConfig(Huber.className, config, (reader) => ({ delta: reader.number('delta', 1) })),
    );
  }
}

/** Makes a `Huber` loss. */
export const huber = (options?: HuberOptions): Huber => new Huber(options);

/**
 * The mean of log(cosh(yPred − yTrue)) over the last axis: e² / 2 for small errors e, |e| − log 2 for large ones.
 *
 * @example
 * await new LogCosh().apply(tensor([[0, 0]]), tensor([[1, 0]])).item(); // 0.2169
 */
export class LogCosh extends Loss {
  static readonly className = 'LogCosh';
  readonly className = LogCosh.className;

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    return meanOverLast(logCoshLoss(yPred, matchTargets('logCosh', yTrue, yPred)));
  }

  static fromConfig(config: JsonObject): LogCosh {
    return new LogCosh(readLossConfig(LogCosh.className, config));
  }
}

/** Makes a `LogCosh` loss. */
export const logCosh = (options?: LossOptions): LogCosh => new LogCosh(options);
