/**
 * Translation: an LSTM reads a sentence, another one writes it in the other language and, with attention, looks back at what
 * it translates.
 */
import {
  adam,
  attention,
  best,
  concatenate,
  dense,
  embedding,
  input,
  lstm,
  model,
  padSequences,
  random,
  setDevice,
  setSeed,
  type Tokenizer,
  tokenizer,
} from 'hadal';
import type { Options } from '../../common/src/command-line';
import { byDictionary, english, german, LARGEST } from './numbers';

const UNITS = 96;
const BATCH_SIZE = 64;
const TRAIN_PAIRS = 6000;
const TEST_PAIRS = 500;
/** Words that begin and end what is written. */
const [BEGIN, END] = ['<begin>', '<end>'];

interface Size {
  readonly source: number;
  readonly target: number;
  readonly sourceWords: number;
  readonly targetWords: number;
}

function translator({ source, target, sourceWords, targetWords }: Size, attends: boolean) {
  const given = input([source], { name: 'source', dtype: 'int32' });
  const written = input([target], { name: 'target', dtype: 'int32' });
  const words = embedding(sourceWords, UNITS, { maskZero: true }).apply(given);
  const [read, hidden, cell] = lstm(UNITS, { returnSequences: true, returnState: true }).apply(words);
  const parts = embedding(targetWords, UNITS, { maskZero: true }).apply(written);
  const state = lstm(UNITS, { returnSequences: true }).apply([parts, hidden, cell]);
  // Each step asks with its state, and gets the words of the source that answer.
  const known = attends ? concatenate().apply([state, attention().apply([state, read])]) : state;
  const next = dense(targetWords, { activation: 'softmax' }).apply(known);
  return model({ inputs: { source: given, target: written }, outputs: next });
}

/** Writes the likeliest word after the other, for all sentences at once. */
async function translate(
  network: ReturnType<typeof translator>,
  source: ReturnType<typeof padSequences>,
  length: number,
  words: Tokenizer,
): Promise<string[][]> {
  const [count = 0] = source.shape;
  const [begin = 0, end = 0] = [BEGIN, END].map((each) => words.wordIndex.get(each ?? '') ?? 0);
  const codes = Array.from({ length: count }, () => [begin]);
  for (let step = 0; step < length; step++) {
    const target = padSequences(codes, { maxlen: length, padding: 'post' });
    const probabilities = await network.predict({ source, target }, { batchSize: 256 });
    const likeliest = await probabilities.argMax(-1).data();
    for (const [row, code] of codes.entries()) code.push(Number(likeliest[row * length + step]));
  }
  return codes.map((code) => {
    const at = code.indexOf(end);
    return code.slice(1, at < 0 ? undefined : at).map((each) => words.indexWord.get(each) ?? '');
  });
}

export async function main({ epochs = 12, steps }: Options = {}) {
  setDevice(await best());
  const chance = random(1);
  const numbers = new Set<number>();
  while (numbers.size < TRAIN_PAIRS + TEST_PAIRS) {
    // As many of each length, else short ones would be rare.
    numbers.add(chance.below(10 ** (1 + chance.below(6))));
    numbers.delete(LARGEST + 1);
  }
  const all = random(2).shuffle([...numbers]);
  const [test, train] = [all.slice(0, TEST_PAIRS), all.slice(TEST_PAIRS)];

  const sourceWords = tokenizer({ filters: '' }).fitOnTexts(train.map(english));
  const targetWords = tokenizer({ filters: '' }).fitOnTexts(
    train.map((each) => [BEGIN ?? '', ...german(each), END ?? '']),
  );
  const source = padSequences(sourceWords.textsToSequences(all.map(english)), { padding: 'post' });
  const length = Math.max(...all.map((each) => german(each).length)) + 1;
  const size: Size = {
    source: source.shape[1] ?? 0,
    target: length,
    sourceWords: sourceWords.wordIndex.size + 1,
    targetWords: targetWords.wordIndex.size + 1,
  };
  const coded = (some: readonly number[]) => {
    const codes = targetWords.textsToSequences(some.map((each) => [BEGIN ?? '', ...german(each), END ?? '']));
    const pad = (rows: number[][]) => padSequences(rows, { maxlen: length, padding: 'post' });
    return {
      source: padSequences(sourceWords.textsToSequences(some.map(english)), {
        maxlen: size.source,
        padding: 'post',
      }),
      target: pad(codes.map((row) => row.slice(0, -1))),
      next: pad(codes.map((row) => row.slice(1))),
    };
  };
  const lessons = coded(train);
  const exam = coded(test);
  const truth = test.map((each) => german(each).join(' '));
  const right = (answers: readonly (readonly string[])[]): number =>
    answers.filter((answer, at) => answer.join(' ') === truth[at]).length / truth.length;

  const learn = async (attends: boolean) => {
    setSeed(1);
    const network = translator(size, attends);
    network.compile({
      optimizer: adam(3e-3),
      loss: 'sparseCategoricalCrossentropy',
    });
    const { history } = await network.fit({ source: lessons.source, target: lessons.target }, lessons.next, {
      epochs: steps === undefined ? epochs : Math.ceil((steps * BATCH_SIZE) / TRAIN_PAIRS),
      batchSize: BATCH_SIZE,
      validationData: [{ source: exam.source, target: exam.target }, exam.next],
      ...(steps === undefined ? {} : { stepsPerEpoch: steps }),
    });
    const answers = await translate(network, exam.source, length, targetWords);
    return { right: right(answers), answers, history };
  };
  const [withAttention, without] = [await learn(true), await learn(false)];
  return {
    withAttention: withAttention.right,
    without: without.right,
    dictionary: right(test.map((each) => byDictionary(english(each)))),
    curves: [withAttention.history, without.history] as const,
    samples: test.slice(0, 5).map((each, at) => ({
      given: english(each).join(' '),
      written: withAttention.answers[at]?.join('') ?? '',
    })),
  };
}
