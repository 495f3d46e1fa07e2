/** The inference entry: layers that predict with what was saved, and know nothing of training. */
import { ArgumentError, tensor, zeros } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { conv2d, dense, flatten, memoryStorage, sequential, Dense as TrainableDense } from '../src/index';
import { Conv2D, Dense, Flatten, loadModel } from '../src/inference';

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
