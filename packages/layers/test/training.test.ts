/** Training: models learn, runs repeat bit for bit, and arguments that do not fit are named. */
import { type HostArray, interpreter, setDevice, setSeed, type TrainingBatch, tensor } from '@hadal/core';
import { adam, sgd } from '@hadal/optimizers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  conv2d,
  dense,
  flatten,
  LambdaCallback,
  maxPooling2d,
  type Sequential,
  SparseCategoricalCrossentropy,
  sequential,
} from '../src';
import { ArrayDataset } from '../src/training/array-dataset';
import { hostArraysOf } from '../src/training/arrays';
import { STEPS_IN_FLIGHT } from '../src/training/in-flight';
import { bars, classifier, spirals } from './helpers';

setDevice(interpreter());
beforeEach(() => setSeed(3));

const trained = async (model: Sequential, epochs = 2): Promise<number[][]> => {
  model.compile({ optimizer: adam(0.01), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const { x, y } = spirals(40);
  await model.fit(x, y, { epochs, batchSize: 16, verbose: 0 });
  return (await model.getWeights()).map(({ data }) => [...data]);
};

describe('a model learns', () => {
  it('two spirals with a multilayer perceptron, which no linear model can', async () => {
    const { x, y } = spirals(128);
    const model = sequential([
      dense(24, { activation: 'tanh', inputShape: [2] }),
      dense(24, { activation: 'tanh' }),
      dense(2, { activation: 'softmax' }),
    ]);
    model.compile({ optimizer: adam(0.02), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    await model.fit(x, y, { epochs: 30, batchSize: 32, verbose: 0 });
    const test = spirals(100, 9);
    const { loss, accuracy } = await model.evaluate(test.x, test.y, { verbose: 0 });
    expect(accuracy).toBeGreaterThan(0.95);
    expect(loss).toBeLessThan(0.2);
  });

  it('to tell standing from lying bars with a convolution, wherever they are', async () => {
    const { x, y } = bars(96);
    const model = sequential([
      conv2d(6, 3, { activation: 'relu', inputShape: [8, 8, 1] }),
      maxPooling2d(2),
      flatten(),
      dense(1, { activation: 'sigmoid' }),
    ]);
    model.compile({ optimizer: adam(0.03), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    await model.fit(x, y, { epochs: 12, batchSize: 24, verbose: 0 });
    const test = bars(60, 5);
    const { accuracy } = await model.evaluate(test.x, test.y, { verbose: 0 });
    expect(accuracy).toBeGreaterThan(0.95);
  });

  it('from a loss that is a plain function', async () => {
    const model = sequential([dense(1, { inputShape: [1] })]);
    model.compile({ optimizer: sgd(0.1), loss: (yTrue, yPred) => yTrue.sub(yPred).abs() });
    const x = [[0], [1], [2], [3]];
    const { history } = await model.fit(x, [[1], [3], [5], [7]], { epochs: 40, batchSize: 4, verbose: 0 });
    expect(history.loss.at(-1)).toBeLessThan(history.loss[0]! / 4);
  });
});

describe('randomness', () => {
  it('with one seed gives bit-equal weights twice, and other weights with another seed', async () => {
    setSeed(5);
    const first = await trained(classifier());
    setSeed(5);
    const second = await trained(classifier());
    setSeed(6);
    const other = await trained(classifier());
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('shuffles every epoch differently, and the same epoch always in the same order', async () => {
    const data = {
      data: Float32Array.from({ length: 20 }, (_, i) => i),
      shape: [20],
      dtype: 'float32',
    } as const;
    const dataset = new ArrayDataset('test', { x: data }, { batchSize: 7, shuffleSeed: 11 });
    const order = async (epoch: number): Promise<number[]> => {
      const seen: number[] = [];
      for await (const { x } of dataset.iterate({ epoch }))
        if ('data' in x) seen.push(...(x as typeof data).data);
      return seen;
    };
    expect(await order(0)).toEqual(await order(0));
    expect(await order(0)).not.toEqual(await order(1));
    expect([...(await order(1))].sort((a, b) => a - b)).toEqual([...data.data]);
  });

  it('leaves shuffled batches alone while steps that use them may still wait', async () => {
    const data: HostArray = {
      data: Float32Array.from({ length: 300 }, (_, i) => i),
      shape: [300],
      dtype: 'float32',
    };
    const dataset = new ArrayDataset('test', { x: data }, { batchSize: 3, shuffleSeed: 4 });
    const kept: HostArray[] = [];
    const copies: number[][] = [];
    for await (const { x } of dataset.iterate()) {
      const [[, array] = []] = hostArraysOf('x', x);
      if (array === undefined) continue;
      kept.push(array);
      copies.push([...array.data]);
      const inUse = kept.length - 1 - STEPS_IN_FLIGHT;
      if (inUse >= 0) expect([...kept[inUse]!.data]).toEqual(copies[inUse]);
    }
    expect(copies.flat().sort((a, b) => a - b)).toEqual([...data.data]);
  });

  it('plays no part outside of training: dropout leaves predictions alone', async () => {
    const model = classifier();
    const x = tensor([[0.5, 0.1]]);
    expect(await (await model.predict(x)).array()).toEqual(await (await model.predict(x)).array());
  });
});

describe('fit', () => {
  it('takes nested arrays, typed arrays, tensors and datasets, all with the same result', async () => {
    const { x, y } = spirals(24);
    const rows = Array.from({ length: 24 }, (_, i) => [...x.data.slice(2 * i, 2 * i + 2)]);
    const inputs = [x, rows, tensor(x.data, { shape: x.shape })];
    const labels = [y, [...y.data], tensor(y.data)];
    const weights: number[][][] = [];
    for (const [index, input] of inputs.entries()) {
      setSeed(1);
      const model = classifier();
      model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
      await model.fit(input, labels[index]!, { batchSize: 10, shuffle: false, verbose: 0 });
      weights.push((await model.getWeights()).map(({ data }) => [...data]));
    }
    setSeed(1);
    const model = classifier();
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    await model.fit(new ArrayDataset('test', { x, y }, { batchSize: 10 }), { verbose: 0 });
    weights.push((await model.getWeights()).map(({ data }) => [...data]));
    for (const each of weights) expect(each).toEqual(weights[0]);
  });

  it('trains on a smaller last batch too', async () => {
    const seen: number[] = [];
    const model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const { x, y } = spirals(25);
    await model.fit(x, y, {
      batchSize: 10,
      verbose: 0,
      callbacks: [new LambdaCallback({ onTrainBatchEnd: ({ samples }) => void seen.push(samples) })],
    });
    expect(seen).toEqual([10, 20, 25]);
  });

  it('limits epochs of endless datasets with stepsPerEpoch', async () => {
    const { x, y } = spirals(8);
    const model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    let batches = 0;
    const once = new ArrayDataset('test', { x, y }, { batchSize: 2 });
    await model.fit(once, {
      epochs: 2,
      stepsPerEpoch: 3,
      verbose: 0,
      callbacks: [new LambdaCallback({ onTrainBatchEnd: () => void batches++ })],
    });
    expect(batches).toBe(6);
  });

  it('can be stopped by a signal, with its reason, and releases the data', async () => {
    const model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const { x, y } = spirals(40);
    const controller = new AbortController();
    const stopped = model.fit(x, y, {
      epochs: 100,
      batchSize: 4,
      verbose: 0,
      signal: controller.signal,
      callbacks: [
        new LambdaCallback({
          onTrainBatchEnd: ({ batch }) => {
            if (batch === 3) controller.abort(new Error('enough'));
          },
        }),
      ],
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(model.position).toMatchObject({ epoch: 0, batches: 4, samples: 16 });
  });

  it('lets timers run between steps, so that a signal from outside is heard', async () => {
    const model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const { x, y } = spirals(64);
    const signal = AbortSignal.timeout(150);
    await expect(model.fit(x, y, { epochs: 1e6, verbose: 0, signal })).rejects.toThrow(/timeout/i);
  });

  it('weighs classes in the loss of training but not in that of validation', async () => {
    const { x, y } = spirals(16);
    const model = classifier();
    model.compile({ optimizer: sgd(0), loss: 'sparseCategoricalCrossentropy' });
    const plain = await model.evaluate(x, y, { verbose: 0 });
    const { history } = await model.fit(x, y, {
      validationData: [x, y],
      classWeight: { 0: 0, 1: 0 },
      verbose: 0,
    });
    expect(history.loss[0]).toBe(0);
    expect(history.val_loss?.[0]).toBeCloseTo(plain.loss, 5);
  });
});

describe('single batches', () => {
  it('are trained on and measured, the figures gathering until they are reset', async () => {
    const { x, y } = spirals(16);
    const model = classifier();
    model.compile({ optimizer: adam(0.05), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const before = await model.testOnBatch(x, y);
    for (let step = 0; step < 20; step++) await model.trainOnBatch(x, y);
    model.resetMetrics();
    const after = await model.testOnBatch(x, y);
    expect(after.loss).toBeLessThan(before.loss);
    const probabilities = await model.predictOnBatch(x);
    expect(probabilities.shape).toEqual([16, 2]);
  });

  it('predictions are the same in one batch and in several', async () => {
    const { x } = spirals(23);
    const model = classifier();
    const whole = await model.predictOnBatch(x);
    const parts = await model.predict(x, { batchSize: 5 });
    expect(parts.shape).toEqual([23, 2]);
    expect(await parts.data()).toEqual(await whole.data());
  });

  it('predictions follow the weights after training has moved them', async () => {
    const { x, y } = spirals(16);
    const model = classifier();
    const before = await (await model.predict(x)).data();
    model.compile({ optimizer: adam(0.1), loss: 'sparseCategoricalCrossentropy' });
    await model.fit(x, y, { verbose: 0 });
    const after = await (await model.predict(x)).data();
    expect(after).not.toEqual(before);
    const [first] = await model.getWeights();
    model.setWeights(
      (await model.getWeights()).map((weight) => ({ ...weight, data: weight.data.map(() => 0) })),
    );
    expect([...(await (await model.predict(x)).data())]).toEqual(Array.from({ length: 32 }, () => 0.5));
    expect(first?.data.some((value) => value !== 0)).toBe(true);
  });
});

describe('a cross-entropy of a softmax layer', () => {
  it('is computed from the logits, so that certain mistakes keep their gradient', async () => {
    const model = sequential([dense(2, { activation: 'softmax', useBias: false, inputShape: [1] })]);
    model.setWeights([{ data: Float32Array.of(200, -200), shape: [1, 2], dtype: 'float32' }]);
    model.compile({ optimizer: sgd(1), loss: 'sparseCategoricalCrossentropy' });
    const { loss } = await model.trainOnBatch([[1]], [1]);
    expect(loss).toBeCloseTo(400, 3);
    const [kernel] = await model.getWeights();
    expect([...(kernel?.data ?? [])]).toEqual([199, -199]);
  });
});

describe('advice', () => {
  const { x, y } = spirals(8);
  const compiled = (): Sequential => {
    const model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    return model;
  };
  const quiet = { verbose: 0 } as const;

  it('asks for compile', async () => {
    await expect(classifier().fit(x, y)).rejects.toThrow(/not compiled.*\n.*model\.compile/);
  });

  it('names labels that are no class numbers, before anything is computed', async () => {
    await expect(compiled().fit(x, [0, 1, 2, 0, 1, 0, 1, 0], quiet)).rejects.toThrow(
      /label 2 at position 2 .* not a class number in \[0, 2\)\.\n.*counted from 1/,
    );
    await expect(compiled().fit(x, [0, 1, -1, 0, 1, 0, 1, 0], quiet)).rejects.toThrow(
      /label -1 at position 2/,
    );
    await expect(compiled().fit(x, [0, 1, 0.5, 0, 1, 0, 1, 0], quiet)).rejects.toThrow(/label 0.5/);
  });

  it('names targets outside [0, 1] of a binary cross-entropy', async () => {
    const model = sequential([dense(1, { activation: 'sigmoid', inputShape: [2] })]);
    model.compile({ optimizer: 'sgd', loss: 'binaryCrossentropy' });
    await expect(model.fit(x, [0, 1, 2, 0, 1, 0, 1, 0], quiet)).rejects.toThrow(/target 2 at position 2/);
  });

  it('recognises one-hot targets and class numbers that meet the wrong loss', async () => {
    const oneHot = Array.from(y.data, (label) => [1 - label, label]);
    await expect(compiled().fit(x, oneHot, quiet)).rejects.toThrow(
      /look one-hot encoded: use 'categoricalCrossentropy'/,
    );
    const model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
    await expect(model.fit(x, y, quiet)).rejects.toThrow(/use 'sparseCategoricalCrossentropy'/);
  });

  it('names inputs of the wrong shape, and what is probably missing', async () => {
    await expect(compiled().fit([[1, 2, 3]], [0], quiet)).rejects.toThrow(
      /model "classifier": inputs have shape \[1, 3\], expected \[batch, 2\]/,
    );
    const images = sequential([conv2d(2, 3, { inputShape: [8, 8, 1] }), flatten(), dense(2)]);
    await expect(images.predict(bars(2).x.data, {})).rejects.toThrow(/expected \[batch, 8, 8, 1\]/);
    const grey = { ...bars(2).x, shape: [2, 8, 8] };
    await expect(images.predict(grey)).rejects.toThrow(/channel axis is missing/);
    await expect(images.predict({ ...bars(1).x, shape: [8, 8, 1] })).rejects.toThrow(/batch axis is missing/);
  });

  it('names arrays of different lengths, and data without samples', async () => {
    await expect(compiled().fit(x, [0, 1], quiet)).rejects.toThrow(/x has 8 samples and y has 2/);
    const empty = { data: new Float32Array(0), shape: [0, 2], dtype: 'float32' } as const;
    await expect(compiled().fit(empty, [], quiet)).rejects.toThrow(/x has no samples/);
    const short = { data: new Float32Array(3), shape: [8, 2], dtype: 'float32' } as const;
    await expect(compiled().fit(short, y, quiet)).rejects.toThrow(/3 values, but shape \[8,2\] means 16/);
  });

  it('names datasets without targets or without a batch axis', async () => {
    const model = compiled();
    const inputsOnly = new ArrayDataset('test', { x }, { batchSize: 4 });
    await expect(model.fit(inputsOnly, quiet)).rejects.toThrow(/inputs without targets/);
    const single: TrainingBatch = {
      x: { ...x, data: x.data.slice(0, 2), shape: [2] },
      y: { ...y, data: y.data.slice(0, 1), shape: [] },
    };
    const unbatched = new ArrayDataset('test', { x, y }, { batchSize: 1 });
    unbatched.iterate = () => {
      const iterator = new ArrayDataset('test', { x }, { batchSize: 1 }).iterate();
      iterator.next = async () => ({ done: false, value: single });
      return iterator;
    };
    await expect(model.fit(unbatched, quiet)).rejects.toThrow(/batch the dataset with \.batch\(32\)/);
  });

  it('names validation data of another kind', async () => {
    const fit = Reflect.apply(compiled().fit, compiled(), [x, y, { ...quiet, validationData: { x, y } }]);
    await expect(fit).rejects.toThrow(/validationData: \[x, y\]/);
  });

  it('names options out of range', async () => {
    await expect(compiled().fit(x, y, { ...quiet, batchSize: 0 })).rejects.toThrow(/batchSize is 0/);
    await expect(compiled().fit(x, y, { ...quiet, epochs: 1.5 })).rejects.toThrow(/epochs is 1.5/);
    await expect(compiled().fit(x, y, { ...quiet, validationSplit: 1 })).rejects.toThrow(
      /validationSplit is 1/,
    );
  });

  it('suggests names that are close to what was given', () => {
    const compile = (options: object) => () => Reflect.apply(classifier().compile, classifier(), [options]);
    expect(compile({ loss: 'sparseCategoricalCrossEntropi' })).toThrow(
      /Did you mean 'sparseCategoricalCrossentropy'/,
    );
    expect(compile({ loss: 'mse', optimizer: 'adm' })).toThrow(/Did you mean 'adam'/);
    expect(compile({ loss: 'mse', metrics: ['acuracy'] })).toThrow(/Did you mean 'accuracy'/);
    expect(compile({ loss: 'mse', metrics: ['accuracy', 'accuracy'] })).toThrow(
      /two metrics are named 'accuracy'/,
    );
    expect(compile({})).toThrow(/no loss is given/);
    expect(compile({ loss: new SparseCategoricalCrossentropy({ reduction: 'none' }) })).toThrow(
      /needs one number/,
    );
  });
});
