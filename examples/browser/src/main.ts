/**
 * What the buttons of the page do. `?device=webgpu`, `threads` or `single` asks for a device, `?images=512&epochs=3` fills in
 * the form.
 */
import { type ConfusionMatrixChart, confusionMatrixChart, liveCharts } from '@hadal/charts';
import { setDevice, setSeed } from '@hadal/core';
import { type FashionMnist, fashionMnist } from '@hadal/data';
import { downloadStorage, loadModel, Sequential, type StorageLike, uploadStorage } from '@hadal/layers';
import { openDevice } from './device';
import { showExplanations } from './explanations';
import { judge, type Labelled } from './judge';
import { LongTasks } from './long-tasks';
import { makeNetwork } from './network';
import { Pace } from './pace';
import { page, say } from './page';

const BATCH_SIZE = 32;
/** Unseen images to judge by, and how many of them are explained. */
const JUDGED = 500;
const EXPLAINED = 12;
const SEED = 1;

const asked = new URLSearchParams(location.search);
for (const name of ['images', 'epochs'] as const) page[name].value = asked.get(name) ?? page[name].value;

const { device, says } = await openDevice(asked.get('device'));
setDevice(device);
page.device.textContent = says;
const clothes = await fashionMnist();
const unseen = await firstOf(clothes.test, JUDGED);
const shown = await firstOf(clothes.test, EXPLAINED);

const charts = liveCharts(page.charts);
const longTasks = new LongTasks();
const pace = new Pace((perSecond) => {
  page.speed.textContent = `${Math.round(perSecond)} images a second`;
});
let matrix: ConfusionMatrixChart | undefined;
let model = begin();

/** The first images of a dataset as one batch. */
async function firstOf(dataset: FashionMnist['test'], count: number): Promise<Labelled> {
  const [batch] = await dataset.take(count).batch(count).toArray();
  if (batch === undefined) throw new Error('The dataset is empty.');
  return batch;
}

function begin(): Sequential {
  setSeed(SEED);
  return makeNetwork();
}

/** The model on unseen images: right answers, confusions, and where it looked. */
async function show(): Promise<string> {
  const { classNames } = clothes;
  const { accuracy, counts } = await judge(model, unseen, classNames.length);
  const right = `${(100 * accuracy).toFixed(1)} %`;
  page.accuracy.textContent = `${right} of ${JUDGED}`;
  if (matrix === undefined) {
    page.matrix.replaceChildren();
    matrix = confusionMatrixChart(page.matrix, counts, { title: `${JUDGED} unseen images`, classNames });
  } else matrix.update(counts);
  await showExplanations(page.explanations, model, shown, classNames);
  return right;
}

async function train(): Promise<string> {
  const count = page.images.valueAsNumber;
  const epochs = page.epochs.valueAsNumber;
  say('Training …');
  page.pause.disabled = false;
  longTasks.start();
  try {
    const batches = clothes.train.take(count).shuffle(SEED).batch(BATCH_SIZE);
    const validationData = clothes.test.skip(JUDGED).take(JUDGED).batch(JUDGED);
    await model.fit(batches, { epochs, validationData, verbose: 0, callbacks: [charts, pace] });
  } finally {
    page.longest.textContent = longTasks.stop();
    page.pause.disabled = true;
  }
  return `Trained on ${count} images, ${epochs} times: ${await show()} of ${JUDGED} unseen images are right.`;
}

function togglePause(): void {
  if (pace.isPaused) pace.resume();
  else pace.pause();
  page.pause.textContent = pace.isPaused ? 'Resume' : 'Pause';
  say(pace.isPaused ? 'Paused.' : 'Training …');
}

/** Where the form says that models are saved, and how that is called. */
function chosenPlace(): { readonly target: StorageLike; readonly name: string } {
  const { value } = page.place;
  return value === 'file'
    ? { target: downloadStorage('clothes'), name: 'clothes.zip' }
    : { target: value, name: value };
}

async function save(): Promise<string> {
  const { target, name } = chosenPlace();
  await model.save(target);
  return `Saved as ${name}.`;
}

async function load(source: StorageLike, name: string): Promise<string> {
  const loaded = await loadModel(source);
  if (!(loaded instanceof Sequential)) throw new Error(`${name} holds a model that this page did not save.`);
  model = loaded;
  return `Loaded ${name}: ${await show()} of ${JUDGED} unseen images are right.`;
}

/** Runs what a button asks for, while the others wait. */
async function run(work: () => Promise<string>): Promise<void> {
  const buttons = [page.train, page.fresh, page.save, page.load];
  for (const each of buttons) each.disabled = true;
  try {
    say(await work());
  } catch (error) {
    say(error instanceof Error ? error.message : String(error), true);
  } finally {
    for (const each of buttons) each.disabled = false;
  }
}

page.train.onclick = () => run(train);
page.pause.onclick = togglePause;
page.fresh.onclick = () =>
  run(async () => {
    model = begin();
    return `Afresh: ${await show()} of ${JUDGED} unseen images are right.`;
  });
page.save.onclick = () => run(save);
page.load.onclick = () => {
  const { value } = page.place;
  if (value === 'file') page.file.click();
  else run(() => load(value, value));
};
page.file.onchange = () => {
  const chosen = [...(page.file.files ?? [])];
  page.file.value = '';
  if (chosen.length > 0) run(() => load(uploadStorage(chosen), chosen.map(({ name }) => name).join(', ')));
};
await run(async () => `${clothes.train.size} images of clothes are here. Train!`);
