/** The way back of reversible embeddings. */
import { interpreter, matmul, setDevice, tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { input, loadModel, lstm, memoryStorage, model, reversibleEmbedding } from '../src';

setDevice(interpreter());

describe('the way back of an embedding', () => {
  it('is the product with the same table, softly bounded', async () => {
    const layer = reversibleEmbedding(3, 2, { logitSoftCap: 2 });
    layer.ensureBuilt([null]);
    const table = tensor([
      [1, 2],
      [3, 4],
      [-5, 0],
    ]);
    layer.weights[0]!.assign(table);
    const vectors = tensor([[[1, 0.5]]]);
    const scores = await layer.reverse(vectors).data();
    const plain = await matmul(vectors, table.transpose()).data();
    for (const [index, score] of Array.from(plain, Number).entries()) {
      expect(Number(scores[index])).toBeCloseTo(2 * Math.tanh(score / 2), 6);
    }
  });

  it('is a part of models, which are saved and loaded with it', async () => {
    const words = reversibleEmbedding(7, 4);
    const text = input([3], { dtype: 'int32' });
    const made = model({
      inputs: text,
      outputs: words.reverse(lstm(4, { returnSequences: true }).apply(words.apply(text))),
    });
    expect(made.outputShape).toEqual([null, 3, 7]);
    expect(made.weights.length).toBe(4);
    const lines: string[] = [];
    made.summary({ print: (line) => lines.push(line) });
    expect(lines.find((line) => line.includes('reversible_embedding.reverse'))).toContain('shared');

    const storage = memoryStorage();
    await made.save(storage);
    const loaded = await loadModel(storage);
    const x = tensor([[1, 0, 6]], { dtype: 'int32' });
    expect(await (await loaded.predict(x)).data()).toEqual(await (await made.predict(x)).data());
    expect(loaded.weights.length).toBe(4);
  });

  it('refuses vectors that the table has not', () => {
    const words = reversibleEmbedding(7, 4);
    expect(() => words.reverse(input([3]))).toThrow(
      'reverse got vectors [batch, 3], expected 4 numbers in the last axis',
    );
  });

  it('has a table of its own where weights are not tied', async () => {
    const layer = reversibleEmbedding(3, 2, { tieWeights: false });
    layer.ensureBuilt([null]);
    layer.weights[1]!.assign(
      tensor([
        [1, 2, 3],
        [0, 0, 10],
      ]),
    );
    expect(await layer.reverse(tensor([[1, 1]])).array()).toEqual([[1, 2, 13]]);
  });
});
