/** Weights that are kept packed from run to run: never older than the weights, and no reason to run out of memory. */
import {
  compile,
  conv2d,
  createDevice,
  matmul,
  randomNormal,
  setDevice,
  setSeed,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from '@hadal/core';
import { expect, it } from 'vitest';
import { native, nativeBackend } from '../src/index';
import { describeNative } from './support/available';

/** Runs after which weights that stayed the same are kept. */
const RUNS = 4;

interface Layer {
  readonly name: string;
  readonly input: readonly number[];
  readonly weights: readonly number[];
  readonly apply: (x: Tensor, weights: Tensor) => Tensor;
}

const LAYERS: readonly Layer[] = [
  { name: 'a product of some rows', input: [40, 70], weights: [70, 90], apply: matmul },
  { name: 'a product over many terms', input: [13, 1100], weights: [1100, 33], apply: matmul },
  { name: 'products of batches', input: [3, 20, 17], weights: [3, 17, 40], apply: matmul },
  {
    name: 'a convolution',
    input: [2, 9, 7, 5],
    weights: [3, 3, 5, 37],
    apply: (x, weights) => conv2d(x, weights, { padding: 'same' }),
  },
];

/** What a layer gives when its weights have never been there before. */
async function fresh({ apply }: Layer, x: Tensor, weights: Variable) {
  const copy = tensor(await weights.value.data(), { shape: weights.shape });
  return apply(x, copy).data();
}

describeNative('a product whose weights stay', () => {
  it.each(LAYERS)('gives the bits of one whose weights are new: $name', async (layer) => {
    for (const threads of [1, 3]) {
      setSeed(4);
      const device = await native({ threads });
      setDevice(device);
      const weights = variable(randomNormal(layer.weights));
      const predict = compile((x: Tensor) => layer.apply(x, weights.value));
      for (let round = 0; round < 3; round++) {
        for (let run = 0; run < RUNS; run++) {
          const x = randomNormal(layer.input);
          expect(await (await predict(x)).data()).toEqual(await fresh(layer, x, weights));
        }
        weights.assign(randomNormal(layer.weights));
      }
      await device.close();
    }
  });

  it('sees what a step of training leaves in them', async () => {
    setSeed(5);
    const device = await native({ threads: 1 });
    setDevice(device);
    const [layer] = LAYERS as [Layer];
    const weights = variable(randomNormal(layer.weights));
    const predict = compile((x: Tensor) => layer.apply(x, weights.value));
    const step = compile(() => weights.assign(weights.value.mul(0.5)));
    const x = randomNormal(layer.input);
    await x.realize();
    let before = await (await predict(x)).data();
    for (let round = 0; round < RUNS; round++) {
      for (let run = 0; run < round; run++) await (await predict(x)).data();
      await step();
      const after = await (await predict(x)).data();
      // Halves are exact.
      expect(after).toEqual(before.map((each) => each / 2));
      before = after;
    }
    await device.close();
  });
});

describeNative('the memory of kept weights', () => {
  const bytes = 4 * 300 * 320;
  const prepared = async (memoryLimitBytes: number) => {
    const backend = nativeBackend({ threads: 1, memoryLimitBytes });
    const device = createDevice(backend);
    setDevice(device);
    const weights = variable(randomNormal([300, 320]));
    const predict = compile((x: Tensor) => matmul(x, weights.value));
    const x = randomNormal([50, 300]);
    await x.realize();
    const run = async () => {
      const result = await predict(x);
      const values = await result.data();
      result.dispose();
      return values;
    };
    return { backend, device, run };
  };

  it('counts as memory in use, once', async () => {
    const { backend, device, run } = await prepared(1e9);
    await run();
    const { usedBytes } = backend;
    for (let i = 0; i < 5; i++) await run();
    expect(backend.usedBytes - usedBytes).toBe(bytes);
    await device.close();
    expect(backend.usedBytes).toBe(0);
  });

  it('makes room for tensors', async () => {
    const limit = 20 * bytes;
    const { backend, device, run } = await prepared(limit);
    const expected = await run();
    for (let i = 0; i < 3; i++) await run();
    const room = limit - backend.usedBytes;
    const large = await tensor(new Float32Array(Math.floor(room / 4) + 1000)).realize();
    expect(backend.usedBytes).toBeLessThanOrEqual(limit);
    expect(await run()).toEqual(expected);
    large.dispose();
    await device.close();
  });
});
