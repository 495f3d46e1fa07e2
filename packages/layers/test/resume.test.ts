/** A run that is stopped and resumed from its checkpoint equals an unbroken one, bit for bit. */
import { interpreter, setDevice, setSeed } from '@hadal/core';
import { adam, cosineDecay } from '@hadal/optimizers';
import { describe, expect, it } from 'vitest';
import {
  dense,
  dropout,
  EarlyStopping,
  History,
  LambdaCallback,
  loadModel,
  type MemoryStorage,
  type Model,
  memoryStorage,
  sequential,
} from '../src';
import { spirals } from './helpers';

setDevice(interpreter());

const { x, y } = spirals(44);
const settings = { batchSize: 10, validationSplit: 0.2, verbose: 0 } as const;

/** Dropout of both kinds, a schedule, and shuffled data: everything that a resumed run has to find again. */
function make(useEma = false): Model {
  setSeed(21);
  const model = sequential([
    dense(12, { activation: 'relu', inputShape: [2] }),
    dropout(0.2),
    dropout(0.2, { seed: 8 }),
    dense(2, { activation: 'softmax' }),
  ]);
  model.compile({
    optimizer: adam(cosineDecay(0.05, 40), { useEma, emaMomentum: 0.8 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy', 'precision'],
  });
  return model;
}

const everythingOf = async (model: Model) => ({
  weights: await model.getWeights(),
  optimizer: await model.optimizer.state(),
});

async function unbroken() {
  const model = make();
  const { history, epoch } = await model.fit(x, y, { ...settings, epochs: 4 });
  return { ...(await everythingOf(model)), history, epoch };
}

/** Forgets the state of the process: other random numbers, as in a fresh one. */
const restart = (): void => setSeed(999);

describe('resuming', () => {
  it('goes on from the weights themselves where a run ended with their moving averages', async () => {
    const expected = make(true);
    await expected.fit(x, y, { ...settings, epochs: 3 });
    const first = make(true);
    await first.fit(x, y, { ...settings, epochs: 2 });
    const shown = await first.getWeights();
    const storage = memoryStorage();
    await first.save(storage);
    restart();
    const later = await loadModel(storage);
    expect(await later.getWeights()).toEqual(shown);
    await later.fit(x, y, { ...settings, epochs: 3, resume: true });
    expect(await everythingOf(later)).toEqual(await everythingOf(expected));
    // Without resuming, training begins with what the model is.
    await later.fit(x, y, { ...settings, epochs: 0 });
    expect(later.optimizer.showAverages(false)).toBe(true);
    expect(await later.getWeights()).toEqual(await expected.getWeights());
  });

  it.each([1, 2, 3])('after epoch %i from a saved model', async (stop) => {
    const expected = await unbroken();
    const storage = memoryStorage();
    const first = make();
    await first.fit(x, y, { ...settings, epochs: stop });
    await first.save(storage);
    restart();
    const second = await loadModel(storage);
    expect(second.position.epoch).toBe(stop);
    const { history, epoch } = await second.fit(x, y, { ...settings, epochs: 4, resume: true });
    expect({ ...(await everythingOf(second)), history, epoch }).toEqual(expected);
  });

  it('in the middle of an epoch, after it was aborted', async () => {
    const expected = await unbroken();
    const storage = memoryStorage();
    const first = make();
    const controller = new AbortController();
    const stopper = new LambdaCallback({
      onTrainBatchEnd: ({ batch }) => {
        if (first.position.epoch === 1 && batch === 1) controller.abort(new Error('power cut'));
      },
    });
    await expect(
      first.fit(x, y, { ...settings, epochs: 4, signal: controller.signal, callbacks: [stopper] }),
    ).rejects.toThrow('power cut');
    expect(first.position).toMatchObject({ epoch: 1, batches: 2 });
    await first.save(storage);
    restart();
    const second = await loadModel(storage);
    const { history, epoch } = await second.fit(x, y, { ...settings, epochs: 4, resume: true });
    expect({ ...(await everythingOf(second)), history, epoch }).toEqual(expected);
  });

  it('in the same process, without saving', async () => {
    const expected = await unbroken();
    const model = make();
    await model.fit(x, y, { ...settings, epochs: 2 });
    await model.evaluate(x, y, { verbose: 0 });
    const { history, epoch } = await model.fit(x, y, { ...settings, epochs: 4, resume: true });
    expect({ ...(await everythingOf(model)), history, epoch }).toEqual(expected);
  });

  it('from a checkpoint that was saved again before it was resumed', async () => {
    const expected = await unbroken();
    const [one, two] = [memoryStorage(), memoryStorage()];
    const first = make();
    await first.fit(x, y, { ...settings, epochs: 2 });
    await first.save(one);
    restart();
    await (await loadModel(one)).save(two);
    restart();
    const second = await loadModel(two);
    const { history, epoch } = await second.fit(x, y, { ...settings, epochs: 4, resume: true });
    expect({ ...(await everythingOf(second)), history, epoch }).toEqual(expected);
  });

  it('with early stopping, which stops at the same epoch with the same best weights', async () => {
    const stopping = () => new EarlyStopping({ monitor: 'val_loss', patience: 2, restoreBestWeights: true });
    const options = { ...settings, epochs: 30 };
    const whole = make();
    const { epoch } = await whole.fit(x, y, { ...options, callbacks: [stopping()] });
    const last = epoch.at(-1) ?? 0;
    expect(last).toBeLessThan(29);
    const checkpoints: MemoryStorage[] = [];
    class Keep extends History {
      override async onEpochSettled(): Promise<void> {
        const storage = memoryStorage();
        await this.model.save(storage);
        checkpoints.push(storage);
      }
    }
    const saved = make();
    await saved.fit(x, y, { ...options, callbacks: [stopping(), new Keep()] });
    restart();
    const resumed = await loadModel(checkpoints[last - 1]!);
    const again = await resumed.fit(x, y, { ...options, resume: true, callbacks: [stopping()] });
    expect(again.epoch).toEqual(epoch);
    expect(await resumed.getWeights()).toEqual(await whole.getWeights());
  });

  it('does not happen unless it is asked for', async () => {
    const storage = memoryStorage();
    const first = make();
    await first.fit(x, y, { ...settings, epochs: 2 });
    await first.save(storage);
    const second = await loadModel(storage);
    const { epoch } = await second.fit(x, y, { ...settings, epochs: 1 });
    expect(epoch).toEqual([0]);
  });
});
