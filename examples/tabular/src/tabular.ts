/**
 * Regression on a table: how far a gallon takes a car, from eight things that are known of it.
 */
import { adam, best, cosineDecay, dense, dropout, sequential, setDevice, setSeed } from 'hadal';
import { cars, FEATURES } from '../../common/src/cars';
import type { Options } from '../../common/src/command-line';

const BATCH_SIZE = 32;

export async function main({ epochs = 150, steps }: Options = {}) {
  setDevice(await best());
  setSeed(1);
  const { train, test } = await cars();
  const batches = Math.ceil(train.mpg.length / BATCH_SIZE);
  const passes = steps === undefined ? epochs : Math.ceil(steps / batches);
  const mean = train.mpg.reduce((sum, each) => sum + each, 0) / train.mpg.length;
  const target = ({ mpg }: typeof train) => mpg.map((each) => [each - mean]);

  const errorOf = async (hidden: readonly number[]) => {
    const model = sequential([
      ...hidden.flatMap((units, i) => [
        dense(units, { activation: 'relu', ...(i === 0 ? { inputShape: [FEATURES.length] } : {}) }),
        dropout(0.1),
      ]),
      dense(1, hidden.length === 0 ? { inputShape: [FEATURES.length] } : {}),
    ]);
    model.compile({
      optimizer: adam(cosineDecay(1e-2, passes * batches)),
      loss: 'meanAbsoluteError',
    });
    const { history } = await model.fit(train.x, target(train), {
      epochs: passes,
      batchSize: BATCH_SIZE,
      validationData: [test.x, target(test)],
      verbose: 0,
    });
    const { loss } = await model.evaluate(test.x, target(test), { verbose: 0 });
    return { error: loss ?? Number.NaN, history };
  };
  const network = await errorOf([64, 64]);
  const linear = await errorOf([]);
  const always = test.mpg.reduce((sum, each) => sum + Math.abs(each - mean), 0) / test.mpg.length;
  return { network: network.error, linear: linear.error, always, history: network.history };
}
