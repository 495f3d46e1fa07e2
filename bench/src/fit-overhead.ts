/**
 * What `fit` costs beyond a compiled loop of one's own: the same perceptron from the same weights, over the same shuffled
 * batches, epochs of the two taking turns. Run as a program it prints the times as one line of JSON.
 */
import { pathToFileURL } from 'node:url';
import { cpu } from '@hadal/backend-cpu';
import { isAvailable, native } from '@hadal/backend-native';
import {
  compile,
  type Device,
  mean,
  permutation,
  scalar,
  setDevice,
  setSeed,
  sparseSoftmaxCrossEntropy,
  type Tensor,
  tensor,
  variable,
} from '@hadal/core';
import { dense, type Sequential, SparseCategoricalCrossentropy, sequential } from '@hadal/layers';
import { adam } from '@hadal/optimizers';
import { uniforms } from './problems/random';
import { markdownTable } from './report';
import { digits, median, type Ratio, ratioOfMedians } from './statistics';

export const fitOverheadTitle = '`fit` beside a compiled loop, MLP 784-64-64-10, batch 32';

const FEATURES = 784;
const CLASSES = 10;
const BATCH_SIZE = 32;
/** As far as `fit` lets the host go ahead of the device. */
const STEPS_AHEAD = 16;
const SEED = 5;

export interface FitOverhead {
  readonly device: string;
  /** Processor time of an epoch, in milliseconds: what other programs of the machine take does not count. */
  readonly fitMs: number;
  readonly loopMs: number;
  /** How many times as long as the loop `fit` takes, with the 90 % interval of a paired bootstrap. */
  readonly ratio: Ratio;
}

export interface FitOverheadOptions {
  readonly batches: number;
  /** Epochs of each that are timed; a fifth as many run before the clock starts. */
  readonly rounds: number;
}

const perceptron = (): Sequential =>
  sequential([
    dense(64, { activation: 'relu', inputShape: [FEATURES] }),
    dense(64, { activation: 'relu' }),
    dense(CLASSES),
  ]);

interface Samples {
  readonly x: Float32Array;
  readonly y: Int32Array;
}

function samples(count: number): Samples {
  const next = uniforms(SEED);
  return {
    x: Float32Array.from({ length: count * FEATURES }, next),
    y: Int32Array.from({ length: count }, () => Math.floor(next() * CLASSES)),
  };
}

/** Milliseconds of processor time that some work takes. */
async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Copies the rows of an epoch's order to where a batch lies. */
function copyRows<Values extends Float32Array | Int32Array>(
  to: Values,
  from: Values,
  width: number,
  order: Int32Array,
): void {
  for (const [at, row] of order.entries()) to.set(from.subarray(row * width, (row + 1) * width), at * width);
}

/**
 * The loop that somebody writes who does without `fit` and knows what is fast: shuffled rows in memory that is used again, one
 * program a step, the mean loss kept on the device.
 */
function compiledLoop(model: Sequential, { x, y }: Samples) {
  const optimizer = adam();
  optimizer.build(model.trainableWeights);
  const total = variable(scalar(0));
  const step = compile((images: Tensor, labels: Tensor) => {
    const loss = optimizer.minimize(() =>
      mean(
        sparseSoftmaxCrossEntropy(model.apply(images, { training: true, addLoss: () => undefined }), labels),
      ),
    );
    total.assign(total.value.add(loss));
  });
  const kept = Array.from({ length: STEPS_AHEAD + 1 }, () => ({
    x: new Float32Array(BATCH_SIZE * FEATURES),
    y: new Int32Array(BATCH_SIZE),
  }));
  return async (epoch: number): Promise<number> => {
    const order = permutation(y.length, SEED, epoch);
    const batches = y.length / BATCH_SIZE;
    total.assign(scalar(0));
    for (let batch = 0; batch < batches; batch++) {
      const rows = order.subarray(batch * BATCH_SIZE, (batch + 1) * BATCH_SIZE);
      const own = kept[batch % kept.length]!;
      copyRows(own.x, x, FEATURES, rows);
      copyRows(own.y, y, 1, rows);
      const images = tensor(own.x, { shape: [BATCH_SIZE, FEATURES], copy: false });
      const labels = tensor(own.y, { copy: false });
      await step(images, labels);
      images.dispose();
      labels.dispose();
      if ((batch + 1) % STEPS_AHEAD === 0) await total.value.data();
    }
    return (await total.value.item()) / batches;
  };
}

/** @throws when the two do not arrive at the same loss */
export async function measureFitOverhead(
  device: Device,
  { batches, rounds }: FitOverheadOptions,
): Promise<FitOverhead> {
  setDevice(device);
  setSeed(SEED);
  const data = samples(batches * BATCH_SIZE);
  const x = { data: data.x, shape: [data.y.length, FEATURES], dtype: 'float32' } as const;
  const [fitted, looped] = [perceptron(), perceptron()];
  await looped.setWeights(await fitted.getWeights());
  fitted.compile({ optimizer: adam(), loss: new SparseCategoricalCrossentropy({ fromLogits: true }) });
  const loop = compiledLoop(looped, data);
  const warmUp = Math.ceil(rounds / 5);
  const pairs: [fit: number, loop: number][] = [];
  for (let epoch = 0; epoch < warmUp + rounds; epoch++) {
    let losses: readonly number[] = [];
    let mine = Number.NaN;
    const takeFit = () =>
      processorTime(async () => {
        const { history } = await fitted.fit(x, data.y, {
          batchSize: BATCH_SIZE,
          initialEpoch: epoch,
          epochs: epoch + 1,
          verbose: 0,
        });
        losses = history.loss ?? [];
      });
    const takeLoop = () =>
      processorTime(async () => {
        mine = await loop(epoch);
      });
    // By turns, so that what one leaves to the collector does not always fall to the other.
    const isFirst = epoch % 2 === 0;
    const before = isFirst ? await takeLoop() : undefined;
    const fit = await takeFit();
    const own = before ?? (await takeLoop());
    const [theirs = Number.NaN] = losses;
    if (!(Math.abs(theirs - mine) <= 1e-3 * mine)) {
      throw new Error(`After epoch ${epoch + 1} the loss of fit is ${theirs} and that of the loop ${mine}.`);
    }
    if (epoch >= warmUp) pairs.push([fit, own]);
  }
  return {
    device: device.name,
    fitMs: median(pairs.map(([fit]) => fit)),
    loopMs: median(pairs.map(([, own]) => own)),
    ratio: ratioOfMedians(pairs, uniforms(SEED)),
  };
}

/** @returns the heading and a markdown table */
export function fitOverheadSection(results: readonly FitOverhead[]): string {
  const rows = results.map(({ device, fitMs, loopMs, ratio: { value, low, high } }) => [
    device,
    digits(loopMs),
    digits(fitMs),
    `${value.toFixed(3)} [${low.toFixed(3)} … ${high.toFixed(3)}]`,
  ]);
  const header = ['device', 'loop, ms of processor time an epoch', '`fit`', '`fit` takes'];
  return `## F: ${fitOverheadTitle}\n\n${markdownTable(header, rows)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const devices = [
    await cpu({ threads: 1 }),
    ...((await isAvailable()).ok ? [await native({ threads: 1 })] : []),
  ];
  const results: FitOverhead[] = [];
  for (const device of devices) results.push(await measureFitOverhead(device, { batches: 200, rounds: 60 }));
  console.log(JSON.stringify(results));
  for (const device of devices) await device.close();
}
