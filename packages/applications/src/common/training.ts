/** Training that is not one model against one loss: steps that are compiled as a whole. */
import { compile, type Tensor } from '@hadal/core';
import type { AnyLayer } from '@hadal/layers';
import type { Optimizer } from '@hadal/optimizers';

/** The weights that training changes, of several networks in order. */
export const trainableOf = (...networks: readonly AnyLayer[]) =>
  networks.flatMap(({ trainableWeights }) => trainableWeights);

/** One update with one batch; gives the loss before it. */
export type TrainStep = (...batch: readonly Tensor[]) => Promise<number>;

/**
 * An update of networks by one optimizer, compiled as a whole.
 *
 * @param loss builds the loss of a batch, float []
 */
export function trainingStep(
  name: string,
  networks: readonly AnyLayer[],
  optimizer: Optimizer,
  loss: (...batch: readonly Tensor[]) => Tensor,
): TrainStep {
  const step = compile((batch: readonly Tensor[]): Tensor => optimizer.minimize(() => loss(...batch)), {
    name,
  });
  return async (...batch) => {
    optimizer.build(trainableOf(...networks));
    return (await step(batch)).item();
  };
}
