/**
 * A recurrent network reads a hundred days of weather and says whether tomorrow will be warmer than today.
 */
import { adam, best, dense, lstm, sequential, setDevice, setSeed, slidingWindows } from 'hadal';
import type { Options } from '../../common/src/command-line';
import { weather } from '../../common/src/weather';

const WINDOW = 100;
const BATCH_SIZE = 32;
/** The first three years are for training, the last one for judging. */
const TRAIN_DAYS = 1096;

/** What is known at the end of a day, each about from -1 to 1, and whether the next day was warmer. */
function prepare(high: Float32Array) {
  const days = Array.from(high, (today, day) => [(today - 15) / 10, (today - (high[day - 1] ?? today)) / 5]);
  const rises = Float32Array.from(high, (today, day) => (today > (high[day - 1] ?? today) ? 1 : 0));
  // Window i ends before day i + WINDOW, which is the one to foretell.
  const windows = (from: number, to: number) =>
    slidingWindows(days.slice(from, to), rises.slice(from + WINDOW, to), { sequenceLength: WINDOW });
  return {
    train: windows(0, TRAIN_DAYS),
    test: windows(TRAIN_DAYS - WINDOW, high.length),
    unseen: rises.slice(TRAIN_DAYS),
  };
}

export async function main({ epochs = 12, steps }: Options = {}) {
  setDevice(await best());
  setSeed(1);
  const [seattle, newYork] = (await weather()).map(({ high }) => prepare(high));
  if (seattle === undefined || newYork === undefined) throw new Error('The file has two places.');
  const all = seattle.train.concat(newYork.train).shuffle(1);
  const train = steps === undefined ? all : all.take(steps * BATCH_SIZE);
  const test = seattle.test.concat(newYork.test);

  const model = sequential([
    lstm(50, { activation: 'tanh', inputShape: [WINDOW, 2] }),
    dense(1, { activation: 'sigmoid' }),
  ]);
  model.compile({ optimizer: adam(2e-3), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  const { history } = await model.fit(train.batch(BATCH_SIZE), {
    epochs: steps === undefined ? epochs : 1,
    validationData: test.batch(256),
  });
  const { accuracy } = await model.evaluate(test.batch(256), { verbose: 0 });

  const answers = [...seattle.unseen, ...newYork.unseen];
  const rising = answers.reduce((sum, rise) => sum + rise, 0) / answers.length;
  return { accuracy, majority: Math.max(rising, 1 - rising), history };
}
