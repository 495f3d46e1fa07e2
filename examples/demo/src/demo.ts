/**
 * The main job: train, judge, save, explain and serve, each step on the shoulders of the one before.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cpu } from '@hadal/backend-cpu';
import { native } from '@hadal/backend-native';
import { type Device, interpreter, setDevice, setSeed } from '@hadal/core';
import { type FashionMnist, fashionMnist } from '@hadal/data';
import { sampleOf } from '@hadal/explain';
import { writeReport } from '@hadal/explain/node';
import { loadModel } from '@hadal/layers';
import { type RunningServer, serve } from '@hadal/serving';
import { best } from 'hadal';
import { ask } from './ask';
import { explanationReport } from './explanation';
import { type Judgement, judge, type LabelledImages, sameBits } from './judge';
import { clothesNetwork } from './network';
import type { DemoOptions, DeviceName } from './options';
import { confusionTable, qualityTable } from './tables';

/** What the run came to; the last line of `--json`. */
export interface DemoResult {
  readonly accuracy: number;
  /** Training images a second, over all epochs. */
  readonly imagesPerSecond: number;
  /** The whole run. */
  readonly seconds: number;
  readonly backend: string;
  readonly epochs: number;
  readonly trainingImages: number;
  readonly testImages: number;
  /** Whether the reloaded model predicts the same bits. */
  readonly reloadIdentical: boolean;
  readonly model: string;
  readonly report: string;
}

/** The demo's result, and the server if it is to keep running. */
export interface DemoRun {
  readonly result: DemoResult;
  readonly server: RunningServer | undefined;
}

const BATCH_SIZE = 32;

type Say = (text: string) => void;

/**
 * Runs the demo.
 *
 * @param options what the command line says
 * @param say     takes what is to be printed, a line or more at a time
 * @throws {Error} when the reloaded model predicts anything else than the trained one
 */
export async function main(options: DemoOptions, say: Say = console.log): Promise<DemoRun> {
  const start = performance.now();
  const device = await deviceOf(options.device, say);
  setDevice(device);
  setSeed(options.seed);

  heading(say, 'Images');
  const data = await fashionMnist({ full: options.full });
  const train = data.train.take(options.images ?? Number.MAX_SAFE_INTEGER);
  const unseen = await allOf(data.test.take(options.images ?? Number.MAX_SAFE_INTEGER));
  const trainingImages = train.size ?? 0;
  const testImages = unseen.y.data.length;
  say(
    `${count(trainingImages)} to learn from, ${count(testImages)} to be judged by, from ${data.source.location}`,
  );

  heading(say, `Training on ${device.name}`);
  const model = clothesNetwork(Math.ceil(trainingImages / BATCH_SIZE) * options.epochs);
  model.summary({ print: say });
  const trainingStart = performance.now();
  await model.fit(train.shuffle(options.seed).batch(BATCH_SIZE), {
    epochs: options.epochs,
    // The live bar writes to the terminal itself: only where everything else goes there too.
    verbose: say === console.log ? 'auto' : 0,
  });
  const imagesPerSecond = (trainingImages * options.epochs) / secondsSince(trainingStart);
  say(`${imagesPerSecond.toFixed(0)} images/s`);

  heading(say, 'Judging by unseen images');
  const judgement = await judge(model, unseen, data.classNames.length);
  say(`accuracy ${percent(judgement.accuracy)}\n`);
  say(qualityTable(judgement.matrix, data.classNames));
  say(`\n${confusionTable(judgement.matrix, data.classNames)}`);

  heading(say, 'Saving and reloading');
  const modelPath = resolve(options.out, 'model');
  await model.save(modelPath);
  const reloaded = await loadModel(modelPath);
  const again = await judge(reloaded, unseen, data.classNames.length);
  const reloadIdentical = sameBits(judgement.probabilities, again.probabilities);
  if (!reloadIdentical) throw new Error(`the model reloaded from ${modelPath} predicts other numbers`);
  say(
    `${modelPath}: all ${count(judgement.probabilities.length)} probabilities are the same to the last bit`,
  );

  heading(say, 'Explaining');
  const reportPath = resolve(options.out, 'report.html');
  const facts = [
    ['Accuracy', percent(judgement.accuracy)],
    ['Unseen images', count(testImages)],
    ['Learned from', `${count(trainingImages)} × ${options.epochs}`],
    ['Parameters', count(model.countParameters())],
    ['Images a second', count(Math.round(imagesPerSecond))],
    ['Device', device.name],
  ] as const;
  const images = { model: reloaded, images: unseen, judgement, classNames: data.classNames, facts };
  await writeReport(reportPath, await explanationReport(images));
  say(`open ${pathToFileURL(reportPath).href}`);

  heading(say, 'Serving');
  const server = await serve(reloaded, { name: 'clothes', port: 0 });
  await askOnce(server, unseen, judgement, data, say);
  if (!options.serve) await server.close();

  const result: DemoResult = {
    accuracy: judgement.accuracy,
    imagesPerSecond,
    seconds: secondsSince(start),
    backend: device.name,
    epochs: options.epochs,
    trainingImages,
    testImages,
    reloadIdentical,
    model: modelPath,
    report: reportPath,
  };
  say(`\nDone in ${result.seconds.toFixed(1)} s.`);
  return { result, server: options.serve ? server : undefined };
}

async function deviceOf(name: DeviceName, say: Say): Promise<Device> {
  if (name === 'native') return native();
  if (name === 'cpu') return cpu();
  if (name === 'interpreter') return interpreter();
  const device = await best({ quiet: true });
  say(`Device: ${device.name}, ${device.reason}`);
  return device;
}

/** A whole dataset as one batch. */
async function allOf(images: FashionMnist['test']): Promise<LabelledImages> {
  const [batch] = await images.batch(images.size ?? 1).toArray();
  if (batch === undefined) throw new Error('there are no images to judge by');
  return batch;
}

async function askOnce(
  server: RunningServer,
  unseen: LabelledImages,
  judgement: Judgement,
  { classNames }: FashionMnist,
  say: Say,
): Promise<void> {
  const { probabilities, milliseconds } = await ask(server.url, server.model.name, sampleOf(unseen.x, 0));
  const best = probabilities.indexOf(Math.max(...probabilities));
  say(`POST ${server.url}/v2/models/${server.model.name}/infer, answered in ${milliseconds.toFixed(0)} ms:`);
  say(
    `  ${classNames[best]}, ${percent(probabilities[best]!)} sure; it is: ${classNames[unseen.y.data[0]!]}`,
  );
  if (best !== judgement.predicted[0]) throw new Error('the server answers otherwise than the model');
}

const heading = (say: Say, title: string): void =>
  say(`\n── ${title} ${'─'.repeat(Math.max(0, 66 - title.length))}`);
const count = (value: number): string => value.toLocaleString('en-US');
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const secondsSince = (start: number): number => (performance.now() - start) / 1000;
