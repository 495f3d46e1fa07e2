/**
 * Spoken digits from raw audio: a convolutional network tells one digit by its spectrogram, and a recurrent one writes down
 * several in a row without being told where each begins (CTC).
 */
import {
  adam,
  best,
  bidirectional,
  conv1d,
  conv2d,
  dense,
  dropout,
  fromArrays,
  globalAveragePooling1d,
  gru,
  type HostArray,
  maxPooling2d,
  normalization,
  random,
  reshape,
  type Sequential,
  sequential,
  setDevice,
  setSeed,
} from 'hadal';
import type { Options } from '../../common/src/command-line';
import { type SpokenDigits, spokenDigits, spokenDigitsFrom } from '../../common/src/spoken-digits';
import { cutInParts, sameRow, share, spelled } from './dictation';
import { ONE, rows, single } from './sounds';
import { BANDS, momentsOf } from './spectrogram';

export interface DigitOptions extends Options {
  /** A folder of all 3,000 recordings (default: the 540 that come with the example). */
  readonly folder?: string;
}

/** Copies of each recording to learn from, each begun at another moment. */
const COPIES = 4;
const BATCH_SIZE = 32;

export async function main({ epochs = 20, steps, folder }: DigitOptions = {}) {
  setDevice(await best());
  setSeed(1);
  const chance = random(1);
  const recordings: SpokenDigits =
    folder === undefined ? await spokenDigits() : await spokenDigitsFrom(folder);
  const copies = Array.from({ length: COPIES }, () => recordings.train).flat();
  const [train, test] = [await single(copies, chance), await single(recordings.test, chance)];
  // Bands are heard from −1 to 1 or so, by the mean and deviation of the training sounds.
  const hearing = normalization();
  hearing.adapt(train.x);
  const passes = steps === undefined ? epochs : 1;
  const shown = { epochs: passes, verbose: 0 as const };
  const batches = <T extends { x: HostArray; y: HostArray }>({ x, y }: T) => {
    const shuffled = fromArrays({ x, y }).shuffle(1);
    return (steps === undefined ? shuffled : shuffled.repeat().take(steps * BATCH_SIZE)).batch(BATCH_SIZE);
  };
  const learn = async (model: Sequential) => {
    model.compile({ optimizer: adam(2e-3), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const { history } = await model.fit(batches(train), {
      ...shown,
      validationData: fromArrays(test).batch(180),
    });
    return history.val_accuracy ?? [];
  };

  const listener = sequential([
    hearing,
    reshape([momentsOf(ONE), BANDS, 1]),
    conv2d(16, 3, { activation: 'relu' }),
    maxPooling2d(2),
    conv2d(32, 3, { activation: 'relu' }),
    maxPooling2d(2),
    // What is left of the bands, with its 32 features, at each moment.
    reshape([-1, 6 * 32]),
    dense(64, { activation: 'relu' }),
    globalAveragePooling1d(),
    dropout(0.2),
    dense(10, { activation: 'softmax' }),
  ]);
  listener.build([null, momentsOf(ONE), BANDS]);
  const convolutional = await learn(listener);
  // How strong each band is on average, without any order: what a linear layer can tell.
  const linear = await learn(
    sequential([hearing, globalAveragePooling1d(), dense(10, { activation: 'softmax' })]),
  );

  const dictations = await rows(recordings.train, steps === undefined ? 1200 : 400, chance);
  const exam = await rows(recordings.test, steps === undefined ? 300 : 60, chance);
  const writer = sequential([
    hearing,
    conv1d(64, 5, { strides: 2, padding: 'same', activation: 'relu' }),
    bidirectional(gru(64, { returnSequences: true })),
    dropout(0.3),
    dense(11),
  ]);
  writer.compile({ optimizer: adam(2e-3, { clipnorm: 1 }), loss: 'ctc' });
  const { history } = await writer.fit(batches(dictations), shown);
  const dictated = await writer.predict(exam.x, { batchSize: 50 });
  const scores = await dictated.data();
  const [, moments = 0, classes = 0] = dictated.shape;
  const written = exam.digits.map((_, i) => spelled(scores, i * moments * classes, moments, classes));
  return {
    convolutional,
    linear,
    ctcLoss: history.loss,
    rows: share(exam.digits.map((row, i) => sameRow(row, written[i] ?? []))),
    cutRows: share(await cutInParts(listener, exam)),
    examples: exam.digits
      .slice(0, 5)
      .map((row, i) => ({ said: row.join(' '), written: written[i]?.join(' ') ?? '' })),
  };
}
