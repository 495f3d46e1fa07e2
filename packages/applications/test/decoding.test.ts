/** Decoding token by token: what is drawn, when it ends, and what a search finds. */
import { cpu } from '@hadal/backend-cpu';
import { gather, log, randomInt, setDevice, setSeed, type Tensor, tensor, zeros } from '@hadal/core';
import { sparseCategoricalCrossentropy } from '@hadal/layers';
import { adam } from '@hadal/optimizers';
import { describe, expect, it } from 'vitest';
import {
  beamSearch,
  decodeTokens,
  gpt,
  maskTokens,
  type NextLogits,
  sampleTokens,
  seq2SeqLSTM,
  seq2SeqTransformer,
  skipGramPairs,
  word2Vec,
} from '../src';
import { uniform } from './pattern';

setDevice(await cpu());

const VOCABULARY = 4;
const END = 3;

/** A language whose next token depends on the last two. */
const table = tensor(
  Float32Array.from(uniform('language', VOCABULARY ** 3), (value) => 4 * value),
  { shape: [VOCABULARY ** 2, VOCABULARY] },
);
const next: NextLogits = (tokens, _index, [before]) => ({
  logits: gather(table, before!.mul(VOCABULARY).add(tokens)),
  state: [tokens],
});
const begin = (batch: number): Tensor[] => [zeros([batch], { dtype: 'int32' })];

/** Everything that the language can say from a beginning, with how likely it is. */
async function exhaustive(start: number, maxLength: number): Promise<Map<string, number>> {
  const scores = await table.data();
  const logProbability = (before: number, last: number, token: number): number => {
    const row = Array.from(
      { length: VOCABULARY },
      (_, each) => scores[(before * VOCABULARY + last) * VOCABULARY + each]!,
    );
    return row[token]! - Math.log(row.reduce((total, score) => total + Math.exp(score), 0));
  };
  const found = new Map<string, number>();
  const follow = (tokens: readonly number[], before: number, score: number): void => {
    if (tokens.length === maxLength) {
      found.set(tokens.join(' '), score);
      return;
    }
    const last = tokens.at(-1)!;
    for (let token = 0; token < VOCABULARY; token++) {
      const after = score + logProbability(before, last, token);
      if (token === END) found.set(tokens.join(' '), after);
      else follow([...tokens, token], last, after);
    }
  };
  follow([start], 0, 0);
  return found;
}

describe('a beam search', () => {
  it('that is wide enough finds the best of everything that can be said', async () => {
    const all = [...(await exhaustive(1, 5))].sort(([, a], [, b]) => b - a);
    const found = await beamSearch(next, begin(1), [1], { maxLength: 5, endToken: END, beams: 81 });
    expect(found.length).toBe(81);
    for (const [rank, { tokens, score }] of found.entries()) {
      expect(tokens.join(' ')).toBe(all[rank]![0]);
      expect(score).toBeCloseTo(all[rank]![1], 4);
    }
  });

  it('of one beam follows the best token, unless ending is better', async () => {
    const [greedy] = await decodeTokens(next, begin(1), [[1]], { maxLength: 6, temperature: 0 });
    const [found] = await beamSearch(next, begin(1), [1], { maxLength: 6, beams: 1 });
    expect(found!.tokens).toEqual(greedy);
  });

  it('goes on from a beginning of several tokens', async () => {
    const [found] = await beamSearch(next, begin(1), [1, 2, 0], { maxLength: 5, beams: 16 });
    expect(found!.tokens.slice(0, 3)).toEqual([1, 2, 0]);
    expect(found!.tokens.length).toBe(5);
  });

  it('prefers longer sequences with a length penalty', async () => {
    // In this language most sequences end soon.
    const brief: NextLogits = (...step) => {
      const { logits, state } = next(...step);
      return { logits: logits.add(tensor([0, 0, 0, 3])), state };
    };
    const lengthOf = async (lengthPenalty: number): Promise<number> => {
      const options = { maxLength: 6, endToken: END, beams: 8, lengthPenalty };
      return (await beamSearch(brief, begin(1), [1], options))[0]!.tokens.length;
    };
    expect(await lengthOf(0)).toBeLessThan(3);
    expect(await lengthOf(3)).toBe(6);
  });

  it('refuses beginnings and options that cannot be', async () => {
    await expect(beamSearch(next, begin(1), [], { maxLength: 5 })).rejects.toThrow('expected 1 to 5');
    await expect(beamSearch(next, begin(1), [1], { maxLength: 5, beams: 0 })).rejects.toThrow('beams is 0');
  });
});

