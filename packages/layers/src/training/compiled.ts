/** What `compile` resolves: the optimizer, and the loss and the metrics of every output. */
import { ArgumentError, type Tensor } from '@hadal/core';
import { type Optimizer, type OptimizerName, resolveOptimizer } from '@hadal/optimizers';
import type { Arrangement, Replaced, Tensors } from '../layer/arrangement';
import type { LayerShape } from '../layer/shape';
import { Loss } from '../losses/loss';
import { type LossLike, resolveLoss } from '../losses/table';
import { Mean } from '../metrics/mean';
import { Metric } from '../metrics/metric';
import { type MetricLike, resolveMetric } from '../metrics/table';
import { optimizerFor, type Precision, type PrecisionName, resolvePrecision } from './precision';
import type { TrainStep } from './train-step';

/** One loss for every output, or one for each, arranged as the outputs are; null leaves an output alone. */
export type Losses<Out extends Tensors> = Out extends Tensor
  ? LossLike
  : LossLike | { readonly [Key in keyof Out]: LossLike | null };

/** The metrics of the output, or those of each. */
export type Metrics<Out extends Tensors> = Out extends Tensor
  ? readonly MetricLike[]
  : { readonly [Key in keyof Out]: readonly MetricLike[] };

export interface CompileOptions<Out extends Tensors = Tensor> {
  /** An optimizer, or the name of one with its defaults (default rmsprop, as in Keras). */
  readonly optimizer?: OptimizerName | Optimizer;
  /** What training minimizes: an object, a name, or a function of targets and outputs. */
  readonly loss: Losses<Out>;
  /** How much the loss of each of several outputs counts (default 1). */
  readonly lossWeights?: Replaced<Out, number>;
  /** Figures to follow besides the loss. Every sample counts the same. */
  readonly metrics?: Metrics<Out>;
  /** Figures in which samples count by their weights and those of their classes; logs tell equal names apart by `weighted_`. */
  readonly weightedMetrics?: Metrics<Out>;
  /**
   * What products are computed in (default float32). `mixedBfloat16` is faster where a processor multiplies bfloat16;
   * `mixedFloat16` scales the loss so that small gradients stay.
   */
  readonly precision?: PrecisionName;
  /**
   * What a step does, where it is not the usual: it is compiled once, and made for every batch.
   *
   * @example
   * // Two updates with every batch, the second one with noise on the inputs.
   * model.compile({
   *   loss: 'mse',
   *   trainStep: ({ x, minimize, measure }) => {
   *     minimize(() => measure());
   *     minimize(() => measure({ x: x.map((each) => each.add(randomNormal(each.shape).mul(0.1))) }, false));
   *   },
   * });
   */
  readonly trainStep?: TrainStep;
}

/** What is minimized and measured of one output. */
export interface OutputGoal {
  /** Undefined where the output is not trained. */
  readonly loss: Loss | undefined;
  readonly lossWeight: number;
  readonly metrics: readonly Metric[];
  /** Those that heed the weights of samples. */
  readonly weightedMetrics: readonly Metric[];
}

/** The same with what training gathers. */
export interface OutputRules extends OutputGoal {
  /** What it is called in logs. */
  readonly name: string;
  /** The mean of its loss, where there are several outputs. */
  readonly lossMean: Mean | undefined;
}

/** A figure of the logs. */
export interface Figure {
  readonly name: string;
  readonly metric: Metric;
}

/** How weights are trained. */
export interface StepRules {
  readonly optimizer: Optimizer;
  readonly precision: Precision;
  /** Undefined where it is the usual one. */
  readonly trainStep: TrainStep | undefined;
}

/** The resolved options, and the mean of the whole loss as a metric of its own. */
export interface Compiled extends StepRules {
  readonly outputs: readonly OutputRules[];
  readonly lossMean: Mean;
  /** Everything that is gathered, the whole loss first, with the names of logs. */
  readonly figures: readonly Figure[];
}

/** What outputs there are. */
export interface OutputNames {
  readonly arrangement: Arrangement;
  readonly names: readonly string[];
}

/**
 * Resolves names.
 *
 * @throws {ArgumentError} when a name is unknown, two metrics share one, or a loss keeps its values
 */
export function resolveCompiled<Out extends Tensors>(
  {
    optimizer = 'rmsprop',
    loss,
    lossWeights,
    metrics,
    weightedMetrics,
    precision,
    trainStep,
  }: CompileOptions<Out>,
  { arrangement, names }: OutputNames,
): Compiled {
  const losses = lossesOf(arrangement, loss);
  if (losses.every((each) => each === undefined)) {
    throw new ArgumentError(
      'compile',
      'no loss is given.',
      "For class numbers use loss: 'sparseCategoricalCrossentropy'.",
    );
  }
  const weights = weightsOf(arrangement, lossWeights);
  const lists = metricsOf(arrangement, 'metrics', metrics);
  const weighted = metricsOf(arrangement, 'weightedMetrics', weightedMetrics);
  const goals = losses.map(
    (each, index): OutputGoal => ({
      loss: each,
      lossWeight: weights[index] ?? 1,
      metrics: lists[index] ?? [],
      weightedMetrics: weighted[index] ?? [],
    }),
  );
  const resolved = resolvePrecision(precision ?? 'float32');
  const rules = {
    optimizer: optimizerFor(resolved, resolveOptimizer(optimizer)),
    precision: resolved,
    trainStep,
  };
  return assembleCompiled(rules, goals, { arrangement, names });
}

