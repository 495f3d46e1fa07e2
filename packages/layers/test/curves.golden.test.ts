/** Five complete models, trained for 50 steps from the weights and on the batches of Keras, lose what Keras' do. */
import { cpu } from '@hadal/backend-cpu';
import { isAvailable, native } from '@hadal/backend-native';
import { type Device, type HostArray, setDevice } from '@hadal/core';
import { adam, adamW, rmsprop, sgd } from '@hadal/optimizers';
import { describe, expect, it } from 'vitest';
import {
  activation,
  add,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  embedding,
  flatten,
  globalAveragePooling1d,
  gru,
  input,
  layerNormalization,
  lstm,
  type Model,
  maxPooling2d,
  model,
  multiHeadAttention,
  sequential,
} from '../src';
import curves from './fixtures/curves.json';

const batchSize = 16;

/** Numbers in [-1, 1): a multiplicative hash of seed and position, with 24 bits; as in make_curves.py. */
function drawn(seed: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, position) => {
    let state = Math.imul(position, 2654435761) + Math.imul(seed, 40503);
    state ^= state >>> 15;
    state = Math.imul(state, 2246822519);
    state ^= state >>> 13;
    state = Math.imul(state, 3266489917);
    state ^= state >>> 16;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}

const size = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

const floats = (seed: number, ...shape: number[]): HostArray => ({
  data: drawn(seed, size(shape)),
  shape,
  dtype: 'float32',
});

const integers = (seed: number, bound: number, count: number): Int32Array =>
  Int32Array.from(drawn(seed, count), (value) => Math.floor(((value + 1) / 2) * bound));

const labels = (of: (row: number) => number): HostArray => ({
  data: Int32Array.from({ length: batchSize }, (_, row) => of(row)),
  shape: [batchSize],
  dtype: 'int32',
});

const largest = (values: readonly number[]): number => values.indexOf(Math.max(...values));

interface Problem {
  readonly model: Model;
  /** Shape of a batch, its first axis left out. */
  readonly batch: (step: number) => { readonly x: HostArray; readonly y: HostArray };
}

const classes = 'sparseCategoricalCrossentropy';

