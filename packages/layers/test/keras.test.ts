/** Whole training runs against Keras. */
import { interpreter, setDevice } from '@hadal/core';
import { adam, type Optimizer, rmsprop, sgd } from '@hadal/optimizers';
import { describe, expect, it } from 'vitest';
import {
  type CompileOptions,
  conv2d,
  dense,
  flatten,
  l1,
  l1l2,
  l2,
  maxPooling2d,
  type Sequential,
  SparseTopKCategoricalAccuracy,
  sequential,
} from '../src';
import { expectClose, expectGolden, golden, hostOf, tensorOf } from './golden';

setDevice(interpreter());

interface RunCase {
  readonly model: () => Sequential;
  readonly optimizer: () => Optimizer;
  readonly compile: Omit<CompileOptions, 'optimizer'>;
  readonly epochs: number;
  readonly classWeight?: Record<number, number>;
}

const runs: Record<keyof typeof golden.runs, RunCase> = {
  classifier: {
    model: () =>
      sequential([dense(6, { activation: 'relu', inputShape: [3] }), dense(3, { activation: 'softmax' })]),
    optimizer: () => adam(0.05),
    compile: {
      loss: 'sparse_categorical_crossentropy',
      metrics: ['accuracy'],
      weightedMetrics: ['accuracy', new SparseTopKCategoricalAccuracy({ k: 2, name: 'top' })],
    },
    epochs: 4,
    classWeight: { 0: 1, 1: 2, 2: 0.5 },
  },
  'regression with penalties': {
    model: () =>
      sequential([
        dense(5, {
          activation: 'tanh',
          kernelRegularizer: l2(0.02),
          activityRegularizer: l1(0.01),
          inputShape: [3],
        }),
        dense(2, { kernelRegularizer: l1l2({ l1: 0.01, l2: 0.03 }), biasRegularizer: 'l2' }),
      ]),
    optimizer: () => sgd(0.1, { momentum: 0.9, nesterov: true }),
    compile: { loss: 'mse' },
    epochs: 3,
  },
  convolutional: {
    model: () =>
      sequential([
        conv2d(3, 3, { activation: 'relu', padding: 'same', inputShape: [6, 6, 1] }),
        maxPooling2d(2),
        flatten(),
        dense(1, { activation: 'sigmoid' }),
      ]),
    optimizer: () => rmsprop(0.01),
    compile: { loss: 'binaryCrossentropy', metrics: ['accuracy'] },
    epochs: 3,
  },
};

describe(`whole runs of fit follow ${golden.reference}`, () => {
  it.each(Object.entries(golden.runs))('%s', async (name, expected) => {
    const { model: make, optimizer, compile, epochs, classWeight } = runs[name as keyof typeof runs];
    const model = make();
    model.setWeights(expected.initial.map(hostOf));
    model.compile({ optimizer: optimizer(), ...compile });
    const { history } = await model.fit(tensorOf(expected.x), tensorOf(expected.y), {
      epochs,
      batchSize: 4,
      shuffle: false,
      validationSplit: 0.25,
      classWeight,
      verbose: 0,
    });
    expect(Object.keys(history).sort()).toEqual(Object.keys(expected.history).sort());
    for (const [figure, values] of Object.entries(expected.history)) {
      expectClose(history[figure]!, values, 2e-5);
    }
    const final = await model.getWeights();
    for (const [index, weight] of expected.final.entries()) {
      expectClose(final[index]!.data, weight.data, 5e-5);
    }
    const [first] = expected.x.shape;
    expect(first).toBeGreaterThan(3);
    const three = tensorOf(expected.x).slice(
      expected.x.shape.map(() => 0),
      [3, ...expected.x.shape.slice(1)],
    );
    await expectGolden(await model.predict(three), expected.predictions, 5e-5);
  });
});
