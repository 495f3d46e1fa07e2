/**
 * The compiled steps of training and evaluation: forward, loss, gradients, update and metrics as one program each.
 *
 * Nothing leaves the device: the loss and the metrics are gathered in variables, and `readLogs` reads them all at once
 * when somebody wants to know.
 */
import type { CompiledFunction, Program, Tensor } from '@hadal/core';
import { compile, stack, withProductDType } from '@hadal/core';
import { collectingContext } from '../layer/context';
import type { AnyNetwork } from '../model/network';
import { buildMetrics, type Compiled, type Figure, type OutputRules } from './compiled';
import type { Logs } from './logs';
import { halfOf } from './precision';
import type { StepBatch, TrainStep } from './train-step';

/** Inputs, targets and weights, one of each for every input and output of the model. */
export type StepArguments = [x: Leaves, y: Leaves, weights: OptionalLeaves];
type Leaves = readonly Tensor[];
type OptionalLeaves = readonly (Tensor | undefined)[];

type Step = CompiledFunction<StepArguments, undefined>;

export class Steps {
  readonly #compiled: Compiled;
  readonly #read: CompiledFunction<[], Tensor>;
  readonly #scalars: readonly Figure[];
  /** One update. */
  readonly train: Step;
  /** Loss and metrics without an update. */
  readonly test: Step;

  /**
   * @param network   a built network, its trainable weights already packed by the optimizer
   * @param trainStep what a step of training does
   */
  constructor(network: AnyNetwork, compiled: Compiled, trainStep: TrainStep) {
    this.#compiled = compiled;
    const { lossMean, figures, optimizer } = compiled;
    buildMetrics(compiled, network.outputShapes);
    const scalars = figures.filter(({ metric }) => metric.result().rank === 0);
    this.#scalars = scalars;
    this.#read = compile(() => stack(scalars.map(({ metric }) => metric.result())), {
      name: `${network.name}.metrics`,
    });

    /** The loss of a batch; `records` gathers it and the metrics. */
    const half = halfOf(compiled.precision);
    const measure = ({ x, y, weights }: StepBatch, training: boolean, records: boolean): Tensor => {
      const samples = x[0]?.shape[0] ?? 1;
      const context = collectingContext(training);
      const outputs = withProductDType(half, () => network.structure.call(x, context));
      const losses = compiled.outputs.flatMap((rules, index) =>
        measureOutput(
          rules,
          { targets: y[index], outputs: outputs[index], weights: weights[index] },
          records ? samples : undefined,
        ),
      );
      const loss = [...losses, ...context.losses, ...network.regularizationLosses()].reduce((sum, each) =>
        sum.add(each),
      );
      if (records) lossMean.addMean(loss, samples);
      return loss;
    };
    const train = (x: Leaves, y: Leaves, weights: OptionalLeaves): undefined => {
      const batch = { x, y, weights };
      trainStep({
        ...batch,
        model: network,
        optimizer,
        forward: (inputs) =>
          withProductDType(half, () => network.structure.call(inputs, collectingContext(true))),
        measure: (other = {}, records = true) => measure({ ...batch, ...other }, true, records),
        minimize: (loss) => optimizer.minimize(loss),
      });
      network.constrainWeights();
    };
    const test = (x: Leaves, y: Leaves, weights: OptionalLeaves): undefined => {
      measure({ x, y, weights }, false, true);
    };
    this.train = compile(train, { name: `${network.name}.train` });
    this.test = compile(test, { name: `${network.name}.test` });
  }

  /** What a training step for such a batch runs. */
  trainProgram(...batch: StepArguments): Promise<Program> {
    return this.train.program(...batch);
  }

  /** Forgets what was measured. */
  reset(): void {
    for (const { metric } of this.#compiled.figures) metric.resetState();
  }

  /** The loss and the scalar metrics so far. */
  async readLogs(): Promise<Logs> {
    const figures = await (await this.#read()).data();
    const logs = Object.fromEntries(this.#scalars.map(({ name }, index) => [name, figures[index]!]));
    return { loss: Number.NaN, ...logs };
  }
}

/** What a loss and metrics compare. */
interface Compared {
  readonly targets: Tensor | undefined;
  readonly outputs: Tensor | undefined;
  readonly weights: Tensor | undefined;
}

/**
 * The weighted loss of an output, if it has one.
 *
 * @param samples how many the batch has, when its figures are to be gathered on the way
 */
function measureOutput(
  { loss, lossWeight, lossMean, metrics, weightedMetrics }: OutputRules,
  { targets, outputs, weights }: Compared,
  samples: number | undefined,
): Tensor[] {
  if (targets === undefined || outputs === undefined) return [];
  if (samples !== undefined) {
    for (const metric of metrics) metric.updateState(targets, outputs);
    for (const metric of weightedMetrics) metric.updateState(targets, outputs, weights);
  }
  if (loss === undefined) return [];
  const value = loss.apply(targets, outputs, weights);
  if (samples !== undefined) lossMean?.addMean(value, samples);
  return [lossWeight === 1 ? value : value.mul(lossWeight)];
}
