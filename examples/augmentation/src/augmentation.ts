/**
 * Few images, seen in many ways: a network learns clothes from twenty images of each kind, with layers that move, turn and mirror
 * them anew in every epoch, and without. Both are judged by pictures as neat as those, and by careless ones.
 */
import {
  adam,
  best,
  conv2d,
  cosineDecay,
  dense,
  dropout,
  fashionMnist,
  flatten,
  fromArrays,
  type HostArray,
  identity,
  inferenceContext,
  type Layer,
  maxPooling2d,
  type Pipeline,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
  sequential,
  setDevice,
  setSeed,
  tensor,
} from 'hadal';
import type { Options } from '../../common/src/command-line';

const BATCH_SIZE = 50;
const KINDS = 10;
/** Images of each kind to learn from. */
const FEW = 20;
/** Draws of the images, so that the result does not hang on their luck. */
const DRAWS = 3;

/** On unseen pictures. */
export interface Accuracies {
  readonly neat: number;
  readonly careless: number;
}

interface Sample {
  readonly x: HostArray;
  readonly y: HostArray;
}

/** What a piece of clothing may look like as well. Layers of this kind act in training only. */
const views = (): Layer[] => [
  randomFlip('horizontal'),
  randomTranslation(0.1, 0.1, { fillMode: 'constant' }),
  randomRotation(0.03, { fillMode: 'constant' }),
  randomZoom(0.1, undefined, { fillMode: 'constant' }),
];

/** The same pictures taken carelessly: not in the middle, not straight, from nearer or farther. */
async function careless(neat: Pipeline<Sample>): Promise<Pipeline<Sample>> {
  setSeed(9);
  const [all] = await neat.batch(neat.size ?? 1).toArray();
  if (all === undefined) throw new Error('The set is empty.');
  const moved = sequential([
    randomTranslation(0.12, 0.12, { fillMode: 'constant', inputShape: [28, 28, 1] }),
    randomRotation(0.04, { fillMode: 'constant' }),
    randomZoom(0.1, undefined, { fillMode: 'constant' }),
  ]).apply(tensor(all.x.data, { shape: all.x.shape }), { ...inferenceContext, training: true });
  return fromArrays({ x: { data: await moved.data(), shape: moved.shape, dtype: 'float32' }, y: all.y });
}

/** Twenty images of each kind, others in each draw. */
async function few(all: Pipeline<Sample>, draw: number): Promise<Pipeline<Sample>> {
  const shuffled = all.shuffle(draw, { reshuffle: false });
  const left = Array.from({ length: KINDS }, () => FEW);
  const chosen: number[] = [];
  for (const [at, { y }] of (await shuffled.toArray()).entries()) {
    const kind = Number(y.data[0]);
    const count = left[kind] ?? 0;
    if (count === 0) continue;
    left[kind] = count - 1;
    chosen.push(at);
  }
  return shuffled.select(chosen);
}

export async function main({ epochs = 150, steps }: Options = {}) {
  setDevice(await best());
  const { train, test } = await fashionMnist();
  const neat = steps === undefined ? test : test.take(500);
  const exams = { neat: neat.batch(500), careless: (await careless(neat)).batch(500) };
  const passes = steps === undefined ? epochs : Math.ceil((steps * BATCH_SIZE) / (KINDS * FEW));

  const learn = async (images: Pipeline<Sample>, layers: Layer[]) => {
    setSeed(1);
    const model = sequential([
      ...layers,
      conv2d(32, 3, { activation: 'relu' }),
      maxPooling2d(2),
      conv2d(64, 3, { activation: 'relu' }),
      maxPooling2d(2),
      flatten(),
      dropout(0.5),
      dense(KINDS, { activation: 'softmax' }),
    ]);
    model.build([null, 28, 28, 1]);
    model.compile({
      optimizer: adam(cosineDecay(2e-3, (passes * KINDS * FEW) / BATCH_SIZE)),
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    await model.fit(images.shuffle(1).batch(BATCH_SIZE), { epochs: passes, verbose: 0 });
    const accuracyOn = async (exam: typeof exams.neat) =>
      (await model.evaluate(exam, { verbose: 0 })).accuracy ?? Number.NaN;
    return { neat: await accuracyOn(exams.neat), careless: await accuracyOn(exams.careless) };
  };

  const augmented: Accuracies[] = [];
  const plain: Accuracies[] = [];
  for (let draw = 0; draw < (steps === undefined ? DRAWS : 1); draw++) {
    const images = await few(train, draw);
    augmented.push(await learn(images, views()));
    plain.push(await learn(images, [identity()]));
  }
  return { augmented, plain };
}
