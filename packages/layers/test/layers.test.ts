/** Layers, models and their parts: names, shapes, weights, randomness of initializers, and errors that say where. */
import { inspect } from 'node:util';
import { ArgumentError, interpreter, ShapeError, setDevice, setSeed, tensor, zeros } from '@hadal/core';
import type { OptimizerName } from '@hadal/optimizers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ActivationName,
  activation,
  ConfusionMatrix,
  Constant,
  classificationReport,
  computeFans,
  conv2d,
  dense,
  dropout,
  flatten,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  IdentityInitializer,
  type InitializerName,
  inputLayer,
  L1L2,
  type LossName,
  lecunNormal,
  lecunUniform,
  type MetricName,
  maxPooling2d,
  RandomNormal,
  RandomUniform,
  reshape,
  sequential,
  TruncatedNormal,
  VarianceScaling,
} from '../src';
import { collectingContext } from '../src/layer/context';

setDevice(interpreter());
beforeEach(() => setSeed(1));

describe('a sequential model', () => {
  it('names its layers by class and counts them, keeping names that were given', () => {
    const model = sequential([
      conv2d(2, 3, { inputShape: [8, 8, 1] }),
      conv2d(2, 3),
      maxPooling2d(),
      flatten({ name: 'flat' }),
      dense(2),
    ]);
    expect(model.layers.map(({ name }) => name)).toEqual([
      'conv2d',
      'conv2d_1',
      'max_pooling2d',
      'flat',
      'dense',
    ]);
    expect(model.getLayer('flat')).toBe(model.getLayer(3));
    expect(() => model.getLayer('flatten')).toThrow(/Its layers are: conv2d, conv2d_1/);
    expect(() => sequential([dense(1, { name: 'a' }), dense(1, { name: 'a' })])).toThrow(
      /already a layer named "a"/,
    );
    const shared = dense(1);
    expect(() => sequential([shared, shared])).toThrow(/already in this model/);
  });

  it('knows its shapes and weights as soon as the first layer knows its input', () => {
    const model = sequential([inputLayer([4]), dense(3), dropout(0.5), dense(2, { useBias: false })]);
    expect(model.built).toBe(true);
    expect(model.outputShape).toEqual([null, 2]);
    expect(model.countParameters()).toBe(4 * 3 + 3 + 3 * 2);
    expect(model.namedWeights().map(({ path, variable }) => [path, variable.shape])).toEqual([
      ['dense/kernel', [4, 3]],
      ['dense/bias', [3]],
      ['dense_1/kernel', [3, 2]],
    ]);
  });

  it('is built by data when nothing else says the shape, and keeps it', async () => {
    const model = sequential([dense(3), dense(2)]);
    expect(model.built).toBe(false);
    expect((await model.predict([[1, 2, 3, 4]])).shape).toEqual([1, 2]);
    expect(model.builtShape).toEqual([null, 4]);
    await expect(model.predict([[1, 2, 3]])).rejects.toThrow(ShapeError);
  });

  it('grows layer by layer', () => {
    const model = sequential([], { name: 'growing' });
    model.add(dense(3, { inputShape: [2] }));
    model.add(dense(1));
    expect(model.outputShape).toEqual([null, 1]);
    expect(model.weights).toHaveLength(4);
  });

  it('can be a layer of another one', () => {
    const encoder = sequential([dense(3, { activation: 'relu' }), dense(2)], { name: 'encoder' });
    const model = sequential([inputLayer([5]), encoder, dense(1)]);
    expect(model.namedWeights().map(({ path }) => path)).toEqual([
      'encoder/dense/kernel',
      'encoder/dense/bias',
      'encoder/dense_1/kernel',
      'encoder/dense_1/bias',
      'dense/kernel',
      'dense/bias',
    ]);
    expect(model.apply(zeros([7, 5])).shape).toEqual([7, 1]);
  });

  it('trains no frozen layer', () => {
    const model = sequential([dense(3, { inputShape: [2], trainable: false }), dense(1)]);
    expect(model.trainableWeights.map(({ name }) => name)).toEqual(['dense_1/kernel', 'dense_1/bias']);
    expect(model.nonTrainableWeights.map(({ name }) => name)).toEqual(['dense/kernel', 'dense/bias']);
  });

  it('prints a table', () => {
    const lines: string[] = [];
    const model = sequential([conv2d(32, 3, { inputShape: [28, 28, 1] }), flatten(), dense(10)]);
    model.summary({ print: (line) => lines.push(line) });
    expect(lines).toEqual([
      'Model: "sequential"',
      '┌───────────────────┬─────────────────────┬────────────┐',
      '│ Layer (class)     │ Output shape        │ Parameters │',
      '├───────────────────┼─────────────────────┼────────────┤',
      '│ conv2d (Conv2D)   │ [batch, 26, 26, 32] │        320 │',
      '│ flatten (Flatten) │ [batch, 21632]      │          0 │',
      '│ dense (Dense)     │ [batch, 10]         │    216,330 │',
      '└───────────────────┴─────────────────────┴────────────┘',
      'Parameters: 216,650 (846.29 KiB), 216,650 trainable, 0 not',
    ]);
  });

  it('says in one line what it is', () => {
    const model = sequential([dense(3, { inputShape: [2] }), dense(1)], { name: 'tiny' });
    expect(inspect(model)).toBe('Sequential "tiny": [batch, 2] → [batch, 1], 2 layers, 13 parameters');
    expect(inspect(model.layers[1])).toBe('Dense "dense_1"');
    expect(String(sequential([dense(1)]))).toContain('not built');
  });

  it('refuses weights that do not fit and then keeps its own', async () => {
    const model = sequential([dense(2, { inputShape: [2] })]);
    const before = await model.getWeights();
    expect(() => model.setWeights(before.slice(1))).toThrow(/1 arrays for 2 weights/);
    expect(() => model.setWeights([before[0]!, before[0]!])).toThrow(
      /"dense\/bias" is float32 \[2\], the value is/,
    );
    expect(await model.getWeights()).toEqual(before);
  });
});

