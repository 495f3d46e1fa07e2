/**
 * Rules that the loss enforces: of two cars that are alike otherwise, the heavier, stronger or larger one goes less far on a
 * gallon, and the newer one further. Few cars are known, and without the rules a network that fits them breaks them.
 */
import {
  adam,
  best,
  compile,
  dense,
  gradients,
  mean,
  relu,
  sequential,
  setDevice,
  setSeed,
  sum,
  type Tensor,
  tensor,
} from 'hadal';
import { cars, FEATURES } from '../../common/src/cars';
import type { Options } from '../../common/src/command-line';

/** Cars to learn from. */
const KNOWN = 40;
/** Whether what a car takes grows or falls with a feature, where there is a rule. */
const RULES: Readonly<Record<string, 1 | -1>> = { displacement: -1, horsepower: -1, weight: -1, year: 1 };
const DIRECTIONS = FEATURES.map((name) => RULES[name] ?? 0);
/** What a mile per gallon in the wrong direction, for each deviation of a feature, costs. */
const PRICE = 5;

export async function main({ steps = 1500 }: Options = {}) {
  setDevice(await best());
  const { train, test } = await cars();
  const average = train.mpg.reduce((all, each) => all + each, 0) / train.mpg.length;
  const [x, unseen, everywhere] = [train.x.slice(0, KNOWN), test.x, train.x.slice(KNOWN)].map((rows) =>
    tensor(rows),
  );
  const [y, truth] = [train.mpg.slice(0, KNOWN), test.mpg].map((mpg) =>
    tensor(mpg.map((each) => [each - average])),
  );
  if (
    x === undefined ||
    unseen === undefined ||
    everywhere === undefined ||
    y === undefined ||
    truth === undefined
  ) {
    throw new Error('There are three parts.');
  }

  const learn = async (price: number) => {
    setSeed(1);
    const network = sequential([
      dense(64, { activation: 'tanh', inputShape: [FEATURES.length] }),
      dense(64, { activation: 'tanh' }),
      dense(1),
    ]);
    /** By how much each prediction goes in the wrong direction with each feature of its car. */
    const broken = (some: Tensor): Tensor => {
      const [slopes] = gradients(sum(network.apply(some)), [some]);
      if (slopes === undefined) throw new Error('One source has one gradient.');
      return relu(slopes.mul(tensor(DIRECTIONS)).neg());
    };
    const optimizer = adam(3e-3);
    optimizer.build(network.trainableWeights);
    // The rules hold for all cars, also those whose consumption is not known.
    const step = compile((some: Tensor, mpg: Tensor, others: Tensor) => {
      const error = mean(network.apply(some).sub(mpg).abs());
      const fine = mean(sum(broken(others), -1)).mul(price);
      optimizer.apply(gradients(error.add(fine), network.trainableWeights));
      return { error, fine };
    });
    const errors: number[] = [];
    for (let done = 1; done <= steps; done++) {
      await step(x, y, everywhere);
      if (done % 50 === 0) errors.push(await mean(network.apply(unseen).sub(truth).abs()).item());
    }
    const wrong = await sum(broken(unseen), -1).data();
    const breaking = Array.from(wrong, Number).filter((each) => each > 0).length / wrong.length;
    return { error: await mean(network.apply(unseen).sub(truth).abs()).item(), breaking, errors };
  };
  return { free: await learn(0), ruled: await learn(PRICE) };
}
