/**
 * Mixed precision: the same networks from the same weights on the same batches, with products of float32, of bfloat16 and of
 * float16 numbers. How well they do in the end, and the time of the processor that they take.
 */
import { adam, best, cosineDecay, type LearningRateSchedule, type Model, setDevice, setSeed } from 'hadal';
import type { Options } from '../../common/src/command-line';
import { clothes, letters, type Task } from './tasks';

export const PRECISIONS = ['float32', 'mixedBfloat16', 'mixedFloat16'] as const;
type Precision = (typeof PRECISIONS)[number];

/** Steps by which the time is taken, after those that plan and compile. */
const [TIMED, WARMING] = [15, 2];
/** Steps for a quick look at the time. */
const QUICKLY_TIMED = 3;

export interface Run {
  /** Of the unseen samples, the part that is told rightly. */
  readonly accuracy: number;
  /** Of each epoch, from the first seed. */
  readonly losses: readonly number[];
}

function networkOf(
  { network, loss }: Task,
  precision: Precision,
  learningRate: LearningRateSchedule | number,
): Model {
  const made = network();
  made.compile({ optimizer: adam(learningRate), loss, metrics: ['accuracy'], precision });
  return made;
}

/** Trains a task from one seed. */
async function run(
  task: Task,
  precision: Precision,
  seed: number,
  { epochs = 4, steps }: Options,
): Promise<Run> {
  setSeed(seed);
  const { batchSize } = task;
  const shuffled = task.train.shuffle(seed);
  const train = steps === undefined ? shuffled : shuffled.take(steps * batchSize);
  const passes = steps === undefined ? epochs : 1;
  const decay = cosineDecay(1e-3, passes * Math.ceil((train.size ?? 0) / batchSize));
  const network = networkOf(task, precision, decay);
  const { history } = await network.fit(train.batch(batchSize), { epochs: passes, verbose: 0 });
  const { accuracy } = await network.evaluate(task.test.batch(250), { verbose: 0 });
  return { accuracy: accuracy ?? Number.NaN, losses: history.loss };
}

/** What several runs came to. */
const summary = (runs: readonly Run[]): Run => ({
  accuracy: runs.reduce((sum, { accuracy }) => sum + accuracy, 0) / runs.length,
  losses: runs[0]?.losses ?? [],
});

/** Processor time of a training step in each precision, in milliseconds: the median of steps that take turns. */
async function stepTimes(task: Task, rounds: number): Promise<Readonly<Record<Precision, number>>> {
  const [batch] = await task.train.take(task.batchSize).batch(task.batchSize).toArray();
  if (batch === undefined) throw new Error('The set is empty.');
  const time = async (network: Model): Promise<number> => {
    const before = process.cpuUsage();
    await network.trainOnBatch(batch.x, batch.y);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const times: Record<Precision, number[]> = { float32: [], mixedBfloat16: [], mixedFloat16: [] };
  const networks = PRECISIONS.map((precision) => [precision, networkOf(task, precision, 1e-3)] as const);
  for (let step = 0; step < WARMING + rounds; step++) {
    for (const [precision, network] of networks) {
      const each = await time(network);
      if (step >= WARMING) times[precision].push(each);
    }
  }
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  const { float32, mixedBfloat16, mixedFloat16 } = times;
  return {
    float32: median(float32),
    mixedBfloat16: median(mixedBfloat16),
    mixedFloat16: median(mixedFloat16),
  };
}

export interface Comparison extends Readonly<Record<Precision, Run>> {
  readonly times: Readonly<Record<Precision, number>>;
}

async function compare(task: Task, options: Options): Promise<Comparison> {
  const times = await stepTimes(task, options.steps === undefined ? TIMED : QUICKLY_TIMED);
  const runs: Record<Precision, Run[]> = { float32: [], mixedBfloat16: [], mixedFloat16: [] };
  for (const seed of options.steps === undefined ? task.seeds : task.seeds.slice(0, 1)) {
    for (const precision of PRECISIONS) {
      const each = await run(task, precision, seed, options);
      console.log(`${precision}, seed ${seed}: ${each.accuracy.toFixed(4)}`);
      runs[precision].push(each);
    }
  }
  const { float32, mixedBfloat16, mixedFloat16 } = runs;
  return {
    float32: summary(float32),
    mixedBfloat16: summary(mixedBfloat16),
    mixedFloat16: summary(mixedFloat16),
    times,
  };
}

export async function main(options: Options = {}) {
  setDevice(await best());
  return { cnn: await compare(await clothes(), options), transformer: await compare(letters(), options) };
}
