/**
 * A small Transformer tells spam from other mails: every word looks at all others, and the mean of what they found decides.
 */
import {
  adam,
  add,
  best,
  dense,
  dropout,
  embedding,
  fromArrays,
  globalAveragePooling1d,
  input,
  model,
  padSequences,
  positionEmbedding,
  setDevice,
  setSeed,
  tokenizer,
  transformerEncoder,
} from 'hadal';
import type { Options } from '../../common/src/command-line';
import { type Mails, mails } from '../../common/src/mails';

const WORDS = 10_000;
const LENGTH = 100;
const WIDTH = 64;
const HEADS = 4;
const BATCH_SIZE = 64;

export async function main({ epochs = 3, steps }: Options = {}) {
  setDevice(await best());
  setSeed(1);
  const { train, test } = mails();
  const words = tokenizer({ numWords: WORDS, oovToken: '<unknown>' }).fitOnTexts(train.bodies);
  const dataset = ({ bodies, isSpam }: Mails) =>
    fromArrays({
      x: padSequences(words.textsToSequences(bodies), {
        maxlen: LENGTH,
        truncating: 'post',
        padding: 'post',
      }),
      y: isSpam,
    });
  const all = dataset(train).shuffle(1);
  const seen = steps === undefined ? all : all.take(steps * BATCH_SIZE);
  const unseen = (steps === undefined ? dataset(test) : dataset(test).take(500)).batch(250);

  const text = input([LENGTH], { dtype: 'int32' });
  const meanings = embedding(WORDS, WIDTH, { maskZero: true }).apply(text);
  const placed = add().apply([meanings, positionEmbedding(LENGTH).apply(meanings)]);
  const read = transformerEncoder(2 * WIDTH, HEADS, { normalizeFirst: true, dropout: 0.1 }).apply(placed);
  const summary = dropout(0.2).apply(globalAveragePooling1d().apply(read));
  const classifier = model({ inputs: text, outputs: dense(1, { activation: 'sigmoid' }).apply(summary) });
  classifier.compile({ optimizer: adam(1e-3), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  const { history } = await classifier.fit(seen.batch(BATCH_SIZE), {
    epochs: steps === undefined ? epochs : 1,
    validationData: unseen,
  });
  const { accuracy } = await classifier.evaluate(unseen, { verbose: 0 });
  const spam = test.isSpam.reduce((sum, each) => sum + each, 0) / test.isSpam.length;
  return { accuracy, majority: Math.max(spam, 1 - spam), history };
}