const problems: Readonly<Record<keyof typeof curves.losses, () => Problem>> = {
  mlp: () => {
    const network = sequential([
      dense(32, { activation: 'relu', inputShape: [20] }),
      dense(16, { activation: 'tanh' }),
      dense(3, { activation: 'softmax' }),
    ]);
    network.compile({ optimizer: adam(0.01), loss: classes });
    return {
      model: network,
      batch: (step) => {
        const x = floats(1000 + step, batchSize, 20);
        return {
          x,
          y: labels((row) => largest([0, 1, 2].map((column) => Number(x.data[row * 20 + column])))),
        };
      },
    };
  },
  cnn: () => {
    const network = sequential([
      conv2d(8, 3, { padding: 'same', useBias: false, inputShape: [12, 12, 2] }),
      batchNormalization(),
      activation('relu'),
      maxPooling2d(2),
      conv2d(12, 3, { activation: 'relu' }),
      batchNormalization(),
      flatten(),
      dropout(0),
      dense(4, { activation: 'softmax' }),
    ]);
    network.compile({ optimizer: sgd(0.02, { momentum: 0.9, nesterov: true }), loss: classes });
    return {
      model: network,
      batch: (step) => {
        const x = floats(2000 + step, batchSize, 12, 12, 2);
        const quarters = Array.from({ length: batchSize }, () => [0, 0, 0, 0]);
        for (let at = 0; at < x.data.length; at += 2) {
          const [row, line, column] = [Math.floor(at / 288), Math.floor(at / 24) % 12, (at / 2) % 12];
          quarters[row]![(line < 6 ? 0 : 2) + (column < 6 ? 0 : 1)]! += Number(x.data[at]);
        }
        return { x, y: labels((row) => largest(quarters[row]!)) };
      },
    };
  },
  lstm: () => {
    const network = sequential([lstm(16, { inputShape: [12, 6] }), dense(1, { activation: 'sigmoid' })]);
    network.compile({ optimizer: rmsprop(0.005), loss: 'binaryCrossentropy' });
    return {
      model: network,
      batch: (step) => {
        const x = floats(3000 + step, batchSize, 12, 6);
        const sums = new Float64Array(batchSize);
        for (let at = 0; at < x.data.length; at += 6) sums[Math.floor(at / 72)]! += Number(x.data[at]);
        const y: HostArray = {
          data: Float32Array.from(sums, (sum) => Number(sum > 0)),
          shape: [batchSize, 1],
          dtype: 'float32',
        };
        return { x, y };
      },
    };
  },
  gru: () => {
    const network = sequential([
      embedding(30, 8, { maskZero: true, inputShape: [10] }),
      gru(12, { returnSequences: true }),
      gru(8),
      dense(4, { activation: 'softmax' }),
    ]);
    network.compile({ optimizer: adam(0.03, { clipnorm: 0.1 }), loss: classes });
    return {
      model: network,
      batch: (step) => {
        const tokens = integers(4000 + step, 29, batchSize * 10).map((token) => token + 1);
        const last = Array.from({ length: batchSize }, (_, row) => {
          const length = 10 - (row % 5);
          tokens.fill(0, row * 10 + length, row * 10 + 10);
          return tokens[row * 10 + length - 1]!;
        });
        return {
          x: { data: tokens, shape: [batchSize, 10], dtype: 'int32' },
          y: labels((row) => last[row]! % 4),
        };
      },
    };
  },
  transformer: () => {
    const tokens = input([12], { dtype: 'int32' });
    let x = embedding(24, 16).apply(tokens);
    x = layerNormalization({ epsilon: 1e-5 }).apply(add().apply([x, multiHeadAttention(4, 4).apply(x)]));
    const inner = dense(16).apply(dense(32, { activation: 'gelu' }).apply(x));
    x = layerNormalization({ epsilon: 1e-5 }).apply(add().apply([x, inner]));
    const outputs = dense(3, { activation: 'softmax' }).apply(globalAveragePooling1d().apply(x));
    const network = model({ inputs: tokens, outputs });
    network.compile({ optimizer: adamW(0.01, { weightDecay: 0.01 }), loss: classes });
    return {
      model: network,
      batch: (step) => {
        const given = integers(5000 + step, 24, batchSize * 12);
        const counts = Array.from({ length: batchSize }, () => [0, 0, 0]);
        given.forEach((token, at) => {
          counts[Math.floor(at / 12)]![token % 3]! += 1;
        });
        return {
          x: { data: given, shape: [batchSize, 12], dtype: 'int32' },
          y: labels((row) => largest(counts[row]!)),
        };
      },
    };
  },
};

/** Sets the weights of more than one axis to drawn numbers, over the root of their fan-in; embeddings as they are. */
async function setDrawnWeights(network: Model, seed: number): Promise<void> {
  const values = await network.getWeights();
  network.setWeights(
    network.namedWeights().map(({ path }, index) => {
      const value = values[index]!;
      if (value.shape.length < 2) return value;
      const fanIn = path.endsWith('embeddings') ? 1 : size(value.shape.slice(0, -1));
      const scale = Math.fround(Math.sqrt(1 / fanIn));
      return { ...value, data: drawn(seed + index, size(value.shape)).map((number) => number * scale) };
    }),
  );
}

/** The largest relative difference of the losses of all steps. */
async function difference(name: keyof typeof curves.losses, seed: number): Promise<number> {
  const { model: network, batch } = problems[name]();
  await setDrawnWeights(network, seed);
  let worst = 0;
  for (const [step, expected] of curves.losses[name].entries()) {
    const { x, y } = batch(step);
    network.resetMetrics();
    const { loss } = await network.trainOnBatch(x, y);
    worst = Math.max(worst, Math.abs(loss! - expected) / expected);
  }
  return worst;
}

function followsKeras(device: () => Promise<Device>): void {
  for (const [index, name] of (Object.keys(problems) as (keyof typeof curves.losses)[]).entries()) {
    it(`follows Keras on the ${name}`, async () => {
      setDevice(await device());
      expect(await difference(name, 100 * (index + 1))).toBeLessThan(1e-5);
    });
  }
}

describe('training on the CPU backend', () => followsKeras(cpu));

const addon = await isAvailable();
if (!addon.ok && process.env.CI) throw new Error(`The native backend cannot be tested: ${addon.reason}`);
const reason = addon.ok ? '' : ` (${addon.reason})`;
describe.skipIf(!addon.ok)(`training on the native backend${reason}`, () => followsKeras(native));
