/** What callbacks that report or change the learning rate share. */
import type { Optimizer } from '@hadal/optimizers';
import type { EpochFigures } from './callback';

/** The rate of the next update; waits for the device where a schedule gives it. */
export const presentRate = async (optimizer: Optimizer): Promise<number> => {
  const { learningRate } = optimizer;
  return typeof learningRate === 'number' ? learningRate : optimizer.learningRateTensor().item();
};

/** The rate as a figure of the logs. */
export const rateFigure = async (optimizer: Optimizer): Promise<EpochFigures> => ({
  learning_rate: await presentRate(optimizer),
});
