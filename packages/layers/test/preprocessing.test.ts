/** Preprocessing layers: what they learn from data, and where they are used. */
import { type HostArray, interpreter, setDevice, tensor } from '@hadal/core';
import { fromArrays, fromItems } from '@hadal/data';
import { describe, expect, it } from 'vitest';
import {
  type AdaptData,
  categoryEncoding,
  dense,
  discretization,
  embedding,
  flatten,
  globalAveragePooling1d,
  hashedCrossing,
  hashing,
  input,
  integerLookup,
  loadModel,
  memoryStorage,
  model,
  normalization,
  onHost,
  randomFlip,
  rescaling,
  resizing,
  sequential,
  stringLookup,
  textVectorization,
} from '../src';
import { expectClose } from './golden';

setDevice(interpreter());

const host = (data: readonly number[], shape: readonly number[]): HostArray => ({
  data: Float32Array.from(data),
  shape,
  dtype: 'float32',
});

describe('normalization', () => {
  const data = [
    [1e6 + 1, 10],
    [1e6 + 2, 10],
    [1e6 + 3, 40],
    [1e6 + 6, 20],
  ];

  it('takes mean and variance from an array without losing digits', async () => {
    const layer = normalization({ dtype: 'float64' });
    await layer.adapt(tensor(data, { dtype: 'float64' }));
    const [mean, variance, count] = await Promise.all(layer.weights.map((weight) => weight.value.data()));
    expect([...mean!]).toEqual([1e6 + 3, 20]);
    expect([...variance!]).toEqual([3.5, 150]);
    expect([...count!]).toEqual([0]);
  });

  it.each([
    ['a list of batches', [host([1, 2, 3, 4], [2, 2]), host([5, 9], [1, 2])]],
    [
      'an array',
      [
        [1, 2],
        [3, 4],
        [5, 9],
      ],
    ],
    ['a dataset', fromArrays({ x: host([1, 2, 3, 4, 5, 9], [3, 2]) }).batch(2)],
  ] as const)('finds the same in %s', async (_name, given) => {
    const layer = normalization();
    await layer.adapt(given as AdaptData);
    expect(Array.from(await layer.weights[0]!.value.data())).toEqual([3, 5]);
    expect(Array.from(await layer.weights[1]!.value.data(), (v) => Math.fround(v))).toEqual(
      [8 / 3, 26 / 3].map(Math.fround),
    );
  });

  it('turns back what it normalized', async () => {
    const [there, back] = [normalization(), normalization({ invert: true })];
    await there.adapt(data);
    await back.adapt(data);
    const x = tensor([[1e6 + 4, 33]]);
    expect(Array.from(await back.apply(there.apply(x)).data())).toEqual([1e6 + 4, 33]);
  });

  it('is saved with a model, and needs no new compilation', async () => {
    const layer = normalization({ inputShape: [2] });
    const made = sequential([layer, dense(1)]);
    made.compile({ optimizer: 'sgd', loss: 'mse' });
    await made.fit(data, [0, 1, 2, 3], { epochs: 1, verbose: 0 });
    const before = await (await made.predict(data)).data();
    await layer.adapt(data);
    const after = await (await made.predict(data)).data();
    expect(after).not.toEqual(before);
    const storage = memoryStorage();
    await made.save(storage);
    expect(await (await (await loadModel(storage)).predict(data)).data()).toEqual(after);
    expect(made.trainableWeights.length).toBe(2);
  });

  it('says what is wrong', async () => {
    expect(() => normalization({ mean: 1 })).toThrow(/variance|mean is given alone/);
    await expect(normalization({ mean: 1, variance: 1 }).adapt(data)).rejects.toThrow(/made with a mean/);
    await expect(normalization().adapt([])).rejects.toThrow();
    const layer = normalization();
    await layer.adapt(data);
    await expect(layer.adapt([[1, 2, 3]])).rejects.toThrow(/does not fit/);
  });
});

