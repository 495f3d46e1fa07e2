/** The way back of reversible embeddings. */
import { interpreter, matmul, setDevice, tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { reversibleEmbedding } from '../src';

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
