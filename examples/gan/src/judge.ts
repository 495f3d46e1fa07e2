/** How good drawings are: how far what a classifier sees in them is from what it sees in real images. */
import {
  adam,
  conv2d,
  dense,
  flatten,
  type HostArray,
  type LabelledImage,
  maxPooling2d,
  type Pipeline,
  randomNormal,
  type Sequential,
  sequential,
} from 'hadal';

const BATCH_SIZE = 64;
const PIXELS = 28 * 28;

const KINDS = 10;
/** A kind counts as drawn when at least this part of the drawings shows it. */
const LEAST_PART = 0.02;

export interface Judge {
  /** A classifier of clothes without its last layer. */
  readonly features: Sequential;
  readonly classifier: Sequential;
}

export async function judgeOf(train: Pipeline<LabelledImage>, steps: number | undefined): Promise<Judge> {
  const features = sequential([
    conv2d(16, 3, { activation: 'relu', inputShape: [28, 28, 1] }),
    maxPooling2d(2),
    conv2d(32, 3, { activation: 'relu' }),
    maxPooling2d(2),
    flatten(),
    dense(64, { activation: 'relu' }),
  ]);
  const classifier = sequential([features, dense(KINDS, { activation: 'softmax' })]);
  classifier.compile({ optimizer: adam(1e-3), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const seen = train.shuffle(2);
  const part = steps === undefined ? seen : seen.take(steps * BATCH_SIZE);
  await classifier.fit(part.batch(BATCH_SIZE), { epochs: steps === undefined ? 2 : 1, verbose: 0 });
  return { features, classifier };
}

/** Mean and deviation of each feature. */
function moments({ data, shape: [rows = 0, width = 0] }: HostArray) {
  return Array.from({ length: width }, (_, feature) => {
    const values = Array.from({ length: rows }, (_, row) => Number(data[row * width + feature]));
    const mean = values.reduce((sum, each) => sum + each, 0) / rows;
    const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / rows;
    return { mean, deviation: Math.sqrt(variance) };
  });
}

/** Fréchet's distance between two sets of features that are taken as normal and independent. */
export function distance(some: HostArray, others: HostArray): number {
  const [a, b] = [moments(some), moments(others)];
  return a.reduce((sum, { mean, deviation }, at) => {
    const other = b[at] ?? { mean: 0, deviation: 0 };
    return sum + (mean - other.mean) ** 2 + (deviation - other.deviation) ** 2;
  }, 0);
}

/** Of the ten kinds, how many a classifier finds among images. */
export async function kindsAmong(images: HostArray, { classifier }: Judge): Promise<number> {
  const said = await classifier.predict(images, { batchSize: 500 });
  const scores = await said.data();
  const [count = 0] = said.shape;
  const found = Array.from({ length: KINDS }, () => 0);
  for (let image = 0; image < count; image++) {
    const row = Array.from(scores.subarray(image * KINDS, (image + 1) * KINDS), Number);
    const kind = row.indexOf(Math.max(...row));
    found[kind] = (found[kind] ?? 0) + 1;
  }
  return found.filter((images) => images >= LEAST_PART * count).length;
}

/** The simple way to draw: a kind by chance, and every pixel by its mean and deviation in that kind. */
export async function pixelByPixel(train: Pipeline<LabelledImage>, count: number): Promise<HostArray> {
  const sums = Array.from({ length: KINDS }, () => ({
    images: 0,
    values: new Float64Array(PIXELS),
    squares: new Float64Array(PIXELS),
  }));
  for await (const { x, y } of train) {
    const kind = sums[Number(y.data[0])];
    if (kind === undefined) continue;
    kind.images += 1;
    for (const [at, value] of Array.from(x.data, Number).entries()) {
      kind.values[at] = (kind.values[at] ?? 0) + value;
      kind.squares[at] = (kind.squares[at] ?? 0) + value ** 2;
    }
  }
  const noise = await randomNormal([count, PIXELS]).data();
  const data = new Float32Array(count * PIXELS);
  for (const at of data.keys()) {
    const { images = 1, values, squares } = sums[Math.floor(at / PIXELS) % KINDS] ?? {};
    const mean = (values?.[at % PIXELS] ?? 0) / images;
    const deviation = Math.sqrt(Math.max(0, (squares?.[at % PIXELS] ?? 0) / images - mean ** 2));
    data[at] = Math.min(1, Math.max(0, mean + deviation * Number(noise[at])));
  }
  return { data, shape: [count, 28, 28, 1], dtype: 'float32' };
}
