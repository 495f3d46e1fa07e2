/** Correlations of targets and outputs along an axis, averaged over everything seen. */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import { mean, sqrt, square, variance } from '@hadal/core';
import { EPSILON } from '../../losses/epsilon';
import { matchTargets } from '../../losses/loss';
import { divideOrZero, MeanMetric } from '../metric';
import { type MetricOptions, readMetricConfig } from '../options';

export interface CorrelationMetricOptions extends MetricOptions {
  /** The axis along which targets and outputs are compared, or several (default -1). */
  readonly axis?: number | readonly number[];
}

/** What correlations are made of, along an axis. */
interface Moments {
  readonly covariance: Tensor;
  readonly varianceOfTargets: Tensor;
  readonly varianceOfOutputs: Tensor;
  /** How far apart the means are. */
  readonly shift: Tensor;
}

abstract class CorrelationMetric extends MeanMetric {
  readonly direction = 'up';
  readonly axis: number | readonly number[];

  constructor(name: string, { axis = -1 }: CorrelationMetricOptions) {
    super(name);
    this.axis = axis;
  }

  protected abstract correlation(moments: Moments): Tensor;

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    const { axis } = this;
    const targets = matchTargets(this.name, yTrue, yPred);
    const meanOfTargets = mean(targets, { axis, keepDims: true });
    const meanOfOutputs = mean(yPred, { axis, keepDims: true });
    return this.correlation({
      covariance: mean(targets.sub(meanOfTargets).mul(yPred.sub(meanOfOutputs)), { axis }),
      varianceOfTargets: variance(targets, { axis }),
      varianceOfOutputs: variance(yPred, { axis }),
      shift: mean(meanOfTargets.sub(meanOfOutputs), { axis }),
    });
  }

  override getConfig(): JsonObject {
    return { name: this.name, axis: this.axis };
  }
}

const readCorrelation = (className: string, config: JsonObject): CorrelationMetricOptions =>
  readMetricConfig(className, config, (reader) => ({ axis: readAxes(reader) }));

function readAxes(reader: ConfigReader): number | number[] {
  const given = reader.value('axis');
  return Array.isArray(given) ? reader.numbers('axis') : reader.integer('axis', -1);
}

/**
 * The Pearson correlation coefficient: 1 where outputs grow with targets along a line, 0 without a linear relation (and
 * where either does not vary), -1 where they fall along one.
 *
 * @example
 * const correlation = new PearsonCorrelation();
 * correlation.updateState(tensor([[1, 2, 3]]), tensor([[2, 4, 6]]));
 * await correlation.value(); // 1.0000
 */
export class PearsonCorrelation extends CorrelationMetric {
  static readonly className = 'PearsonCorrelation';
  readonly className = PearsonCorrelation.className;

  constructor(options: CorrelationMetricOptions = {}) {
    super(options.name ?? 'pearsonCorrelation', options);
  }

  protected override correlation({ covariance, varianceOfTargets, varianceOfOutputs }: Moments): Tensor {
    return divideOrZero(covariance, sqrt(varianceOfTargets.mul(varianceOfOutputs)));
  }

  static fromConfig(config: JsonObject): PearsonCorrelation {
    return new PearsonCorrelation(readCorrelation(PearsonCorrelation.className, config));
  }
}

/** Makes a `PearsonCorrelation`. */
export const pearsonCorrelation = (options?: CorrelationMetricOptions): PearsonCorrelation =>
  new PearsonCorrelation(options);

/**
 * The concordance correlation coefficient: how near outputs are to targets, and not only to a line of them. Source: Lin
 * (1989).
 *
 * @example
 * const concordance = new ConcordanceCorrelation();
 * concordance.updateState(tensor([[1, 2, 3]]), tensor([[2, 4, 6]]));
 * await concordance.value(); // 0.3636
 */
export class ConcordanceCorrelation extends CorrelationMetric {
  static readonly className = 'ConcordanceCorrelation';
  readonly className = ConcordanceCorrelation.className;

  constructor(options: CorrelationMetricOptions = {}) {
    super(options.name ?? 'concordanceCorrelation', options);
  }

  protected override correlation({
    covariance,
    varianceOfTargets,
    varianceOfOutputs,
    shift,
  }: Moments): Tensor {
    const spread = varianceOfTargets.add(varianceOfOutputs).add(square(shift));
    return covariance.mul(2).div(spread.add(EPSILON));
  }

  static fromConfig(config: JsonObject): ConcordanceCorrelation {
    return new ConcordanceCorrelation(readCorrelation(ConcordanceCorrelation.className, config));
  }
}

/** Makes a `ConcordanceCorrelation`. */
export const concordanceCorrelation = (options?: CorrelationMetricOptions): ConcordanceCorrelation =>
  new ConcordanceCorrelation(options);
