/**
 * The compiled steps of training and evaluation: forward, loss, gradients, update and metrics as one program each.
 *
 * Nothing leaves the device: the loss and the metrics are gathered in variables, and `readLogs` reads them all at once
 * when somebody wants to know.
 */
import type { CompiledFunction, Program, Tensor } from '@hadal/core';
import { compile, gradients, stack } from '@hadal/core';
import { collectingContext } from '../layer/context';
import type { Metric } from '../metrics/metric';
import type { Network } from '../model/network';
import type { Compiled } from './compiled';
import type { Logs } from './logs';

type Step = CompiledFunction<[Tensor, Tensor, Tensor | undefined], undefined>;

export class Steps {
  readonly #compiled: Compiled;
  readonly #read: CompiledFunction<[], Tensor>;
  readonly #scalars: readonly Metric[];
  /** One update. */
  readonly train: Step;
  /** Loss and metrics without an update. */
  readonly test: Step;

  /** @param network a built network, its trainable weights already packed by the optimizer */
  constructor(network: Network, compiled: Compiled) {
    this.#compiled = compiled;
    const { lossMean, metrics, optimizer } = compiled;
    const scalars = [lossMean, ...metrics.filter((metric) => metric.result().rank === 0)];
    this.#scalars = scalars;
    this.#read = compile(() => stack(scalars.map((metric) => metric.result())), {
      name: `${network.name}.metrics`,
    });

    const measure = (x: Tensor, y: Tensor, weight: Tensor | undefined, training: boolean): Tensor => {
      const context = collectingContext(training);
      const outputs = network.call(x, context);
      const penalties = [...context.losses, ...network.regularizationLosses()];
      const loss = penalties.reduce(
        (total, penalty) => total.add(penalty),
        compiled.loss.apply(y, outputs, weight),
      );
      lossMean.addMean(loss, x.shape[0] ?? 1);
      for (const metric of metrics) metric.updateState(y, outputs);
      return loss;
    };
    const train = (x: Tensor, y: Tensor, weight: Tensor | undefined): undefined => {
      const loss = measure(x, y, weight, true);
      optimizer.apply(gradients(loss, optimizer.variables));
    };
    const test = (x: Tensor, y: Tensor, weight: Tensor | undefined): undefined => {
      measure(x, y, weight, false);
    };
    this.train = compile(train, { name: `${network.name}.train` });
    this.test = compile(test, { name: `${network.name}.test` });
  }

  /** What a training step for such a batch runs. */
  trainProgram(x: Tensor, y: Tensor, weight: Tensor | undefined): Promise<Program> {
    return this.train.program(x, y, weight);
  }

  /** Forgets what was measured. */
  reset(): void {
    this.#compiled.lossMean.resetState();
    for (const metric of this.#compiled.metrics) metric.resetState();
  }

  /** The loss and the scalar metrics so far. */
  async readLogs(): Promise<Logs> {
    const figures = await (await this.#read()).data();
    const logs = Object.fromEntries(this.#scalars.map(({ name }, index) => [name, figures[index]!]));
    return { loss: Number.NaN, ...logs };
  }
}