describe('errors of layers', () => {
  it('say in which layer of which model they arose', () => {
    const build = () =>
      sequential([conv2d(4, 3, { inputShape: [4, 4, 1] }), maxPooling2d(2), conv2d(4, 3)], { name: 'small' });
    expect(build).toThrow(ShapeError);
    expect(build).toThrow(
      /window of 3 × 3 is larger than the input \[batch, 1, 1, 4\][\s\S]*in layer "conv2d_1"/,
    );
  });

  it('name impossible options', () => {
    expect(() => dense(0)).toThrow(/units is 0; expected a positive integer/);
    expect(() => dense(2.5)).toThrow(ArgumentError);
    expect(() => conv2d(3, 3, { groups: 2 })).toThrow(/3 filters cannot be split into 2 groups/);
    expect(() => dropout(1.5)).toThrow(/rate is 1.5/);
    expect(() => reshape([-1, -1])).toThrow(/one of which may be -1/);
    expect(() => new L1L2({ l1: -1 })).toThrow(/l1 is -1/);
    expect(() => Reflect.apply(activation, undefined, ['rellu'])).toThrow(/Did you mean 'relu'/);
    expect(() => Reflect.apply(activation, undefined, ['threshold'])).toThrow(
      /Pass a function: \(x\) => threshold\(x, 0.5, 0\)/,
    );
    expect(() => Reflect.apply(conv2d, undefined, [1, 3, { padding: 'Same' }])).toThrow(
      /expected 'valid' or 'same'/,
    );
  });

  it('name inputs that do not fit', () => {
    expect(() => dense(2).apply(zeros([3]))).toThrow(/needs? a batch axis|expected a batch axis/);
    expect(() => conv2d(2, 3).apply(zeros([2, 8, 8]))).toThrow(/channel axis/);
    expect(() => reshape([5]).apply(zeros([2, 6]))).toThrow(/has 6 elements and cannot become \[5\]/);
    const layer = dense(2);
    layer.apply(zeros([1, 3]));
    expect(() => layer.apply(zeros([1, 4]))).toThrow(/was built for 3 features/);
  });
});

describe('dropout', () => {
  it('drops the given part, scales the rest, and draws anew at every call', async () => {
    const layer = dropout(0.25);
    const x = tensor(new Float32Array(4000).fill(3), { shape: [10, 400] });
    const first = await layer.apply(x, collectingContext(true)).data();
    const second = await layer.apply(x, collectingContext(true)).data();
    const dropped = first.filter((value) => value === 0).length;
    expect(dropped / 4000).toBeGreaterThan(0.22);
    expect(dropped / 4000).toBeLessThan(0.28);
    expect(new Set(first)).toEqual(new Set([0, 4]));
    expect(second).not.toEqual(first);
    expect(await layer.apply(x).data()).toEqual(await x.data());
  });
});

