/** Callbacks that end, record, average and back up a run. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interpreter, setDevice, setSeed } from '@hadal/core';
import { adam, sgd } from '@hadal/optimizers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BackupAndRestore,
  Callback,
  CSVLogger,
  dense,
  dropout,
  LambdaCallback,
  type Logs,
  loadModel,
  ModelCheckpoint,
  type Sequential,
  StopAtTarget,
  SwapEMAWeights,
  sequential,
  TerminateOnNaN,
} from '../src';
import { spirals } from './helpers';

setDevice(interpreter());

let folder = '';
beforeEach(async () => {
  setSeed(2);
  folder = await mkdtemp(join(tmpdir(), 'callbacks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const { x, y } = spirals(20);

/** Puts a figure into the logs, one value for each epoch. */
class Script extends Callback {
  constructor(readonly scores: readonly number[]) {
    super();
  }
  override epochFigures(epoch: number) {
    return { score: this.scores[epoch] ?? Number.NaN };
  }
}

function line(optimizer = sgd(0.1)): Sequential {
  const model = sequential([dense(1, { useBias: false, kernelInitializer: 'ones', inputShape: [1] })]);
  model.compile({ optimizer, loss: 'mse' });
  return model;
}

const weightOf = async (model: Sequential): Promise<number> =>
  (await model.getWeights())[0]?.data[0] ?? Number.NaN;

describe('ending a run', () => {
  it('happens within the epoch in which the loss is no number any more', async () => {
    const terminate = new TerminateOnNaN({ checkFreq: 2 });
    const xs = Array.from({ length: 8 }, (_, index) => [index === 4 ? Number.POSITIVE_INFINITY : 1]);
    const ys = xs.map(() => [1]);
    let batches = 0;
    const count = new LambdaCallback({
      onTrainBatchEnd: () => {
        batches++;
      },
    });
    const { epoch } = await line().fit(xs, ys, {
      epochs: 3,
      batchSize: 1,
      shuffle: false,
      verbose: 0,
      callbacks: [terminate, count],
    });
    expect(epoch).toEqual([0]);
    expect(batches).toBe(6);
    expect(terminate.noticed).toEqual({ epoch: 0, batch: 5 });
  });

  it('may be an error, with advice', async () => {
    const callbacks = [new TerminateOnNaN({ raiseError: true })];
    await expect(line().fit([[Number.NaN]], [[1]], { verbose: 0, callbacks })).rejects.toThrow(
      /loss of epoch 1 is NaN[\s\S]*Lower the learning rate/,
    );
  });

  it('happens once a figure is good enough', async () => {
    const up = new StopAtTarget({ monitor: 'score', mode: 'max', target: 0.9 });
    const scores = new Script([0.5, 0.8, 0.9, 0.95]);
    const { epoch } = await line().fit([[1]], [[1]], { epochs: 4, verbose: 0, callbacks: [scores, up] });
    expect(epoch).toEqual([0, 1, 2]);
    expect(up.stoppedEpoch).toBe(2);
    const down = new StopAtTarget({ monitor: 'loss', target: 1e-3 });
    const run = await line().fit([[1]], [[2]], { epochs: 100, verbose: 0, callbacks: [down] });
    expect(run.history.loss.at(-1)).toBeLessThanOrEqual(1e-3);
    expect(run.history.loss.at(-2)).toBeGreaterThan(1e-3);
  });
});