describe('discretization', () => {
  // keras.layers.Discretization of Keras 3.15.1, adapted to the same
  it.each([
    [
      { numBins: 4, epsilon: 0.01 },
      Array.from({ length: 200 }, (_, i) => [i * i]),
      [2400.99658203125, 9800.9931640625, 22200.9921875],
    ],
    [{ numBins: 3 }, [1, 2, 3, 4, 5, 6], [2, 4]],
    [
      { numBins: 5, epsilon: 0.05 },
      Array.from({ length: 1000 }, (_, i) => (i * 37) % 1009),
      [199.0000457763672, 399.00006103515625, 599.0000610351562, 803.0000610351562],
    ],
  ] as const)('makes bins of as many values: %j', async (options, data, expected) => {
    const layer = discretization(options);
    await layer.adapt(data);
    expectClose(layer.binBoundaries!, expected, 1e-6);
  });

  it('makes bins of data that comes in parts', async () => {
    const layer = discretization({ numBins: 5, epsilon: 0.05 });
    const part = (from: number, to: number): HostArray =>
      host(
        Array.from({ length: to - from }, (_, i) => ((from + i) * 37) % 1009),
        [to - from],
      );
    await layer.adapt([part(0, 300), part(300, 1000)]);
    expectClose(
      layer.binBoundaries!,
      [199.0000457763672, 401.00006103515625, 603.0000610351562, 804.0000610351562],
      1e-6,
    );
  });

  it('keeps bins in its configuration', async () => {
    const layer = discretization({ numBins: 3 });
    expect(() => layer.apply(tensor([1]))).toThrow(/no bins yet/);
    await layer.adapt(tensor([1, 2, 3, 4, 5, 6]));
    const again = (await import('../src')).Discretization.fromConfig(layer.getConfig());
    expect(again.binBoundaries).toEqual(layer.binBoundaries);
  });

  it('says what is wrong', () => {
    expect(() => discretization({})).toThrow(/neither binBoundaries nor numBins/);
    expect(() => discretization({ binBoundaries: [1, 0] })).toThrow(/ascending/);
    expect(() => discretization({ numBins: 2, outputMode: 'one' as 'int' })).toThrow(/outputMode 'one'/);
  });
});

describe('lookup', () => {
  it('adapts to datasets of texts', async () => {
    const layer = stringLookup();
    await layer.adapt(fromItems(['b', 'a', 'b']));
    expect(layer.getVocabulary()).toEqual(['[UNK]', 'b', 'a']);
    expect(layer.decode([[1, 2, 7]])).toEqual([['b', 'a', '[UNK]']]);
  });

  it('adapts to batches of numbers', async () => {
    const layer = integerLookup({ numOovIndices: 0 });
    await layer.adapt(fromArrays({ x: host([5, 5, 7], [3]) }).batch(2));
    expect(layer.getVocabulary()).toEqual([5, 7]);
    expect(await layer.apply(tensor([7, 9], { dtype: 'int32' })).array()).toEqual([1, -1]);
  });

  it.each([
    ['FarmHash', undefined],
    ['SipHash', [133, 2 ** 40 + 7]],
  ] as const)('spreads numbers of every length by %s as texts are', async (_name, salt) => {
    const numOovIndices = 1_000_003;
    const lengths = Array.from({ length: 10 }, (_, digits) => 10 ** digits);
    const some = lengths.flatMap((power) => [power, 7 * power - 1, 3 * power + 5]);
    const numbers = [...some, ...some.map((value) => -value), 0, 2 ** 31 - 1, -(2 ** 31)].filter(
      (value) => value === (value | 0),
    );
    const ofNumbers = integerLookup({ vocabulary: [4], numOovIndices, oovMethod: 'farmhash', salt });
    const ofTexts = stringLookup({ vocabulary: ['4'], numOovIndices, salt });
    const found = await ofNumbers.apply(tensor(numbers, { dtype: 'int32' })).data();
    expect(found).toEqual(ofTexts.encode(numbers.map(String)).data);
    expect(new Set(found).size).toBe(new Set(numbers).size);
  });

  it('says what is wrong', async () => {
    expect(() => integerLookup({ vocabulary: [1], numOovIndices: 2, salt: 1 })).toThrow(/has no key/);
    expect(() => integerLookup({ vocabulary: [1], numOovIndices: 2 ** 24, oovMethod: 'farmhash' })).toThrow(
      /at most 8388608/,
    );
    expect(() => stringLookup({ vocabulary: ['a', 'a'] })).toThrow(/"a" twice/);
    expect(() => stringLookup({ vocabulary: ['a', ''], maskToken: '' })).toThrow(/mask token/);
    expect(() => stringLookup({ vocabulary: ['a', 'b'], maxTokens: 2 })).toThrow(/maxTokens is 2/);
    expect(() => stringLookup({ vocabulary: ['a'], outputMode: 'tfIdf' })).toThrow(/no idfWeights/);
    expect(() => stringLookup({ vocabulary: ['a'], numOovIndices: 0 }).encode('b')).toThrow(
      /not in the vocabulary/,
    );
    expect(() => stringLookup().encode('b')).toThrow(/no vocabulary yet/);
    expect(() => stringLookup({ vocabulary: ['a'] }).encode([['a'], ['a', 'a']])).toThrow(/different|shapes/);
    await expect(stringLookup({ vocabulary: ['a'] }).adapt(['b'])).rejects.toThrow(/made with a vocabulary/);
    expect(() => hashing(0)).toThrow(/numBins is 0/);
    expect(() => hashing(3).encode([1.5])).toThrow(/whole numbers/);
    expect(() => hashedCrossing(3).encode([['a'], ['b', 'c']])).toThrow(/shapes \[1\], \[2\]/);
  });
});

