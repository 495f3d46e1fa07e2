/** Attention beyond its golden values: caches, names, masks, dropout, rotations that go on. */
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
import { beforeEach, describe, expect, it } from 'vitest';
import {
  additiveAttention,
  attention,
  groupQueryAttention,
  inferenceContext,
  input,
  type KeyValueCache,
  model,
  multiHeadAttention,
  positionEmbedding,
  rotaryEmbedding,
  sequential,
  withMask,
} from '../src';
import { collectingContext } from '../src/layer/context';
import { expectClose } from './golden';

setDevice(interpreter());
beforeEach(() => setSeed(1));

const step = (x: Tensor, index: number): Tensor => x.slice([0, index], [x.shape[0]!, index + 1]);

describe('a cache of keys and values', () => {
  const layers = {
    'several heads': () => multiHeadAttention(2, 4, { useCausalMask: true }),
    'heads in groups': () => groupQueryAttention(4, 4, 2, { useCausalMask: true, useGate: true }),
    'a window': () => multiHeadAttention(2, 4, { useCausalMask: true, slidingWindow: 2 }),
  };

  it.each(Object.entries(layers))('gives step by step what %s give at once', async (_name, make) => {
    const layer = make();
    const x = randomNormal([2, 5, 6]);
    const whole = layer.apply(x);
    const next = compile(
      (now: Tensor, cache: KeyValueCache, index: Tensor) => layer.extend(now, cache, index, inferenceContext),
      { name: 'next' },
    );
    let cache = layer.emptyCache(2, 8);
    for (let index = 0; index < 5; index++) {
      const result = await next(step(x, index), cache, scalar(index, { dtype: 'int32' }));
      cache = result.cache;
      expectClose(await result.output.data(), [...(await step(whole, index).data())], 2e-6);
    }
  });

  it('takes several steps at once, and leaves out what a mask hides', async () => {
    const layer = multiHeadAttention(2, 4, { useCausalMask: true });
    const x = randomNormal([1, 4, 6]);
    const mask = tensor([[false, true, true, true]]);
    const start = scalar(0, { dtype: 'int32' });
    const { output } = layer.extend(x, layer.emptyCache(1, 4), start, inferenceContext, mask);
    const masked = layer.apply([x, withMask(x.add(0), mask)]);
    expectClose(await step(output, 3).data(), [...(await step(masked, 3).data())], 2e-6);
  });
});

describe('inputs of attention', () => {
  it('may be given by name, also in graphs', async () => {
    const layer = multiHeadAttention(2, 4);
    const [query, value] = [randomNormal([2, 3, 5]), randomNormal([2, 4, 5])];
    const mask = tensor(new Array(2).fill(new Array(3).fill([true, false, true, false])));
    const byName = layer.apply({ query, value, attentionMask: mask });
    const inOrder = layer.apply([query, value, value, mask]);
    expect(await byName.data()).toEqual(await inOrder.data());

    const [q, v] = [input([3, 5]), input([4, 5])];
    const made = model({ inputs: [q, v], outputs: layer.apply({ query: q, value: v }) });
    expect(made.outputShape).toEqual([null, 3, 5]);
  });

  it('may be one sequence, in a chain', () => {
    const made = sequential([multiHeadAttention(2, 4, { inputShape: [3, 5], outputShape: 7 })]);
    expect(made.outputShape).toEqual([null, 3, 7]);
  });

  it('are named when they do not fit', () => {
    const x = zeros([1, 2, 3]);
    expect(() => attention().apply([x])).toThrow(/Expected one sequence, \[query, value\]/);
    expect(() => multiHeadAttention(1, 2).apply([x, x, x, x, x])).toThrow(/input 4/);
  });
});

describe('attention in training', () => {
  it.each([
    ['attention', () => attention({ dropout: 0.5, seed: 1 })],
    ['additiveAttention', () => additiveAttention({ dropout: 0.5, seed: 1 })],
    ['multiHeadAttention', () => multiHeadAttention(2, 4, { dropout: 0.5, seed: 1 })],
  ])('%s drops weights, and nothing in use', async (_name, make) => {
    const layer = make();
    const x = randomNormal([2, 5, 6]);
    const usual = await layer.apply([x, x]).data();
    expect(await layer.apply([x, x], collectingContext(true)).data()).not.toEqual(usual);
    expect(await layer.apply([x, x]).data()).toEqual(usual);
    expect(layer.generators.length).toBe(1);
  });

  it('gives 0 and no NaN for a query that may attend to nothing', async () => {
    const x = withMask(randomNormal([1, 2, 3]), tensor([[false, false]]));
    const layer = multiHeadAttention(1, 2, { useBias: false });
    expect(await layer.apply(x).data()).toEqual(new Float32Array(6));
  });
});

describe('impossible options of attention', () => {
  it('are named', () => {
    expect(() => groupQueryAttention(2, 3, 2)).toThrow(/2 heads of keys and values do not serve 3/);
    expect(() => multiHeadAttention(0, 2)).toThrow(/heads is 0; expected a positive integer/);
    expect(() => multiHeadAttention(1, 2, { attentionAxes: 3 }).apply(zeros([1, 2, 3]))).toThrow(
      /attentionAxes are \[3\] and the inputs have 3 axes/,
    );
    expect(() => positionEmbedding(2).apply(zeros([1, 3, 4]))).toThrow(/has 3 steps, the layer knows 2/);
    expect(() => rotaryEmbedding({ maxWavelength: 0 })).toThrow(/maxWavelength is 0/);
  });
});

it('rotations go on where a sequence was left', async () => {
  const layer = rotaryEmbedding();
  const x = randomNormal([1, 4, 2, 6]);
  const later = layer.rotate(x.slice([0, 3], [1, 4]), scalar(3));
  expectClose(await later.data(), [...(await step(layer.apply(x), 3).data())], 1e-6);
});