describe('a CSV log', () => {
  it('has a header and a line for each epoch, and is continued where asked to', async () => {
    const path = join(folder, 'log.csv');
    const model = line();
    const scores = new Script([1, 2, 3]);
    const options = { verbose: 0, validationData: [[[1]], [[2]]] } as const;
    const first = await model.fit([[1]], [[2]], {
      ...options,
      epochs: 2,
      callbacks: [scores, new CSVLogger(path)],
    });
    const logger = new CSVLogger(path, { append: true });
    await model.fit([[1]], [[2]], { ...options, epochs: 3, initialEpoch: 2, callbacks: [scores, logger] });
    const lines = (await readFile(path, 'utf8')).split('\r\n');
    expect(lines[0]).toBe('epoch,loss,score,val_loss');
    expect(lines[1]).toBe(`0,${first.history.loss[0]},1,${first.history.val_loss?.[0]}`);
    expect(lines.map((text) => text.split(',')[0])).toEqual(['epoch', '0', '1', '2', '']);
  });

  it('leaves room for validation that comes later, with any separator', async () => {
    const path = join(folder, 'log.csv');
    await line().fit([[1]], [[2]], {
      epochs: 2,
      verbose: 0,
      validationData: [[[1]], [[2]]],
      validationFreq: 2,
      callbacks: [new CSVLogger(path, { separator: ';' })],
    });
    const [header, first, second] = (await readFile(path, 'utf8')).split('\r\n');
    expect(header).toBe('epoch;loss;val_loss');
    expect(first).toMatch(/^0;[\d.]+;NA$/);
    expect(second).toMatch(/^1;[\d.]+;[\d.]+$/);
    expect(() => new CSVLogger(path, { separator: ', ' })).toThrow(/expected one character/);
  });
});

describe('checkpoints of which only the best are kept', () => {
  it('make room for better ones', async () => {
    const scores = new Script([3, 1, 2, 5, 4]);
    const path = join(folder, '{epoch}');
    const checkpoint = new ModelCheckpoint(path, { monitor: 'score', mode: 'max', keepBest: 2 });
    const seen: string[][] = [];
    const look = new LambdaCallback({ onEpochBegin: async () => void seen.push(await readdir(folder)) });
    await line().fit([[1]], [[1]], { epochs: 5, verbose: 0, callbacks: [scores, checkpoint, look] });
    expect(seen.map((names) => names.sort())).toEqual([[], ['1'], ['1', '2'], ['1', '3'], ['1', '4']]);
    expect((await readdir(folder)).sort()).toEqual(['4', '5']);
    expect((await loadModel(join(folder, '4'))).position.epoch).toBe(4);
  });

  it('are still known to a resumed run, and other files in their folders stay', async () => {
    const path = join(folder, '{epoch}');
    const callbacks = () => [
      new Script([3, 1, 2, 5]),
      new ModelCheckpoint(path, { monitor: 'score', mode: 'max', keepBest: 1 }),
    ];
    const model = line();
    await model.fit([[1]], [[1]], { epochs: 2, verbose: 0, callbacks: callbacks() });
    await writeFile(join(folder, '1', 'notes.txt'), 'mine');
    await model.fit([[1]], [[1]], { epochs: 4, resume: true, verbose: 0, callbacks: callbacks() });
    expect((await readdir(folder)).sort()).toEqual(['1', '4']);
    expect(await readdir(join(folder, '1'))).toEqual(['notes.txt']);
  });

  it('need places of their own', () => {
    expect(() => new ModelCheckpoint('best', { keepBest: 2 })).toThrow(/Give each a place of its own/);
    expect(() => new ModelCheckpoint('{epoch}', { keepBest: 0 })).toThrow(/keepBest is 0/);
  });
});

describe('averages of the weights', () => {
  const averaging = () => sgd(0.1, { useEma: true, emaMomentum: 0.5 });
  const options = { verbose: 0, validationData: [[[1]], [[2]]] } as const;

  it('are what a run with useEma ends with', async () => {
    const model = line(averaging());
    await model.fit([[1]], [[2]], { epochs: 2, verbose: 0 });
    // w: 1 → 1.2 → 1.36; the average begins with the first and goes half of the way.
    expect(await weightOf(model)).toBeCloseTo(1.28, 6);
  });

  it('are evaluated, while training goes on with the weights', async () => {
    const weights: number[] = [];
    const losses: (number | undefined)[] = [];
    const model = line(averaging());
    const look = new LambdaCallback({
      onEpochEnd: async (_epoch: number, logs: Logs) => {
        losses.push(logs.val_loss);
        weights.push(await weightOf(model));
      },
    });
    await model.fit([[1]], [[2]], { ...options, epochs: 2, callbacks: [new SwapEMAWeights(), look] });
    expect(weights[1]).toBeCloseTo(1.36, 6);
    expect(losses[1]).toBeCloseTo((2 - 1.28) ** 2, 6);
    expect(await weightOf(model)).toBeCloseTo(1.28, 6);
  });

  it('are in checkpoints with swapOnEpoch, from which a run resumes exactly', async () => {
    const callbacks = (name: string) => [
      new SwapEMAWeights({ swapOnEpoch: true }),
      new ModelCheckpoint(join(folder, `${name}-{epoch}`)),
    ];
    const whole = line(averaging());
    await whole.fit([[1]], [[2]], { epochs: 3, verbose: 0, callbacks: callbacks('whole') });
    const second = await loadModel(join(folder, 'whole-2'));
    expect((await second.getWeights())[0]?.data[0]).toBeCloseTo(1.28, 6);
    await second.fit([[1]], [[2]], { epochs: 3, resume: true, verbose: 0, callbacks: callbacks('resumed') });
    expect(await second.getWeights()).toEqual(await whole.getWeights());
    expect(await second.optimizer.state()).toEqual(await whole.optimizer.state());
  });

  it('have to be kept by the optimizer', async () => {
    const callbacks = [new SwapEMAWeights()];
    await expect(line().fit([[1]], [[2]], { ...options, callbacks })).rejects.toThrow(/useEma: true/);
  });
});