describe('text in models', () => {
  const texts = ['good film', 'bad film', 'very good', 'very bad', 'good', 'bad'];
  const labels = [1, 0, 1, 0, 1, 0];

  it('trains a sequence of layers on texts, and predicts from them', async () => {
    const vectorize = textVectorization({ outputSequenceLength: 3 });
    await vectorize.adapt(texts);
    const made = sequential([
      vectorize,
      embedding(vectorize.vocabularySize, 4),
      globalAveragePooling1d(),
      dense(1, { activation: 'sigmoid' }),
    ]);
    made.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    const { history } = await made.fit(texts, labels, {
      epochs: 3,
      verbose: 0,
      validationData: [texts, labels],
    });
    expect(history.loss!.length).toBe(3);
    const direct = await made.predict(vectorize.apply(texts));
    expect(await (await made.predict(texts, { batchSize: 4 })).data()).toEqual(await direct.data());
    const evaluated = await made.evaluate(texts, labels, { verbose: 0 });
    expect(evaluated.loss).toBeGreaterThan(0);
  });

  it('goes into a graph beside numbers', async () => {
    const vectorize = textVectorization({ vocabulary: ['good', 'bad'], outputMode: 'count' });
    const [text, price] = [input([3], { name: 'text' }), input([1], { name: 'price' })];
    const counted = vectorize.apply(text);
    const made = model({ inputs: { text, price }, outputs: [counted, rescaling(2).apply(price)] });
    const [counts, doubled] = await made.predict({
      text: texts,
      price: [1, 2, 3, 4, 5, 6].map((each) => [each]),
    });
    expect(await counts!.array()).toEqual(await vectorize.apply(texts).array());
    expect((await doubled!.data())[5]).toBe(12);
  });

  it('is turned down by models of numbers, with advice', async () => {
    await expect(sequential([dense(1)]).predict(texts)).rejects.toThrow(/textVectorization/);
  });

  it('takes functions of its own, and does not save them', () => {
    const vectorize = textVectorization({
      vocabulary: ['x'],
      standardize: (text) => text.replaceAll('y', 'x'),
      split: (text) => text.split(','),
    });
    expect([...vectorize.encode(['x,y,z']).data]).toEqual([2, 2, 1]);
    expect(() => vectorize.getConfig()).toThrow(/cannot be saved/);
  });
});

describe('in datasets', () => {
  it('layers are functions of host arrays', async () => {
    const augment = onHost(randomFlip('horizontal', { seed: 3 }));
    const scale = onHost(resizing(2, 2));
    const vectorize = textVectorization({ vocabulary: ['a'], outputSequenceLength: 2 });
    const images = fromArrays({ x: host([1, 2, 3, 4], [1, 2, 2, 1]) }).batch(1);
    const seen = [];
    for await (const x of images.map(async ({ x }) => scale(await augment(x)))) seen.push(x);
    expect(seen[0]!.shape).toEqual([1, 2, 2, 1]);
    expect([...seen[0]!.data].sort()).toEqual([1, 2, 3, 4]);
    const encoded = [];
    for await (const x of fromItems(['a b', 'a']).map((text) => vectorize.encode([text])))
      encoded.push([...x.data]);
    expect(encoded).toEqual([
      [2, 1],
      [2, 0],
    ]);
  });
});

describe('categories in models', () => {
  it('bins and encodes at the front of a model', async () => {
    const made = sequential([
      discretization({ binBoundaries: [0, 1], inputShape: [2] }),
      categoryEncoding(3, { outputMode: 'oneHot' }),
      flatten(),
      dense(1),
    ]);
    expect((await made.predict([[0.5, -1]])).shape).toEqual([1, 1]);
  });
});
