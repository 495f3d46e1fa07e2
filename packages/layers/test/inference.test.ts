/** The inference entry: layers that predict with what was saved, and know nothing of training. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpu } from '@hadal/backend-cpu';
import { ArgumentError, interpreter, setDevice, tensor, zeros } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import {
  activation,
  conv2d,
  dense,
  flatten,
  memoryStorage,
  sequential,
  Dense as TrainableDense,
} from '../src/index';
import { Activation, Conv2D, Dense, Flatten, fileStorage, loadModel } from '../src/inference';

describe('a model loaded to predict', () => {
  it('gives what the trained one gives, and keeps how its weights began', async () => {
    const model = sequential([
      conv2d(2, 3, { kernelInitializer: 'heNormal', biasRegularizer: 'l2', inputShape: [5, 5, 1] }),
      flatten(),
      dense(3, { activation: 'softmax', kernelRegularizer: 'l1' }),
    ]);
    model.build([null, 5, 5, 1]);
    const storage = memoryStorage();
    await model.save(storage);
    const loaded = await loadModel(storage, { layers: [Conv2D, Dense, Flatten] });
    const image = tensor(
      Array.from({ length: 25 }, (_, i) => Math.sin(i)),
      { shape: [1, 5, 5, 1] },
    );
    const expected = await (await model.predict(image)).data();
    expect(await (await loaded.predict(image)).data()).toEqual(expected);
    expect(loaded.getConfig()).toEqual(model.getConfig());
  });

  it('gives every bit that the compiled prediction of the trained one gives, batch by batch', async () => {
    const model = sequential([
      dense(7, { activation: 'gelu', inputShape: [5] }),
      dense(3, { activation: 'softmax' }),
    ]);
    const storage = memoryStorage();
    await model.save(storage);
    const loaded = await loadModel(storage, { layers: [Dense] });
    const x = {
      data: Float32Array.from({ length: 55 }, (_, i) => Math.cos(i * i)),
      shape: [11, 5],
      dtype: 'float32',
    } as const;
    const expected = await (await model.predict(x, { batchSize: 4 })).data();
    expect(await (await loaded.predict(x, { batchSize: 4 })).data()).toEqual(expected);
    expect(await (await loaded.predictOnBatch(tensor(x.data, { shape: [11, 5] }).mul(1))).data()).toEqual(
      await (await model.predictOnBatch(tensor(x.data, { shape: [11, 5] }).mul(1))).data(),
    );
  });

  it('plans once for all batches of a shape', async () => {
    const device = await cpu();
    setDevice(device);
    const storage = memoryStorage();
    await sequential([dense(2, { inputShape: [3] })]).save(storage);
    const loaded = await loadModel(storage, { layers: [Dense] });
    await (await loaded.predict([[1, 2, 3]])).data();
    const { plans } = device.statistics();
    for (const value of [4, 5, 6]) await (await loaded.predict([[value, 0, 1]])).data();
    expect(device.statistics().plans).toBe(plans);
    setDevice(interpreter());
  });

  it('that changes nothing gives a copy, which outlives its input', async () => {
    const storage = memoryStorage();
    await sequential([activation('linear', { inputShape: [2] })]).save(storage);
    const loaded = await loadModel(storage, { layers: [Activation] });
    const x = await tensor([[1, 2]]).realize();
    const y = await loaded.predict(x);
    x.dispose();
    expect(await y.array()).toEqual([[1, 2]]);
    expect(await (await loaded.predict([[3, 4]])).array()).toEqual([[3, 4]]);
  });

  it('comes from a folder given by its path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hadal-inference-'));
    const model = sequential([dense(2, { inputShape: [3] })]);
    await model.save(folder);
    const loaded = await loadModel(fileStorage(folder), { layers: [Dense] });
    expect(loaded.getConfig()).toEqual(model.getConfig());
    await rm(folder, { recursive: true });
  });

  it('can use the layers that train as well', async () => {
    const model = sequential([dense(2, { inputShape: [3] })]);
    model.build([null, 3]);
    const storage = memoryStorage();
    await model.save(storage);
    const loaded = await loadModel(storage, { layers: [TrainableDense] });
    expect(loaded.layers[0]).toBeInstanceOf(Dense);
    expect((await loaded.predict(zeros([1, 3]))).shape).toEqual([1, 2]);
  });
});

describe('a layer made to predict', () => {
  it('without saved weights says where layers with initializers are', () => {
    const build = (): unknown => new Dense(2).apply(zeros([1, 3]));
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(/import the layer from '@hadal\/layers'/);
  });
});
