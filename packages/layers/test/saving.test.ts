/** Saved models: the same predictions after loading, and clear errors for files that are not what they should be. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConfigReader,
  DataError,
  type HostArray,
  interpreter,
  type JsonObject,
  setDevice,
  setSeed,
  type Tensor,
  tensor,
} from '@hadal/core';
import { adam, cosineDecay } from '@hadal/optimizers';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  activation,
  averagePooling2d,
  conv2d,
  dense,
  dropout,
  fileStorage,
  flatten,
  httpStorage,
  inputLayer,
  Layer,
  type LayerShape,
  Loss,
  LossMetric,
  loadModel,
  type MemoryStorage,
  maxPooling2d,
  memoryStorage,
  readLayerOptions,
  readSafetensors,
  reshape,
  type Sequential,
  sequential,
  writeSafetensors,
} from '../src';
import { Dense, DenseOfAnyActivation, loadModel as loadNetwork } from '../src/inference';
import { loadModel as loadToPredict } from '../src/predict';
import { classifier, spirals } from './helpers';

setDevice(interpreter());
beforeEach(() => setSeed(4));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layers-'));
});
afterAll(() => rm(folder, { recursive: true }));

const everything = (): Sequential =>
  sequential(
    [
      inputLayer([8, 8, 1]),
      conv2d(4, 3, { activation: 'leaky_relu', kernelInitializer: 'he_normal', kernelRegularizer: 'l2' }),
      maxPooling2d(2),
      reshape([3, 3, 4]),
      averagePooling2d(2, { strides: 1, padding: 'same' }),
      flatten(),
      sequential([dense(6, { activation: 'tanh' }), dropout(0.3, { seed: 3 })], { name: 'inner' }),
      dense(3, { name: 'scores', useBias: false }),
      activation('softmax'),
    ],
    { name: 'everything' },
  );

const input: HostArray = {
  data: Float32Array.from({ length: 128 }, (_, index) => Math.sin(index)),
  shape: [2, 8, 8, 1],
  dtype: 'float32',
};

const decode = (storage: MemoryStorage): JsonObject =>
  JSON.parse(new TextDecoder().decode(storage.blobs.get('model.json')));
const encode = (storage: MemoryStorage, manifest: JsonObject): void => {
  storage.blobs.set('model.json', new TextEncoder().encode(JSON.stringify(manifest)));
};

describe('a saved model', () => {
  it('with every layer gives the same predictions from a folder', async () => {
    const model = everything();
    const path = join(folder, 'everything');
    await model.save(path);
    expect((await readdir(path)).sort()).toEqual(['model.json', 'model.safetensors']);
    const loaded = await loadModel(path);
    expect(loaded.name).toBe('everything');
    expect(loaded.namedWeights().map((weight) => weight.path)).toEqual([
      'conv2d/kernel',
      'conv2d/bias',
      'inner/dense/kernel',
      'inner/dense/bias',
      'scores/kernel',
    ]);
    expect(loaded.getConfig()).toEqual(model.getConfig());
    expect(await (await loaded.predict(input)).data()).toEqual(await (await model.predict(input)).data());
  });

  it('is compiled as it was, with the state of its optimizer', async () => {
    const { x, y } = spirals(32);
    const model = classifier();
    model.compile({
      optimizer: adam(cosineDecay(0.1, 50), { globalClipnorm: 1 }),
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    await model.fit(x, y, { verbose: 0 });
    const storage = memoryStorage();
    await model.save(storage);
    const loaded = await loadModel(storage);
    expect(loaded.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
    expect(await loaded.optimizer.state()).toEqual(await model.optimizer.state());
    expect(await loaded.evaluate(x, y, { verbose: 0 })).toEqual(await model.evaluate(x, y, { verbose: 0 }));
    const bare = await loadModel(storage, { compile: false });
    expect(bare.compiled).toBe(false);
    await model.save(storage, { includeTraining: false });
    expect((await loadModel(storage)).compiled).toBe(false);
  });

  it('loads into a network that only predicts, with the layer classes that are listed', async () => {
    const model = sequential([dense(3, { inputShape: [4] })]);
    const storage = memoryStorage();
    await model.save(storage);
    const network = await loadNetwork(storage, { layers: [Dense] });
    const x = [[1, 2, 3, 4]];
    expect(await (await network.predict(x)).array()).toEqual(await (await model.predict(x)).array());
    await expect(loadNetwork(storage, { layers: [] })).rejects.toThrow(
      /layer class 'Dense' is not known here/,
    );
  });

  it('brings layers of the user back when their classes are passed', async () => {
    class Double extends Layer {
      static readonly className = 'Double';
      readonly className = Double.className;
      override call(inputs: Tensor): Tensor {
        return inputs.mul(2);
      }
      override computeOutputShape(inputShape: LayerShape): LayerShape {
        return inputShape;
      }
      static fromConfig(config: JsonObject): Double {
        const reader = new ConfigReader('Double', config);
        const options = readLayerOptions(reader);
        reader.done();
        return new Double(options);
      }
    }
    const model = sequential([new Double({ inputShape: [2] })]);
    const storage = memoryStorage();
    await model.save(storage);
    await expect(loadModel(storage)).rejects.toThrow(/layer class 'Double' is not known/);
    const loaded = await loadModel(storage, { layers: [Double] });
    expect(await (await loaded.predict([[1, 2]])).array()).toEqual([[2, 4]]);
  });

  it('brings losses of the user back that metrics are the means of', async () => {
    class Quartic extends Loss {
      static readonly className = 'Quartic';
      readonly className = Quartic.className;
      override call(yTrue: Tensor, yPred: Tensor): Tensor {
        return yPred.sub(yTrue).square().square().mean({ axis: -1 });
      }
      static fromConfig(): Quartic {
        return new Quartic();
      }
    }
    const model = sequential([dense(1, { inputShape: [2] })]);
    const [x, y] = [[[1, 2]], [[3]]];
    model.compile({ loss: 'mse', metrics: [new LossMetric(new Quartic(), { name: 'quartic' })] });
    const storage = memoryStorage();
    await model.save(storage);
    await expect(loadModel(storage)).rejects.toThrow("the loss class 'Quartic', which is not known here");
    const loaded = await loadModel(storage, { losses: [Quartic] });
    expect(await loaded.evaluate(x, y, { verbose: 0 })).toEqual(await model.evaluate(x, y, { verbose: 0 }));
  });

  it('predicts with activations that few models use', async () => {
    const model = sequential([dense(3, { activation: 'sparsemax', inputShape: [2] })]);
    const storage = memoryStorage();
    await model.save(storage);
    const x = tensor([[1, 2]]);
    const expected = await (await model.predict(x)).data();
    const soon = await loadToPredict(storage);
    expect(await (await soon.predict(x)).data()).toEqual(expected);
    const small = await loadNetwork(storage, { layers: [DenseOfAnyActivation] });
    expect(await (await small.predict(x)).data()).toEqual(expected);
  });

  it('draws no random numbers while it is loaded', async () => {
    const storage = memoryStorage();
    await everything().save(storage);
    setSeed(1);
    const expected = await classifier().getWeights();
    setSeed(1);
    await loadModel(storage);
    expect(await classifier().getWeights()).toEqual(expected);
  });

  it('can be served by HTTP', async () => {
    const storage = memoryStorage();
    const model = everything();
    await model.save(storage);
    const server = createServer(async (request, response) => {
      const name = request.url?.split('/').at(-1) ?? '';
      if (request.method === 'PUT') {
        const isAllowed = request.headers.authorization === 'me';
        if (isAllowed) storage.blobs.set(name, Buffer.concat(await request.toArray()));
        response.writeHead(isAllowed ? 201 : 403).end('answers are not read');
        return;
      }
      const blob = storage.blobs.get(name);
      response.writeHead(blob === undefined ? 404 : 200).end(blob);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      const loaded = await loadModel(`http://127.0.0.1:${port}/model`);
      expect(await (await loaded.predict(input)).data()).toEqual(await (await model.predict(input)).data());
      storage.blobs.delete('model.safetensors');
      await expect(loadModel(`http://127.0.0.1:${port}/model`)).rejects.toThrow(/cannot be fetched: 404/);
      const where = `http://127.0.0.1:${port}/model`;
      await expect(model.save(where)).rejects.toThrow(/cannot be saved: 403 Forbidden[\s\S]*take PUT/);
      await model.save(httpStorage(where, { headers: { authorization: 'me' } }));
      expect((await loadModel(where)).getConfig()).toEqual(model.getConfig());
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('refuses to be written with a function in it, and says what to do', async () => {
    const model = classifier();
    model.compile({ optimizer: 'sgd', loss: (yTrue, yPred) => yTrue.sub(yPred) });
    await expect(model.save(memoryStorage())).rejects.toThrow(/includeTraining: false/);
    const custom = sequential([dense(2, { activation: (x) => x.mul(2), inputShape: [2] })]);
    await expect(custom.save(memoryStorage())).rejects.toThrow(/activation is a function/);
  });
});

describe('a damaged model', () => {
  const saved = async (): Promise<MemoryStorage> => {
    const storage = memoryStorage();
    const model = classifier();
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const { x, y } = spirals(8);
    await model.fit(x, y, { verbose: 0 });
    await model.save(storage);
    return storage;
  };

  it('that is not there says where it was looked for', async () => {
    await expect(loadModel(join(folder, 'nothing'))).rejects.toThrow(
      /nothing: there is no 'model.json' in this folder/,
    );
    await writeFile(join(folder, 'file'), 'text');
    await expect(classifier().save(join(folder, 'file'))).rejects.toThrow(/cannot be saved/);
  });

  it.each(['model.safetensors', 'training.safetensors'])(
    'with a truncated, changed or missing %s is refused',
    async (name) => {
      const storage = await saved();
      const whole = storage.blobs.get(name) ?? new Uint8Array();
      storage.blobs.set(name, whole.slice(0, -4));
      await expect(loadModel(storage)).rejects.toThrow(/bytes, model.json says/);
      const changed = whole.slice();
      changed[changed.length - 3]! ^= 1;
      storage.blobs.set(name, changed);
      await expect(loadModel(storage)).rejects.toThrow(/checksum does not match/);
      storage.blobs.set(name, new Uint8Array(whole.length + 1));
      await expect(loadModel(storage)).rejects.toThrow(/over the limit of/);
      storage.blobs.delete(name);
      await expect(loadModel(storage)).rejects.toThrow(DataError);
    },
  );

  it('with a manifest of another kind is refused', async () => {
    const storage = await saved();
    const manifest = decode(storage);
    encode(storage, { ...manifest, format: 'other' });
    await expect(loadModel(storage)).rejects.toThrow(/not a saved model: 'format' is "other"/);
    encode(storage, { ...manifest, version: 99 });
    await expect(loadModel(storage)).rejects.toThrow(/format version 99/);
    encode(storage, { ...manifest, extra: 1 });
    await expect(loadModel(storage)).rejects.toThrow(/unknown entry 'extra'/);
    storage.blobs.set('model.json', storage.blobs.get('model.json')?.slice(0, 40) ?? new Uint8Array());
    await expect(loadModel(storage)).rejects.toThrow(/not JSON/);
  });

  it('whose architecture and weights do not fit is refused', async () => {
    const storage = await saved();
    const text = new TextDecoder().decode(storage.blobs.get('model.json'));
    const load = (from: string | RegExp, to: string): Promise<unknown> => {
      storage.blobs.set('model.json', new TextEncoder().encode(text.replace(from, to)));
      return loadModel(storage);
    };
    await expect(load('"units": 16', '"units": 17')).rejects.toThrow(
      /weight 'dense\/kernel' is float32 \[2,16\], the architecture needs float32 \[2,17\]/,
    );
    await expect(load('"units": 16', '"units": 1e15')).rejects.toThrow(DataError);
    await expect(load('"units": 16', '"units": -1')).rejects.toThrow(DataError);
    await expect(load('"name": "dense"', '"name": "other"')).rejects.toThrow(/'other\/kernel' is missing/);
    await expect(load('"className": "Dropout"', '"className": "Dropuot"')).rejects.toThrow(
      /Did you mean 'Dropout'/,
    );
    await expect(load('"activation": "relu"', '"activation": "evil"')).rejects.toThrow(DataError);
    await expect(load('"rate": 0.25', '"rate": 0.25, "run": "x"')).rejects.toThrow(/unknown entry 'run'/);
    await expect(load('"className": "Adam"', '"className": "Atom"')).rejects.toThrow(
      /unknown optimizer class 'Atom'/,
    );
    await expect(load('"useBias": true', '"useBias": false')).rejects.toThrow(
      /belong to no layer|is missing/,
    );
  });

  it('never becomes anything but a DataError, whatever bytes change in the manifest', async () => {
    const storage = await saved();
    const whole = storage.blobs.get('model.json') ?? new Uint8Array();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        const changed = whole.slice();
        changed[at] = byte;
        storage.blobs.set('model.json', changed);
        try {
          await loadModel(storage);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
        expect(at).toBeLessThan(whole.length);
      }),
      { seed: 42, numRuns: 150 },
    );
  });
});

describe('storages', () => {
  it('refuse names that lead elsewhere', async () => {
    for (const name of ['../up', 'a/b', '/etc/passwd', '.hidden', 'c:x', '', 'a\\b']) {
      await expect(fileStorage(folder).write(new Map([[name, new Uint8Array()]]))).rejects.toThrow(DataError);
      await expect(memoryStorage().write(new Map([[name, new Uint8Array()]]))).rejects.toThrow(DataError);
      if (name !== '') await expect(fileStorage(folder).read(name)).rejects.toThrow(/cannot be the name/);
    }
  });

  it('refuse blobs over the limit before they read them', async () => {
    const storage = fileStorage(join(folder, 'limits'));
    await storage.write(new Map([['blob', new Uint8Array(10)]]));
    await expect(storage.read('blob', { maxBytes: 9 })).rejects.toThrow(/10 bytes, over the limit of 9/);
    expect(await storage.read('blob', { maxBytes: 10 })).toHaveLength(10);
  });
});

describe('safetensors', () => {
  const arrays = new Map<string, HostArray>([
    ['flag', { data: Uint8Array.of(1, 0, 1), shape: [3], dtype: 'bool' }],
    ['weights', { data: Float32Array.of(1.5, -2, Number.NaN, 3), shape: [2, 2], dtype: 'float32' }],
    ['empty', { data: new Float32Array(0), shape: [0, 4], dtype: 'float32' }],
    ['exact', { data: Float64Array.of(Math.PI), shape: [], dtype: 'float64' }],
    ['count', { data: Int32Array.of(-1, 2 ** 31 - 1), shape: [2], dtype: 'int32' }],
    ['bytes', { data: Uint8Array.of(255), shape: [1], dtype: 'uint8' }],
  ]);

  it('come back as they were written, aligned', () => {
    const file = writeSafetensors(arrays, { made: 'here' });
    const { tensors, metadata } = readSafetensors('test', file);
    expect(new Map([...tensors].sort())).toEqual(new Map([...arrays].sort()));
    expect(metadata.get('made')).toBe('here');
    const offset = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
    expect(offset % 8).toBe(0);
  });

  it('are the bytes that the format describes', () => {
    const file = writeSafetensors(
      new Map([['a', { data: Float32Array.of(1), shape: [1], dtype: 'float32' }]]),
    );
    const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ';
    expect(new TextDecoder().decode(file.subarray(8, 8 + header.length))).toBe(header);
    expect([...file.subarray(0, 8)]).toEqual([header.length, 0, 0, 0, 0, 0, 0, 0]);
    expect([...file.subarray(8 + header.length)]).toEqual([0, 0, 128, 63]);
  });

  const withHeader = (header: unknown, bytes = 0): Uint8Array => {
    const text = new TextEncoder().encode(JSON.stringify(header));
    const file = new Uint8Array(8 + text.length + bytes);
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
    file.set(text, 8);
    return file;
  };
  const entry = (shape: unknown, offsets: unknown, dtype: unknown = 'F32') => ({
    dtype,
    shape,
    data_offsets: offsets,
  });

  it.each([
    ['too short', new Uint8Array(5), /begins with 8 bytes/],
    ['a huge header', new Uint8Array(8).fill(255), /more than the limit/],
    ['a truncated header', writeSafetensors(arrays).subarray(0, 40), /truncated/],
    ['an array as header', withHeader([]), /not a JSON object/],
    ['an unknown dtype', withHeader({ a: entry([1], [0, 2], 'F16') }, 2), /dtype "F16"; supported are/],
    ['a negative extent', withHeader({ a: entry([-1], [0, 4]) }, 4), /no valid shape/],
    ['offsets beyond the end', withHeader({ a: entry([2], [0, 8]) }, 4), /truncated/],
    ['a size that does not fit', withHeader({ a: entry([2], [0, 4]) }, 4), /takes 8 bytes/],
    ['overlapping entries', withHeader({ a: entry([1], [0, 4]), b: entry([1], [0, 4]) }, 4), /overlap/],
    ['a hole', withHeader({ a: entry([1], [4, 8]) }, 8), /holes/],
    ['bytes left over', withHeader({ a: entry([1], [0, 4]) }, 8), /8 bytes, but its entries take 4/],
    ['a product that overflows', withHeader({ a: entry([2 ** 40, 2 ** 40], [0, 4]) }, 4), /takes/],
    ['metadata that is no text', withHeader({ __metadata__: { a: 1 } }), /not a string/],
  ])('with %s are refused', (_, file, message) => {
    expect(() => readSafetensors('test', file)).toThrow(DataError);
    expect(() => readSafetensors('test', file)).toThrow(message);
  });

  it('never do anything but throw a DataError, whatever the bytes', () => {
    const file = writeSafetensors(arrays);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1 }), (changes) => {
        const changed = file.slice();
        for (const [at, byte] of changes) changed[at] = byte;
        try {
          readSafetensors('fuzz', changed);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
        expect(changed).toHaveLength(file.length);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