describe('decoding', () => {
  it('takes beginnings of different lengths and ends each sequence by itself', async () => {
    const together = await decodeTokens(next, begin(3), [[1], [1, 2, 0], [2]], {
      maxLength: 8,
      temperature: 0,
      endToken: END,
    });
    for (const [row, prompt] of [[1], [1, 2, 0], [2]].entries()) {
      const [alone] = await decodeTokens(next, begin(1), [prompt], {
        maxLength: 8,
        temperature: 0,
        endToken: END,
      });
      expect(together[row]).toEqual(alone);
    }
  });

  it('draws the same for the same seed, and other tokens for another', async () => {
    const draw = (seed: number): Promise<number[][]> =>
      decodeTokens(next, begin(2), [[1], [2]], { maxLength: 20, seed });
    expect(await draw(5)).toEqual(await draw(5));
    expect(await draw(5)).not.toEqual(await draw(6));
  });

  it('draws tokens as often as their probabilities say', async () => {
    setSeed(2);
    const logits = log(tensor([0.5, 0.3, 0.15, 0.05])).expandDims(0);
    const many = sampleTokens(logits.mul(1).add(zeros([4000, 4])), { topP: 0.75 });
    const counts = [0, 0, 0, 0];
    for (const token of await many.data()) counts[token]!++;
    // The two that reach three quarters together: 5/8 and 3/8 of the draws, ± 4 deviations.
    expect(Math.abs(counts[0]! / 4000 - 0.625)).toBeLessThan(0.031);
    expect(counts[0]! + counts[1]!).toBe(4000);
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(decodeTokens(next, begin(1), [[1]], { maxLength: 4, signal })).rejects.toThrow();
  });

  it('refuses options that cannot be', () => {
    expect(() => sampleTokens(table, { topP: 0 })).toThrow('expected a probability in (0, 1]');
    expect(() => sampleTokens(table, { topK: 0 })).toThrow('expected a positive integer');
    expect(() => sampleTokens(table, { temperature: -1 })).toThrow('expected a number of at least 0');
  });
});

describe('a language model', () => {
  it('learns to count, and says it', async () => {
    setSeed(4);
    const writer = gpt({
      vocabularySize: 6,
      sequenceLength: 8,
      width: 16,
      numLayers: 1,
      numHeads: 2,
      dropout: 0,
    });
    writer.model.compile({
      optimizer: adam(0.01),
      loss: sparseCategoricalCrossentropy({ fromLogits: true }),
    });
    const rows = Array.from({ length: 6 }, (_, start) =>
      Array.from({ length: 9 }, (_, step) => (start + step) % 6),
    );
    const x = rows.map((row) => row.slice(0, 8));
    const y = rows.map((row) => row.slice(1));
    const { history } = await writer.model.fit(x, y, { epochs: 40, verbose: 0 });
    expect(history.loss!.at(-1)!).toBeLessThan(history.loss![0]! / 10);
    expect(await writer.generate([[2], [4, 5]], { temperature: 0 })).toEqual([
      [2, 3, 4, 5, 0, 1, 2, 3],
      [4, 5, 0, 1, 2, 3, 4, 5],
    ]);
    const [best] = await writer.search([3], { beams: 3, maxLength: 5 });
    expect(best!.tokens).toEqual([3, 4, 5, 0, 1]);
  });

  it('refuses sequences that are too long, and heads that do not fit', () => {
    const { network } = gpt({ vocabularySize: 4, sequenceLength: 3, width: 4, numHeads: 1 });
    expect(() => network.apply(zeros([1, 4], { dtype: 'int32' }))).toThrow(
      'has 4 steps, the network knows 3',
    );
    expect(() => gpt({ vocabularySize: 4, sequenceLength: 3, width: 6 })).toThrow(
      '4 heads cannot share 6 features',
    );
  });
});

