/**
 * Transfer: what a network learnt on clothes helps it with shoes and bags, of which it gets five images of each kind.
 */
import {
  adam,
  best,
  conv2d,
  dense,
  fashionMnist,
  flatten,
  fromItems,
  type HostArray,
  maxPooling2d,
  random,
  type Sequential,
  sequential,
  setDevice,
  setSeed,
} from 'hadal';
import type { Options } from '../../common/src/command-line';

const BATCH_SIZE = 64;
/** T-shirt, trouser, pullover, dress, coat, shirt. */
const CLOTHES = [0, 1, 2, 3, 4, 6];
/** Sandal, sneaker, bag, ankle boot. */
const OTHERS = [5, 7, 8, 9];
/** Images of each of the other kinds. */
const FEW = 5;
/** Times that other images are drawn, so that the result does not hang on their luck. */
const DRAWS = 5;
/** Passes over the few images. */
const FEW_EPOCHS = 60;

interface Sample {
  readonly x: HostArray;
  readonly y: HostArray;
}

const labelOf = ({ y }: Sample): number => Number(y.data[0]);

/** The samples of some kinds, which are numbered from 0. */
const only = (samples: readonly Sample[], kinds: readonly number[]) =>
  samples
    .filter((sample) => kinds.includes(labelOf(sample)))
    .map((sample) => ({ x: sample.x, y: kinds.indexOf(labelOf(sample)) }));

const eyes = (): Sequential =>
  sequential([
    conv2d(32, 3, { activation: 'relu', inputShape: [28, 28, 1] }),
    maxPooling2d(2),
    conv2d(64, 3, { activation: 'relu' }),
    maxPooling2d(2),
    flatten(),
  ]);

const withHead = (base: Sequential, kinds: number): Sequential => {
  const model = sequential([base, dense(kinds, { activation: 'softmax' })]);
  model.compile({ optimizer: adam(1e-3), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
};

export async function main({ epochs = 2, steps }: Options = {}) {
  setDevice(await best());
  setSeed(1);
  const { train, test } = await fashionMnist();
  const [seen, unseen] = [await train.shuffle(1).toArray(), await test.toArray()];
  const clothes = fromItems(only(seen, CLOTHES)).shuffle(1);
  const base = eyes();
  await withHead(base, CLOTHES.length).fit(
    (steps === undefined ? clothes : clothes.take(steps * BATCH_SIZE)).batch(BATCH_SIZE),
    { epochs: steps === undefined ? epochs : 1 },
  );
  // What sees stays as it is; only the new head learns.
  base.trainable = false;

  const others = OTHERS.map((_, kind) => only(seen, OTHERS).filter(({ y }) => y === kind));
  const exam = fromItems(only(unseen, OTHERS)).batch(200);
  const learn = async (eyesOf: Sequential, draw: number): Promise<number> => {
    const few = others.flatMap((kind) =>
      random(draw)
        .shuffle([...kind])
        .slice(0, FEW),
    );
    const model = withHead(eyesOf, OTHERS.length);
    await model.fit(
      fromItems(few)
        .shuffle(1)
        .batch(OTHERS.length * FEW),
      { epochs: FEW_EPOCHS, verbose: 0 },
    );
    return (await model.evaluate(exam, { verbose: 0 })).accuracy ?? Number.NaN;
  };
  const transferred: number[] = [];
  const fromScratch: number[] = [];
  for (let draw = 0; draw < (steps === undefined ? DRAWS : 1); draw++) {
    transferred.push(await learn(base, draw));
    fromScratch.push(await learn(eyes(), draw));
  }
  return { transferred, fromScratch };
}
