/** Transformer blocks beyond their golden values: generation with a cache, training, places in models. */
import {
  compile,
  interpreter,
  randomNormal,
  scalar,
  setDevice,
  setSeed,
  type Tensor,
  tensor,
  zeros,
} from '@hadal/core';
import { adam } from '@hadal/optimizers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  dense,
  flatten,
  inferenceContext,
  input,
  type KeyValueCache,
  model,
  sequential,
  transformerDecoder,
  transformerEncoder,
  withMask,
} from '../src';
import { collectingContext } from '../src/layer/context';
import { expectClose } from './golden';

setDevice(interpreter());
beforeEach(() => setSeed(1));

describe('a decoder', () => {
  it.each([false, true])('gives with a cache what it gives at once; pre-norm: %s', async (normalizeFirst) => {
    const layer = transformerDecoder(8, 2, { normalizeFirst });
    const [x, encoded] = [randomNormal([2, 4, 6]), randomNormal([2, 3, 6])];
    const whole = layer.apply([x, encoded]);
    const next = compile((now: Tensor, cache: KeyValueCache, index: Tensor) =>
      layer.extend([now, encoded], cache, index, inferenceContext),
    );
    let cache = layer.emptyCache(2, 5);
    for (let index = 0; index < 4; index++) {
      const now = x.slice([0, index], [2, index + 1]);
      const result = await next(now, cache, scalar(index, { dtype: 'int32' }));
      cache = result.cache;
      const expected = await whole.slice([0, index], [2, index + 1]).data();
      expectClose(await result.output.data(), [...expected], 4e-6);
    }
  });

  it('projects an encoded sequence once for all steps, and leaves out what its mask hides', async () => {
    const layer = transformerDecoder(8, 2);
    const [x, encoded] = [randomNormal([2, 3, 6]), randomNormal([2, 4, 6])];
    const mask = tensor([
      [true, false, true, true],
      [true, true, false, false],
    ]);
    const whole = layer.apply([x, withMask(encoded.add(0), mask)]);
    const remembered = { ...layer.remember(encoded), mask };
    const start = scalar(0, { dtype: 'int32' });
    const cache = layer.emptyCache(2, 3);
    const { output } = layer.extend(x, cache, start, inferenceContext, undefined, remembered);
    expectClose(await output.data(), [...(await whole.data())], 4e-6);
    const alone = transformerDecoder(8, 2);
    alone.apply(x);
    expect(() => alone.remember(encoded)).toThrow(/is not built to look at an encoded sequence/);
  });

  it('looks at an encoded sequence always or never', () => {
    const layer = transformerDecoder(8, 2);
    layer.apply(zeros([1, 3, 4]));
    expect(() => layer.apply([zeros([1, 3, 4]), zeros([1, 2, 4])])).toThrow(
      /was built without an encoded sequence and called the other way/,
    );
    expect(() => transformerDecoder(8, 2).emptyCache(1, 4)).toThrow(/the block is not built/);
  });

  it('drops in training only', async () => {
    const layer = transformerDecoder(8, 2, { dropout: 0.5 });
    const x = randomNormal([2, 3, 4]);
    const usual = await layer.apply(x).data();
    expect(await layer.apply(x, collectingContext(true)).data()).not.toEqual(usual);
    expect(await layer.apply(x).data()).toEqual(usual);
  });
});

describe('Transformer blocks in models', () => {
  it('name their weights by their place', () => {
    const source = input([3, 4]);
    const target = input([2, 4]);
    const encoded = transformerEncoder(5, 2, { name: 'encoder' }).apply(source);
    const made = model({
      inputs: [source, target],
      outputs: transformerDecoder(5, 2, { name: 'decoder' }).apply([target, encoded]),
    });
    const paths = made.namedWeights().map(({ path }) => path);
    expect(paths.slice(0, 2)).toEqual([
      'encoder/self_attention_layer/query/kernel',
      'encoder/self_attention_layer/query/bias',
    ]);
    expect(paths).toContain('decoder/cross_attention/attention_output/kernel');
    expect(paths.at(-1)).toBe('decoder/feedforward_layer_norm/beta');
    expect(new Set(paths).size).toBe(paths.length);
    expect(made.weights.map(({ name }) => name)).toEqual(paths);
  });

  it('learn whether the first and the last step are alike', async () => {
    const x = Array.from({ length: 16 }, (_, i) => [
      [i & 1 ? 1 : -1, 0],
      [Math.sin(i), 0],
      [i & 2 ? 1 : -1, 1],
    ]);
    const y = x.map((steps) => [steps[0]![0] === steps[2]![0] ? 1 : 0]);
    const made = sequential([
      dense(8, { inputShape: [3, 2] }),
      transformerEncoder(16, 2, { normalizeFirst: true }),
      flatten(),
      dense(1, { activation: 'sigmoid' }),
    ]);
    made.compile({ optimizer: adam(0.02), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    const { history } = await made.fit(x, y, { epochs: 40, batchSize: 16, verbose: 0 });
    expect(history.accuracy!.at(-1)).toBe(1);
  });

  it('need as many features as heads', () => {
    expect(() => transformerEncoder(8, 4).apply(zeros([1, 2, 3]))).toThrow(
      /is 3 wide, and there are 4 heads/,
    );
  });
});