/** What is minimized and measured of each output, put together. */
export function assembleCompiled(
  rules: StepRules,
  goals: readonly OutputGoal[],
  { arrangement, names }: OutputNames,
): Compiled {
  const isAlone = arrangement.kind === 'one';
  const outputs = goals.map((goal, index): OutputRules => {
    const name = names[index] ?? 'output';
    const isOneOfSeveral = !isAlone && goal.loss !== undefined;
    return {
      ...goal,
      name,
      lossMean: isOneOfSeveral ? new Mean({ name: `${name}_loss`, direction: 'down' }) : undefined,
    };
  });
  const lossMean = new Mean({ name: 'loss', direction: 'down' });
  const figures = [
    { name: 'loss', metric: lossMean },
    ...outputs.flatMap((output) => figuresOf(output, isAlone)),
  ];
  requireDistinct(figures.map(({ name }) => name));
  return { ...rules, outputs, lossMean, figures };
}

/** Makes the state of metrics whose shapes follow from outputs, where these are known. */
export function buildMetrics({ outputs }: Compiled, shapes: readonly LayerShape[] | undefined): void {
  for (const [index, { metrics, weightedMetrics }] of outputs.entries()) {
    const shape = shapes?.[index];
    if (shape !== undefined) for (const metric of [...metrics, ...weightedMetrics]) metric.build(shape);
  }
}

function figuresOf({ name, metrics, weightedMetrics, lossMean }: OutputRules, isAlone: boolean): Figure[] {
  const figure = (metric: Metric, ownName = metric.name): Figure => ({
    name: isAlone ? ownName : `${name}_${ownName}`,
    metric,
  });
  const taken = new Set(metrics.map((metric) => metric.name));
  return [
    ...(lossMean === undefined ? [] : [{ name: lossMean.name, metric: lossMean }]),
    ...metrics.map((metric) => figure(metric)),
    ...weightedMetrics.map((metric) =>
      figure(metric, taken.has(metric.name) ? `weighted_${metric.name}` : metric.name),
    ),
  ];
}

const isLossLike = (value: unknown): value is LossLike =>
  typeof value === 'string' || typeof value === 'function' || value instanceof Loss;

function lossesOf(arrangement: Arrangement, loss: unknown): readonly (Loss | undefined)[] {
  const leaves: readonly unknown[] =
    isLossLike(loss) || loss === undefined || loss === null
      ? Array.from({ length: arrangement.count }, () => loss)
      : arrangement.leavesIn('compile', 'loss', loss);
  return leaves.map((leaf) => {
    if (leaf === undefined || leaf === null) return undefined;
    if (!isLossLike(leaf)) {
      throw new ArgumentError('compile', `a loss is ${typeof leaf}; expected a name, a loss or a function.`);
    }
    const resolved = resolveLoss(leaf);
    if (resolved.reduction !== 'none') return resolved;
    throw new ArgumentError(
      'compile',
      `the loss '${resolved.name}' has reduction 'none', but training needs one number.`,
      "Use reduction 'sumOverBatchSize' or 'sum'.",
    );
  });
}

function weightsOf(arrangement: Arrangement, weights: unknown): readonly number[] {
  if (weights === undefined) return [];
  return arrangement.leavesIn('compile', 'lossWeights', weights).map((weight) => {
    if (typeof weight === 'number' && Number.isFinite(weight)) return weight;
    throw new ArgumentError('compile', `a loss weight is ${weight}; expected a number.`);
  });
}

const isMetricLike = (value: unknown): value is MetricLike =>
  typeof value === 'string' || typeof value === 'function' || value instanceof Metric;

function metricsOf(
  arrangement: Arrangement,
  option: string,
  metrics: unknown,
): readonly (readonly Metric[])[] {
  if (metrics === undefined) return [];
  return arrangement.leavesIn('compile', option, metrics).map((list) => {
    if (Array.isArray(list) && list.every(isMetricLike)) return list.map(resolveMetric);
    throw new ArgumentError(
      'compile',
      `${option} have to be a list of names, metrics or functions for each output.`,
      `For one output write ${option}: ['accuracy'], for several one such list for each.`,
    );
  });
}

function requireDistinct(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new ArgumentError(
    'compile',
    `two metrics are named '${twice}'.`,
    "Give one of them another name, such as new BinaryAccuracy({ name: 'strict' }).",
  );
}
