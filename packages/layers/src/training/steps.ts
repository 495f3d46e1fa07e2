/**
 * The compiled steps of training and evaluation: forward, loss, gradients, update and metrics as one program each.
 *
 * Nothing leaves the device: the loss and the metrics are gathered in variables, and `readLogs` reads them all at once
 * when somebody wants to know.
 */
import type { CompiledFunction, Program, Tensor } from '@hadal/core';
import { compile, gradients, stack } from '@hadal/core';
import { collectingContext } from '../layer/context';
import type { AnyNetwork } from '../model/network';
import type { Compiled, Figure, OutputRules } from './compiled';
import type { Logs } from './logs';

/** Inputs, targets and weights, one of each for every input and output of the model. */
export type StepArguments = [
  x: readonly Tensor[],
  y: readonly Tensor[],
  weights: readonly (Tensor | undefined)[],
];

type Step = CompiledFunction<StepArguments, undefined>;

export class Steps {
  readonly #compiled: Compiled;
  readonly #read: CompiledFunction<[], Tensor>;
  readonly #scalars: readonly Figure[];
  /** One update. */
  readonly train: Step;
  /** Loss and metrics without an update. */
  readonly test: Step;

  /** @param network a built network, its trainable weights already packed by the optimizer */
  constructor(network: AnyNetwork, compiled: Compiled) {
    this.#compiled = compiled;
    const { lossMean, figures, optimizer } = compiled;
    const scalars = figures.filter(({ metric }) => metric.result().rank === 0);
    this.#scalars = scalars;
    this.#read = compile(() => stack(scalars.map(({ metric }) => metric.result())), {
      name: `${network.name}.metrics`,
    });

    const measure = ([x, y, weights]: StepArguments, training: boolean): Tensor => {
      const samples = x[0]?.shape[0] ?? 1;
      const context = collectingContext(training);
      const outputs = network.structure.call(x, context);
      const losses = compiled.outputs.flatMap((rules, index) =>
        measureOutput(rules, y[index], outputs[index], weights[index], samples),
      );
      const loss = [...losses, ...context.losses, ...network.regularizationLosses()].reduce((sum, each) =>
        sum.add(each),
      );
      lossMean.addMean(loss, samples);
      return loss;
    };
    const train = (...batch: StepArguments): undefined => {
      const loss = measure(batch, true);
      optimizer.apply(gradients(loss, optimizer.variables));
      network.constrainWeights();
    };
    const test = (...batch: StepArguments): undefined => {
      measure(batch, false);
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

/** The weighted loss of an output, if it has one, its figures being gathered on the way. */
function measureOutput(
  { loss, lossWeight, lossMean, metrics }: OutputRules,
  targets: Tensor | undefined,
  outputs: Tensor | undefined,
  weights: Tensor | undefined,
  samples: number,
): Tensor[] {
  if (targets === undefined || outputs === undefined) return [];
  for (const metric of metrics) metric.updateState(targets, outputs);
  if (loss === undefined) return [];
  const value = loss.apply(targets, outputs, weights);
  lossMean?.addMean(value, samples);
  return [lossWeight === 1 ? value : value.mul(lossWeight)];
}
