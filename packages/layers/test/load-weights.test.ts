/** Weights of files in models that are there already, by name and in order. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interpreter, setDevice, setSeed } from '@hadal/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dense, memoryStorage, type Sequential, sequential } from '../src';

setDevice(interpreter());
beforeEach(() => setSeed(4));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weights-'));
});
afterAll(() => rm(folder, { recursive: true }));

const network = (names: readonly [string, string], classes = 2): Sequential =>
  sequential([dense(3, { name: names[0], inputShape: [4] }), dense(classes, { name: names[1] })]);

const valuesOf = async (model: Sequential): Promise<number[][]> =>
  (await model.getWeights()).map(({ data }) => Array.from(data, Number));

describe('weights of a file', () => {
  it('come into a model of other names in their order, from a saved model and from a file of them', async () => {
    const from = network(['a', 'b']);
    const storage = memoryStorage();
    await from.save(storage);
    const path = join(folder, 'all.safetensors');
    await from.saveWeights(path);
    for (const source of [storage, path]) {
      const into = network(['c', 'd']);
      expect(await into.loadWeights(source)).toEqual({
        loaded: ['c/kernel', 'c/bias', 'd/kernel', 'd/bias'],
        skipped: [],
        missing: [],
        unused: [],
      });
      expect(await valuesOf(into)).toEqual(await valuesOf(from));
    }
  });

  it('come into layers of the same name, and leave those alone that the file or the model lacks', async () => {
    const from = network(['features', 'digits']);
    const path = join(folder, 'digits.safetensors');
    await from.saveWeights(path);
    const into = network(['features', 'letters']);
    const before = await valuesOf(into);
    expect(await into.loadWeights(path, { by: 'name' })).toEqual({
      loaded: ['features/kernel', 'features/bias'],
      skipped: [],
      missing: ['letters/kernel', 'letters/bias'],
      unused: ['digits/kernel', 'digits/bias'],
    });
    const expected = await valuesOf(from);
    expect(await valuesOf(into)).toEqual([expected[0], expected[1], before[2], before[3]]);
  });

  it.each(['order', 'name'] as const)(
    'by %s of other shapes are refused, or left out if told so',
    async (by) => {
      const from = network(['a', 'b'], 5);
      const storage = memoryStorage();
      await from.save(storage);
      const into = network(['a', 'b']);
      const before = await valuesOf(into);
      await expect(into.loadWeights(storage, { by })).rejects.toThrow(
        '"b/kernel" is float32 [3,2], the file has float32 [3,5]',
      );
      expect(await valuesOf(into)).toEqual(before);
      const { skipped } = await into.loadWeights(storage, { by, skipMismatch: true });
      expect(skipped).toEqual(['b/kernel', 'b/bias']);
      const expected = await valuesOf(from);
      expect(await valuesOf(into)).toEqual([expected[0], expected[1], before[2], before[3]]);
    },
  );

  it('that have nothing to do with the model are refused with advice', async () => {
    const storage = memoryStorage();
    await network(['a', 'b']).save(storage);
    const other = sequential([dense(2, { name: 'c', inputShape: [4] })]);
    await expect(other.loadWeights(storage)).rejects.toThrow('the file has 4 weights, the model 2');
    await expect(other.loadWeights(storage, { by: 'name' })).rejects.toThrow('no name of a weight in common');
    await expect(sequential([dense(2)]).loadWeights(storage)).rejects.toThrow('the model has no weights yet');
    await expect(other.saveWeights(join(folder, 'weights.bin'))).rejects.toThrow('ends with .safetensors');
  });
});
