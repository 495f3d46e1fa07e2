/** What is trained in each precision: clothes by a convolutional network, and mails by a Transformer. */
import {
  add,
  conv2d,
  dense,
  embedding,
  fashionMnist,
  flatten,
  fromArrays,
  globalAveragePooling1d,
  type HostArray,
  input,
  type Model,
  maxPooling2d,
  model,
  type Pipeline,
  padSequences,
  positionEmbedding,
  sequential,
  tokenizer,
  transformerEncoder,
} from 'hadal';
import { type Mails, mails } from '../../common/src/mails';

const WORDS = 10_000;
const LENGTH = 100;
const WIDTH = 128;
const HEADS = 4;

type Samples = Pipeline<{ readonly x: HostArray; readonly y: HostArray }>;

/** Data, and a network for them. */
export interface Task {
  readonly train: Samples;
  readonly test: Samples;
  readonly batchSize: number;
  /** Runs are repeated from other weights with other batches, where single ones hang on luck. */
  readonly seeds: readonly number[];
  readonly loss: 'binaryCrossentropy' | 'sparseCategoricalCrossentropy';
  readonly network: () => Model;
}

/** Ten kinds of clothes, and the network of the cnn example. */
export async function clothes(): Promise<Task> {
  const { train, test } = await fashionMnist();
  return {
    train,
    test,
    batchSize: 32,
    seeds: [1, 2, 3],
    loss: 'sparseCategoricalCrossentropy',
    network: () =>
      sequential([
        conv2d(32, 3, { activation: 'relu', inputShape: [28, 28, 1] }),
        maxPooling2d(2),
        conv2d(64, 3, { activation: 'relu' }),
        maxPooling2d(2),
        conv2d(64, 3, { activation: 'relu' }),
        flatten(),
        dense(64, { activation: 'relu' }),
        dense(10, { activation: 'softmax' }),
      ]),
  };
}

/** Spam or not, and the network of the transformer example, twice as wide: the wider, the more of a step are products. */
export function letters(): Task {
  const { train, test } = mails();
  const words = tokenizer({ numWords: WORDS, oovToken: '<unknown>' }).fitOnTexts(train.bodies);
  const dataset = ({ bodies, isSpam }: Mails): Samples =>
    fromArrays({
      x: padSequences(words.textsToSequences(bodies), {
        maxlen: LENGTH,
        truncating: 'post',
        padding: 'post',
      }),
      y: isSpam,
    });
  return {
    train: dataset(train),
    test: dataset(test),
    batchSize: 64,
    seeds: [1],
    loss: 'binaryCrossentropy',
    network: () => {
      const text = input([LENGTH], { dtype: 'int32' });
      const meanings = embedding(WORDS, WIDTH, { maskZero: true }).apply(text);
      const placed = add().apply([meanings, positionEmbedding(LENGTH).apply(meanings)]);
      const read = transformerEncoder(4 * WIDTH, HEADS, { normalizeFirst: true }).apply(placed);
      const summary = globalAveragePooling1d().apply(read);
      return model({ inputs: text, outputs: dense(1, { activation: 'sigmoid' }).apply(summary) });
    },
  };
}
