/** Callbacks: when they act, and what the progress bar shows. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interpreter, setDevice, setSeed } from '@hadal/core';
import { sgd } from '@hadal/optimizers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  Callback,
  dense,
  EarlyStopping,
  type Logs,
  loadModel,
  ModelCheckpoint,
  ProgressBar,
  type ProgressBarOptions,
  pageStream,
  type Sequential,
  sequential,
} from '../src';
import { formatPath } from '../src/callbacks/model-checkpoint';
import { formatDuration } from '../src/callbacks/progress-bar';
import { classifier, spirals } from './helpers';

setDevice(interpreter());
beforeEach(() => setSeed(2));

const { x, y } = spirals(20);

/** Sets the loss that later callbacks see, one value per epoch. */
class Script extends Callback {
  constructor(readonly losses: readonly number[]) {
    super();
  }
  override onEpochBegin(epoch: number): void {
    this.model.setWeights([{ data: Float32Array.of(epoch), shape: [1, 1], dtype: 'float32' }]);
  }
}

/** A model whose loss after epoch e is scripted: its weight is the epoch, its loss function looks it up. */
function scripted(losses: readonly number[]): Sequential {
  const model = sequential([dense(1, { useBias: false, inputShape: [1] })]);
  model.compile({
    optimizer: sgd(0),
    loss: (yTrue, yPred) =>
      losses.reduce(
        (sum, loss, epoch) => sum.add(yPred.equal(epoch).cast('float32').mul(loss)),
        yTrue.mul(0),
      ),
  });
  return model;
}

const runScript = async (losses: readonly number[], stopping: EarlyStopping): Promise<Sequential> => {
  const model = scripted(losses);
  await model.fit([[1]], [[0]], {
    epochs: losses.length,
    verbose: 0,
    callbacks: [new Script(losses), stopping],
  });
  return model;
};

const weightOf = async (model: Sequential): Promise<number | undefined> =>
  (await model.getWeights())[0]?.data[0];

describe('early stopping', () => {
  it('stops after patience epochs without improvement and keeps the last weights by default', async () => {
    const stopping = new EarlyStopping({ monitor: 'loss', patience: 2 });
    const model = await runScript([5, 3, 4, 3.5, 1, 0], stopping);
    expect(stopping.stoppedEpoch).toBe(3);
    expect(stopping.bestEpoch).toBe(1);
    expect(await weightOf(model)).toBe(3);
  });

  it('goes back to the best weights when asked to', async () => {
    const stopping = new EarlyStopping({ monitor: 'loss', patience: 2, restoreBestWeights: true });
    expect(await weightOf(await runScript([5, 3, 4, 3.5, 1, 0], stopping))).toBe(1);
  });

  it('goes back to the best weights also when it never stopped', async () => {
    const stopping = new EarlyStopping({ monitor: 'loss', patience: 9, restoreBestWeights: true });
    expect(await weightOf(await runScript([5, 3, 4], stopping))).toBe(1);
    expect(stopping.stoppedEpoch).toBeUndefined();
  });

  it('counts only improvements of more than minDelta', async () => {
    const stopping = new EarlyStopping({ monitor: 'loss', patience: 2, minDelta: 0.5 });
    await runScript([5, 4.8, 4.6, 4.7, 4.4], stopping);
    expect(stopping.stoppedEpoch).toBe(2);
  });

  it('can wait before it starts, and maximize', async () => {
    const late = new EarlyStopping({ monitor: 'loss', patience: 1, startFromEpoch: 3 });
    await runScript([1, 2, 3, 4, 5, 6], late);
    expect(late.stoppedEpoch).toBe(4);
    const upwards = new EarlyStopping({ monitor: 'loss', mode: 'max', patience: 1 });
    await runScript([1, 2, 3, 2, 5], upwards);
    expect(upwards.stoppedEpoch).toBe(3);
  });

  it('says when the monitored figure is not there', async () => {
    const model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    await expect(model.fit(x, y, { verbose: 0, callbacks: [new EarlyStopping()] })).rejects.toThrow(
      /monitor is 'val_loss', which the logs do not have; they have loss\.\n.*validationData/,
    );
  });
});