describe('initializers', () => {
  const shape = [3, 3, 16, 32];
  const { fanIn, fanOut } = { fanIn: 9 * 16, fanOut: 9 * 32 };

  it('count the inputs and outputs of a weight as Keras does', () => {
    expect(computeFans([])).toEqual({ fanIn: 1, fanOut: 1 });
    expect(computeFans([5])).toEqual({ fanIn: 5, fanOut: 5 });
    expect(computeFans([4, 7])).toEqual({ fanIn: 4, fanOut: 7 });
    expect(computeFans(shape)).toEqual({ fanIn, fanOut });
  });

  it.each([
    ['glorotUniform', glorotUniform(), 2 / (fanIn + fanOut), Math.sqrt(6 / (fanIn + fanOut))],
    ['glorotNormal', glorotNormal(), 2 / (fanIn + fanOut), undefined],
    ['heUniform', heUniform(), 2 / fanIn, Math.sqrt(6 / fanIn)],
    ['heNormal', heNormal(), 2 / fanIn, undefined],
    ['lecunUniform', lecunUniform(), 1 / fanIn, Math.sqrt(3 / fanIn)],
    ['lecunNormal', lecunNormal(), 1 / fanIn, undefined],
    [
      'varianceScaling',
      new VarianceScaling({ scale: 3, mode: 'fanOut', distribution: 'untruncatedNormal' }),
      3 / fanOut,
      undefined,
    ],
    ['randomNormal', new RandomNormal({ mean: 0, stddev: 0.2 }), 0.04, undefined],
    ['truncatedNormal', new TruncatedNormal({ stddev: 0.2 }), 0.04 * 0.87962566103423978 ** 2, 0.4],
    ['randomUniform', new RandomUniform({ minval: -0.3, maxval: 0.3 }), 0.03, 0.3],
  ])('%s has its variance and stays within its bounds', async (_, initializer, variance, bound) => {
    const values = Array.from(await initializer.make(shape, 'float32').data());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / values.length));
    expect(spread / variance).toBeGreaterThan(0.95);
    expect(spread / variance).toBeLessThan(1.05);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual((bound ?? Number.POSITIVE_INFINITY) * 1.000001);
  });

  it('with a seed draw the same values at every use', async () => {
    const initializer = glorotUniform({ seed: 4 });
    const first = await initializer.make([4, 4], 'float32').data();
    expect(await initializer.make([4, 4], 'float32').data()).toEqual(first);
  });

  it('without randomness are what they say', async () => {
    expect(await new Constant(2).make([2], 'float32').array()).toEqual([2, 2]);
    expect(await new IdentityInitializer(3).make([2, 2], 'float32').array()).toEqual([
      [3, 0],
      [0, 3],
    ]);
  });
});

describe('the confusion matrix', () => {
  const scores = tensor([
    [0.8, 0.1, 0.1],
    [0.2, 0.5, 0.3],
    [0.1, 0.2, 0.7],
    [0.3, 0.6, 0.1],
  ]);

  it('counts true classes in rows and predictions in columns, over batches', async () => {
    const confusion = new ConfusionMatrix(3);
    confusion.updateState(tensor([0, 1, 2, 0]), scores);
    confusion.updateState(
      tensor([
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]),
      scores,
    );
    expect(await confusion.matrix()).toEqual([
      [2, 1, 0],
      [0, 2, 1],
      [0, 1, 1],
    ]);
  });

  it('gives precision, recall and F1 per class', () => {
    const { classes, macro, accuracy } = classificationReport([
      [2, 1, 0],
      [0, 2, 1],
      [0, 1, 1],
    ]);
    expect(classes[0]).toEqual({ precision: 1, recall: 2 / 3, f1: 0.8, support: 3 });
    expect(classes[2]).toMatchObject({ precision: 0.5, recall: 0.5, support: 2 });
    expect(macro.precision).toBeCloseTo((1 + 0.5 + 0.5) / 3);
    expect(accuracy).toBe(5 / 8);
  });

  it('names a wrong number of classes', () => {
    expect(() => new ConfusionMatrix(4).updateState(tensor([0, 1, 2, 0]), scores)).toThrow(
      /outputs have 3 columns, the matrix was made for 4 classes/,
    );
  });
});

describe('types', () => {
  type Accepts<Name, Wanted> = Wanted extends Name ? true : false;

  it('accept names in camelCase and snake_case, and no others', () => {
    const right: [
      Accepts<LossName, 'sparseCategoricalCrossentropy' | 'sparse_categorical_crossentropy'>,
      Accepts<ActivationName, 'leakyRelu' | 'leaky_relu'>,
      Accepts<InitializerName, 'heNormal' | 'he_normal'>,
      Accepts<MetricName, 'accuracy' | 'binary_accuracy'>,
      Accepts<OptimizerName, 'adam'>,
    ] = [true, true, true, true, true];
    const wrong: [
      Accepts<LossName, 'sparseCategoricalCrossEntropy'>,
      Accepts<ActivationName, 'reluu'>,
      Accepts<InitializerName, 'he_Normal'>,
      Accepts<MetricName, 'acuracy'>,
      Accepts<OptimizerName, 'adan'>,
    ] = [false, false, false, false, false];
    expect(right.every(Boolean)).toBe(true);
    expect(wrong.some(Boolean)).toBe(false);
  });
});
