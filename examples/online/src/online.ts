/**
 * Learning from a stream that drifts: shirts and trousers become shoes and bags. A network that only follows forgets what it
 * knew; one that repeats a few old images does not.
 */
import {
  adam,
  best,
  conv2d,
  dense,
  fashionMnist,
  flatten,
  type HostArray,
  maxPooling2d,
  random,
  sequential,
  setDevice,
  setSeed,
} from 'hadal';
import type { Options } from '../../common/src/command-line';

const BATCH_SIZE = 32;
/** Clothes come first, then shoes and bags. */
const EARLY = new Set([0, 1, 2, 3, 4, 6]);
/** Images that are kept to be repeated, of all that have gone by. */
const KEPT = 300;
/** Batches from one look at the test images to the next. */
const LOOK = 20;
const PIXELS = 28 * 28;

interface Sample {
  readonly x: HostArray;
  readonly y: HostArray;
}

const isEarly = ({ y }: Sample): boolean => EARLY.has(Number(y.data[0]));

const stack = (samples: readonly Sample[]) => {
  const data = new Float32Array(samples.length * PIXELS);
  for (const [at, { x }] of samples.entries()) data.set(Array.from(x.data, Number), at * PIXELS);
  return {
    x: { data, shape: [samples.length, 28, 28, 1], dtype: 'float32' as const },
    y: Int32Array.from(samples, ({ y }) => Number(y.data[0])),
  };
};

/** A part of all that went by, each equally likely to be in it (Vitter's algorithm R). */
class Reservoir {
  readonly #kept: Sample[] = [];
  readonly #chance = random(3);
  #seen = 0;

  add(sample: Sample): void {
    const place = this.#seen < KEPT ? this.#seen : this.#chance.below(this.#seen + 1);
    if (place < KEPT) this.#kept[place] = sample;
    this.#seen += 1;
  }

  draw(count: number): Sample[] {
    return Array.from({ length: count }, () => this.#kept[this.#chance.below(this.#kept.length)]).flatMap(
      (sample) => sample ?? [],
    );
  }
}

export async function main({ steps = 300 }: Options = {}) {
  setDevice(await best());
  const { train, test } = await fashionMnist();
  const samples = await train.shuffle(1).toArray();
  const half = (steps / 2) * BATCH_SIZE;
  const stream = [
    ...samples.filter(isEarly).slice(0, half),
    ...samples.filter((sample) => !isEarly(sample)).slice(0, half),
  ];
  const judged = await test.take(1000).toArray();
  const [early, late] = [judged.filter(isEarly), judged.filter((sample) => !isEarly(sample))].map(stack);
  if (early === undefined || late === undefined) throw new Error('There are two kinds.');

  const follow = async (repeats: boolean) => {
    setSeed(1);
    const model = sequential([
      conv2d(16, 3, { activation: 'relu', inputShape: [28, 28, 1] }),
      maxPooling2d(2),
      conv2d(32, 3, { activation: 'relu' }),
      maxPooling2d(2),
      flatten(),
      dense(64, { activation: 'relu' }),
      dense(10, { activation: 'softmax' }),
    ]);
    model.compile({ optimizer: adam(1e-3), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const memory = new Reservoir();
    const accuracyOn = async ({ x, y }: typeof early) =>
      (await model.evaluate(x, y, { batchSize: 256, verbose: 0 })).accuracy ?? Number.NaN;
    const at: number[] = [];
    const onEarly: number[] = [];
    const onLate: number[] = [];
    for (let step = 0; step * BATCH_SIZE < stream.length; step++) {
      // Every image is seen once as it comes by, and a kept one beside it.
      const fresh = stream.slice(step * BATCH_SIZE, (step + 1) * BATCH_SIZE);
      const { x, y } = stack(repeats && step > 0 ? [...fresh, ...memory.draw(BATCH_SIZE)] : fresh);
      await model.partialFit(x, y, { batchSize: x.shape[0] });
      for (const sample of fresh) memory.add(sample);
      if ((step + 1) % LOOK !== 0) continue;
      at.push(step + 1);
      onEarly.push(await accuracyOn(early));
      onLate.push(await accuracyOn(late));
    }
    const now = await accuracyOn(early);
    return {
      at,
      onEarly,
      onLate,
      early: now,
      late: await accuracyOn(late),
      /** What was known of the early kinds at best and is not any more. */
      forgotten: Math.max(...onEarly) - now,
    };
  };
  return { following: await follow(false), repeating: await follow(true) };
}