describe('translators', () => {
  const START = 1;
  const STOP = 2;
  /** Targets are the sources backwards. */
  const sources = Array.from({ length: 24 }, (_, row) => [
    3 + (row % 3),
    3 + (Math.floor(row / 3) % 3),
    3 + (row % 2),
  ]);
  const x = [sources, sources.map((source) => [START, ...source.toReversed()])] as const;
  const y = sources.map((source) => [...source.toReversed(), STOP]);
  const options = { startToken: START, endToken: STOP, maxLength: 6 };

  it.each([
    ['an LSTM', () => seq2SeqLSTM({ sourceVocabulary: 6, targetVocabulary: 6, width: 8, units: 16 })],
    [
      'a Transformer',
      () =>
        seq2SeqTransformer({
          sourceVocabulary: 6,
          targetVocabulary: 6,
          width: 16,
          numLayers: 1,
          numHeads: 2,
          sequenceLength: 8,
          dropout: 0,
        }),
    ],
  ] as const)('%s learns to turn sequences around', async (_name, make) => {
    setSeed(1);
    const translator = make();
    translator.model.compile({
      optimizer: adam(0.01),
      loss: sparseCategoricalCrossentropy({ fromLogits: true }),
    });
    const { history } = await translator.model.fit(x, y, { epochs: 80, batchSize: 24, verbose: 0 });
    expect(history.loss!.at(-1)!).toBeLessThan(history.loss![0]! / 10);
    expect(await translator.translate(sources.slice(0, 4), options)).toEqual(
      sources.slice(0, 4).map((source) => source.toReversed()),
    );
    const [best] = await translator.search(sources[5]!, { ...options, beams: 3 });
    expect(best!.tokens).toEqual(sources[5]!.toReversed());
  });
});

describe('hidden words', () => {
  it('are as many as asked for, mostly hidden, and never special', async () => {
    setSeed(6);
    const tokens = randomInt([100, 100], 5, 50);
    const rows = await tokens.data();
    const masked = maskTokens(tokens, { vocabularySize: 50, maskToken: 4, specialTokens: [7], rate: 0.2 });
    const [hidden, labels] = await Promise.all([masked.tokens.data(), masked.labels.data()]);
    let [chosen, asMask, kept] = [0, 0, 0];
    for (const [index, label] of labels.entries()) {
      if (label === -1) {
        expect(hidden[index]).toBe(rows[index]);
        continue;
      }
      expect(label).toBe(rows[index]);
      expect(label).not.toBe(7);
      chosen++;
      if (hidden[index] === 4) asMask++;
      else if (hidden[index] === label) kept++;
    }
    const words = rows.filter((token) => token !== 7).length;
    expect(Math.abs(chosen / words - 0.2)).toBeLessThan(0.02);
    expect(Math.abs(asMask / chosen - 0.8)).toBeLessThan(0.04);
    expect(Math.abs(kept / chosen - 0.1)).toBeLessThan(0.04);
  });
});

describe('word vectors', () => {
  it('come from pairs within a window', () => {
    expect(skipGramPairs([5, 6, 7, 8], 1)).toEqual([
      [5, 6],
      [6, 5],
      [6, 7],
      [7, 6],
      [7, 8],
      [8, 7],
    ]);
    expect(skipGramPairs([1, 2, 3], 2).filter(([centre]) => centre === 1)).toEqual([
      [1, 2],
      [1, 3],
    ]);
  });

  it('of words that occur in the same places become alike', async () => {
    setSeed(8);
    // 0 and 1 occur among 4 … 6, 2 and 3 among 7 … 9.
    const texts = Array.from({ length: 60 }, (_, row) => {
      const around = row % 2 === 0 ? 4 : 7;
      return [around + (row % 3), (row % 2) * 2 + (Math.floor(row / 2) % 2), around + ((row + 1) % 3)];
    });
    const pairs = texts.flatMap((words) => skipGramPairs(words, 2));
    const words = word2Vec({ vocabularySize: 10, width: 8 });
    const step = words.trainer(adam(0.05), { negatives: 4 });
    const batch = tensor(pairs, { dtype: 'int32' });
    const first = await step(batch);
    let last = first;
    for (let index = 0; index < 60; index++) last = await step(batch);
    expect(last).toBeLessThan(first * 0.8);
    expect((await words.mostSimilar(0, 1))[0]!.word).toBe(1);
    expect((await words.mostSimilar(2, 1))[0]!.word).toBe(3);
  });

  it('want one count per word', () => {
    expect(() => word2Vec({ vocabularySize: 3 }).trainer(adam(), { counts: [1] })).toThrow(
      '1 counts and 3 words',
    );
  });
});
