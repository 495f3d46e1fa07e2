/**
 * Words, their meanings and a memory of what was read: an LSTM tells spam from other mails.
 */
import {
  adam,
  best,
  dense,
  embedding,
  fromArrays,
  lstm,
  padSequences,
  sequential,
  setDevice,
  setSeed,
  tokenizer,
} from 'hadal';
import type { Options } from '../../common/src/command-line';
import { type Mails, mails } from '../../common/src/mails';

const WORDS = 10_000;
const LENGTH = 100;
const BATCH_SIZE = 64;

export async function main({ epochs = 4, steps }: Options = {}) {
  setDevice(await best());
  setSeed(1);
  const { train, test } = mails();
  const words = tokenizer({ numWords: WORDS, oovToken: '<unknown>' }).fitOnTexts(train.bodies);
  const dataset = ({ bodies, isSpam }: Mails) =>
    fromArrays({
      x: padSequences(words.textsToSequences(bodies), { maxlen: LENGTH, truncating: 'post' }),
      y: isSpam,
    });
  const all = dataset(train).shuffle(1);
  const seen = steps === undefined ? all : all.take(steps * BATCH_SIZE);
  const unseen = (steps === undefined ? dataset(test) : dataset(test).take(500)).batch(250);

  const model = sequential([
    embedding(WORDS, 128, { inputShape: [LENGTH] }),
    lstm(64, { dropout: 0.2, recurrentDropout: 0.2 }),
    dense(1, { activation: 'sigmoid' }),
  ]);
  model.compile({ optimizer: adam(1e-3), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  const { history } = await model.fit(seen.batch(BATCH_SIZE), {
    epochs: steps === undefined ? epochs : 1,
    validationData: unseen,
  });
  const { accuracy } = await model.evaluate(unseen, { verbose: 0 });
  const spam = test.isSpam.reduce((sum, each) => sum + each, 0) / test.isSpam.length;
  return {
    accuracy,
    majority: Math.max(spam, 1 - spam),
    mails: train.bodies.length + test.bodies.length,
    history,
  };
}
