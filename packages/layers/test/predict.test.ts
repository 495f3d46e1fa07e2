/** The entry for processes that predict soon after they start: it knows the layers of dense networks and finds the others. */
import { ConfigReader, interpreter, type JsonObject, setDevice, type Tensor, tensor } from '@hadal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  activation,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  input,
  Layer,
  type LayerOptions,
  type LayerShape,
  memoryStorage,
  model,
  readLayerOptions,
  sequential,
} from '../src/index';
import { loadModel } from '../src/predict';

beforeAll(() => setDevice(interpreter()));

const image = (): Tensor =>
  tensor(
    Array.from({ length: 25 }, (_, i) => Math.sin(i)),
    { shape: [1, 5, 5, 1] },
  );

/** A layer that this package does not have. */
class Doubling extends Layer {
  static readonly className = 'Doubling';
  readonly className = Doubling.className;

  static fromConfig(config: JsonObject): Doubling {
    const reader = new ConfigReader('Doubling', config);
    const options: LayerOptions = readLayerOptions(reader);
    reader.done();
    return new Doubling(options);
  }

  override call(x: Tensor): Tensor {
    return x.mul(2);
  }

  override computeOutputShape(shape: LayerShape): LayerShape {
    return shape;
  }
}

describe('a model loaded where processes start', () => {
  it('predicts as the saved one where its layers are those of dense networks', async () => {
    const inner = sequential([dense(4, { activation: 'relu' }), dropout(0.5), activation('celu')]);
    const x = input([5, 5, 1]);
    const features = inner.apply(flatten().apply(x));
    const saved = model({ inputs: x, outputs: dense(3, { activation: 'softmax' }).apply(features) });
    const storage = memoryStorage();
    await saved.save(storage);
    const loaded = await loadModel(storage);
    expect(await (await loaded.predict(image())).data()).toEqual(await (await saved.predict(image())).data());
  });

  it('finds the classes of other layers, inside others as well', async () => {
    const saved = sequential([
      sequential([conv2d(2, 3, { inputShape: [5, 5, 1] }), batchNormalization()]),
      flatten(),
      dense(3),
    ]);
    saved.build([null, 5, 5, 1]);
    const storage = memoryStorage();
    await saved.save(storage);
    const loaded = await loadModel(storage);
    expect(await (await loaded.predict(image())).data()).toEqual(await (await saved.predict(image())).data());
  });

  it('takes layers of the caller beside them, and names what it does not know', async () => {
    const saved = sequential([flatten({ inputShape: [5, 5, 1] }), new Doubling()]);
    const storage = memoryStorage();
    await saved.save(storage);
    const loaded = await loadModel(storage, { layers: [Doubling] });
    expect(await (await loaded.predict(image())).data()).toEqual(
      (await image().data()).map((value) => value * 2),
    );
    await expect(loadModel(storage)).rejects.toThrow("the layer class 'Doubling' is not known here");
  });
});
