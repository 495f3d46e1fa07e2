/**
 * Tomorrow's temperature from the last month of weather, against the guess that it stays as it is.
 */
import { adam, best, cosineDecay, dense, gru, sequential, setDevice, setSeed, slidingWindows } from 'hadal';
import type { Options } from '../../common/src/command-line';
import { type Weather, weather } from '../../common/src/weather';

const WINDOW = 30;
const BATCH_SIZE = 32;
const FEATURES = 6;
/** The first three years are for training, the last one for judging. */
const TRAIN_DAYS = 1096;
const YEAR = 365.25;

/** What is known of each day, and by how much its highest temperature differs from that of the day before. */
function prepare({ high, low, rain, wind }: Weather) {
  const days = Array.from(high, (_, day) => [
    (high[day]! - 15) / 10,
    (low[day]! - 8) / 8,
    Math.log1p(rain[day]!),
    (wind[day]! - 3) / 2,
    Math.sin((2 * Math.PI * day) / YEAR),
    Math.cos((2 * Math.PI * day) / YEAR),
  ]);
  const changes = Float32Array.from(high, (today, day) => today - (high[day - 1] ?? today));
  const windows = (from: number, to: number) =>
    slidingWindows(days.slice(from, to), changes.slice(from + WINDOW, to), { sequenceLength: WINDOW });
  return {
    train: windows(0, TRAIN_DAYS),
    test: windows(TRAIN_DAYS - WINDOW, high.length),
    unseen: high.slice(TRAIN_DAYS),
    changes: changes.slice(TRAIN_DAYS),
  };
}

export async function main({ epochs = 20, steps }: Options = {}) {
  setDevice(await best());
  setSeed(1);
  const [seattle, newYork] = (await weather()).map(prepare);
  if (seattle === undefined || newYork === undefined) throw new Error('The file has two places.');
  const all = seattle.train.concat(newYork.train).shuffle(1);
  const train = steps === undefined ? all : all.repeat().take(steps * BATCH_SIZE);
  const passes = steps === undefined ? epochs : 1;
  const test = seattle.test.concat(newYork.test);

  const model = sequential([gru(32, { inputShape: [WINDOW, FEATURES] }), dense(1)]);
  model.compile({
    optimizer: adam(cosineDecay(5e-3, passes * Math.ceil((train.size ?? 0) / BATCH_SIZE))),
    loss: 'meanAbsoluteError',
  });
  const { history } = await model.fit(train.batch(BATCH_SIZE), {
    epochs: passes,
    validationData: test.batch(256),
  });
  const { loss } = await model.evaluate(test.batch(256), { verbose: 0 });

  // The guess that tomorrow is as today is wrong by the change itself.
  const changes = [...seattle.changes, ...newYork.changes];
  const naive = changes.reduce((sum, change) => sum + Math.abs(change), 0) / changes.length;
  const predicted = await (await model.predict(seattle.test.batch(256))).data();
  const forecast = Array.from(
    predicted,
    (change, day) => seattle.unseen[day]! - seattle.changes[day]! + Number(change),
  );
  return { error: loss ?? Number.NaN, naive, forecast, measured: [...seattle.unseen], history };
}