describe('backups', () => {
  const make = (): Sequential => {
    setSeed(21);
    const model = sequential([
      dense(8, { activation: 'relu', inputShape: [2] }),
      dropout(0.2),
      dense(2, { activation: 'softmax' }),
    ]);
    model.compile({ optimizer: adam(0.05), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    return model;
  };
  const settings = { epochs: 4, batchSize: 5, verbose: 0 } as const;
  /** Fails in the third epoch, after a batch. */
  const failing = () =>
    new LambdaCallback({
      onEpochBegin: (epoch) => {
        if (epoch === 2) throw new Error('power cut');
      },
    });
  const failingLater = (model: Sequential) =>
    new LambdaCallback({
      onTrainBatchEnd: ({ batch }) => {
        if (model.position.epoch === 2 && batch === 2) throw new Error('power cut');
      },
    });

  it.each(['epoch', 2] as const)(
    'let the same program continue exactly, saved every %s',
    async (saveFreq) => {
      const whole = make();
      const { history } = await whole.fit(x, y, settings);
      const place = join(folder, 'backup');
      const first = make();
      const stop = saveFreq === 'epoch' ? failing() : failingLater(first);
      await expect(
        first.fit(x, y, { ...settings, callbacks: [new BackupAndRestore(place, { saveFreq }), stop] }),
      ).rejects.toThrow('power cut');
      const second = make();
      const resumed = await second.fit(x, y, {
        ...settings,
        callbacks: [new BackupAndRestore(place, { saveFreq })],
      });
      expect(resumed.history).toEqual(history);
      expect(await second.getWeights()).toEqual(await whole.getWeights());
      expect(await second.optimizer.state()).toEqual(await whole.optimizer.state());
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('fall back to the one before when the last was not written whole', async () => {
    const place = join(folder, 'backup');
    const failed = make().fit(x, y, { ...settings, callbacks: [new BackupAndRestore(place), failing()] });
    await expect(failed).rejects.toThrow('power cut');
    await writeFile(join(place, 'second', 'model.safetensors'), 'half');
    const model = make();
    let started: number | undefined;
    const look = new LambdaCallback({
      onTrainBegin: ({ initialEpoch }) => {
        started = initialEpoch;
      },
    });
    await model.fit(x, y, { ...settings, callbacks: [new BackupAndRestore(place), look] });
    expect(started).toBe(1);
  });

  it('stay where asked to, and say when they belong to another model', async () => {
    const place = join(folder, 'backup');
    const keep = () => [new BackupAndRestore(place, { deleteCheckpoint: false })];
    await make().fit(x, y, { ...settings, callbacks: keep() });
    expect((await readdir(place)).sort()).toEqual(['first', 'second']);
    await expect(line().fit([[1]], [[1]], { verbose: 0, callbacks: keep() })).rejects.toThrow(
      /"dense\/kernel" is float32 \[1,1\], the value is float32 \[2,8\]/,
    );
    const unbuilt = sequential([dense(1)]);
    unbuilt.compile({ optimizer: 'sgd', loss: 'mse' });
    await expect(unbuilt.fit([[1]], [[1]], { verbose: 0, callbacks: keep() })).rejects.toThrow(/inputShape/);
  });
});
