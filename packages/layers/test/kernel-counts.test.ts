/** How many kernels and library calls one compiled step of training takes, for each kind of network. */
import { cpu } from '@hadal/backend-cpu';
import { randomNormal, setDevice, setSeed, type Tensor, zeros } from '@hadal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  conv2d,
  dense,
  embedding,
  flatten,
  globalAveragePooling1d,
  lstm,
  maxPooling2d,
  type Sequential,
  sequential,
  transformerEncoder,
} from '../src';

beforeAll(async () => {
  setDevice(await cpu());
  setSeed(1);
});

interface Step {
  readonly name: string;
  readonly network: () => Sequential;
  readonly x: () => Tensor;
  /** Products, convolutions and what else libraries compute. It may only fall. */
  readonly library: number;
  /** Loop kernels. It may only fall. */
  readonly others: number;
}

const BATCH = 32;
const CLASSES = 10;
const classifier = () => dense(CLASSES, { activation: 'softmax' });

const steps: readonly Step[] = [
  {
    name: 'multilayer perceptron',
    network: () => sequential([dense(64, { activation: 'relu', inputShape: [20] }), classifier()]),
    x: () => randomNormal([BATCH, 20]),
    library: 5,
    others: 3,
  },
  {
    name: 'CNN',
    network: () =>
      sequential([
        conv2d(8, 3, { activation: 'relu', inputShape: [12, 12, 1] }),
        maxPooling2d(2),
        conv2d(8, 3, { activation: 'relu' }),
        flatten(),
        classifier(),
      ]),
    x: () => randomNormal([BATCH, 12, 12, 1]),
    library: 8,
    others: 5,
  },
  {
    name: 'LSTM',
    network: () => sequential([lstm(16, { inputShape: [10, 4] }), classifier()]),
    x: () => randomNormal([BATCH, 10, 4]),
    library: 8,
    others: 6,
  },
  {
    name: 'Transformer',
    network: () =>
      sequential([
        embedding(50, 16, { inputShape: [12] }),
        transformerEncoder(32, 2),
        globalAveragePooling1d(),
        classifier(),
      ]),
    x: () => zeros([BATCH, 12], { dtype: 'int32' }),
    library: 24,
    others: 14,
  },
];

describe('one training step with Adam and accuracy runs no more than it did', () => {
  it.each(steps.map((each) => [each.name, each] as const))('of the %s', async (_name, each) => {
    const model = each.network();
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const { dispatches } = await model.trainProgram(each.x(), zeros([BATCH], { dtype: 'int32' }));
    const library = dispatches.filter(({ kind }) => kind === 'library').length;
    expect(library).toBeGreaterThan(0);
    expect(library).toBeLessThanOrEqual(each.library);
    expect(dispatches.length - library).toBeLessThanOrEqual(each.others);
  });
});