describe('model checkpoints', () => {
  it('are saved every epoch under names with figures, or only when best', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'checkpoints-'));
    try {
      const model = classifier();
      model.compile({ optimizer: sgd(0.1), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
      await model.fit(x, y, {
        epochs: 3,
        verbose: 0,
        callbacks: [
          new ModelCheckpoint(join(folder, 'all', '{epoch:02d}-{loss:.1f}')),
          new ModelCheckpoint(join(folder, 'best'), { monitor: 'loss', saveBestOnly: true }),
          new ModelCheckpoint(join(folder, 'never'), {
            monitor: 'loss',
            saveBestOnly: true,
            initialValueThreshold: 0,
          }),
          new ModelCheckpoint(join(folder, 'weights'), { saveWeightsOnly: true }),
        ],
      });
      const all = (await readdir(join(folder, 'all'))).sort();
      expect(all.map((name) => name.slice(0, 3))).toEqual(['01-', '02-', '03-']);
      expect(await readdir(folder)).not.toContain('never');
      const last = await loadModel(join(folder, 'all', all[2]!));
      expect(last.position.epoch).toBe(3);
      expect(await last.getWeights()).toEqual(await model.getWeights());
      expect((await loadModel(join(folder, 'weights'))).compiled).toBe(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('fill templates', () => {
    expect(formatPath('a/{epoch:03}-{epoch:02d}-{epoch}-{val_loss:.2f}', { epoch: 7, val_loss: 0.126 })).toBe(
      'a/007-07-7-0.13',
    );
    expect(() => formatPath('{acc}', { accuracy: 1 })).toThrow(/names \{acc\}, which is not known/);
  });
});

describe('the progress bar', () => {
  const capture = async (options: ProgressBarOptions): Promise<string> => {
    let text = '';
    let clock = 0;
    const stream = {
      isTTY: options.live === true,
      columns: 200,
      write: (part: string) => {
        text += part;
      },
    };
    const model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const now = (): number => {
      clock += 60;
      return clock;
    };
    await model.fit(x, y, {
      epochs: 2,
      batchSize: 5,
      verbose: 0,
      callbacks: [new ProgressBar({ stream, now, ...options })],
    });
    return text;
  };

  it('writes one plain line per epoch where nothing can be overwritten', async () => {
    const text = await capture({});
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^Epoch 1\/2 · .*samples\/s · loss \d\.\d{4} · accuracy \d\.\d{4}$/);
    expect(text).not.toContain('\r');
    expect(text).not.toContain('\u001b');
  });

  it('redraws one line on a terminal, with position, time left and figures', async () => {
    const text = await capture({ live: true, intervalMs: 50 });
    expect(text).toContain('Epoch 2/2\n');
    expect(text).toMatch(/\r━+─+ 2\/4 ETA .* · .*samples\/s · loss \d\.\d{4} · accuracy/);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('shows in a page what a terminal would show', async () => {
    const element = { textContent: 'before\n' };
    const seen: string[] = [];
    const stream = pageStream(element);
    const write = (text: string): void => {
      stream.write(text);
      seen.push(element.textContent);
    };
    const model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const callbacks = [new ProgressBar({ stream: { ...stream, write }, intervalMs: 0 })];
    await model.fit(x, y, { epochs: 2, batchSize: 5, verbose: 0, callbacks });
    expect(element.textContent).toMatch(
      /^before\nEpoch 1\/2\n━{24} .*loss .*\nEpoch 2\/2\n━{24} .*loss .*\n$/,
    );
    expect(seen.some((text) => /Epoch 2\/2\n━+─+ [^\n]*ETA[^\n]*$/.test(text))).toBe(true);
  });

  it('never overwrites lines where that cannot be done, whatever is asked for', () => {
    let text = '';
    const stream = { write: (part: string) => (text += part) };
    const bar = new ProgressBar({ stream, live: true });
    bar.onTrainBegin({ initialEpoch: 0, epochs: 1, batches: 1 });
    bar.onEpochBegin(0);
    bar.onEpochEnd(0, { loss: 1 });
    expect(text).toMatch(/^Epoch 1\/1 · .*loss 1\.0000\n$/);
  });

  it('is silent with verbose 0 and shows evaluations', async () => {
    let text = '';
    const model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const bar = new ProgressBar({
      stream: {
        write: (part) => {
          text += part;
        },
      },
    });
    await model.evaluate(x, y, { verbose: 0 });
    expect(text).toBe('');
    await model.evaluate(x, y, { verbose: 0, callbacks: [bar] });
    expect(text).toMatch(/^Evaluation · .* · loss/);
  });

  it('shows durations as people write them', () => {
    expect([0.35, 12, 123, 3723, Number.POSITIVE_INFINITY].map(formatDuration)).toEqual([
      '350ms',
      '12s',
      '2:03',
      '1:02:03',
      '?',
    ]);
  });
});

it('hooks are called in order, and the end is told also when a run fails', async () => {
  const calls: string[] = [];
  class Record extends Callback {
    override onTrainBegin(): void {
      calls.push('train begin');
    }
    override onEpochBegin(epoch: number): void {
      calls.push(`epoch ${epoch}`);
    }
    override onTrainBatchEnd({ batch, batches }: { batch: number; batches: number | undefined }): void {
      calls.push(`batch ${batch} of ${batches}`);
      if (batch === 1) throw new Error('broken');
    }
    override onEpochEnd(_epoch: number, _logs: Logs): void {
      calls.push('epoch end');
    }
    override onTrainEnd(): void {
      calls.push('train end');
    }
  }
  const model = classifier();
  model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
  await expect(model.fit(x, y, { batchSize: 10, verbose: 0, callbacks: [new Record()] })).rejects.toThrow(
    'broken',
  );
  expect(calls).toEqual(['train begin', 'epoch 0', 'batch 0 of 2', 'batch 1 of 2', 'train end']);
});
